/// A comma-separated list of tokens, such as `Connection` or `Transfer-Encoding`.
///
/// Members that are no token are dropped. Source: RFC 9110 §5.6.1 | Tomcat counterpart:
/// `org.apache.tomcat.util.http.parser.TokenList`.
package struct TokenList: Sendable, Hashable {
    /// In lower case, in the order in which they stood, each once.
    package private(set) var tokens: [String] = []
    /// Whether there was a token and nothing but tokens; empty members do not count.
    package private(set) var isWellFormed = false

    package init(parsing value: String) { self.init(parsing: [value]) }

    /// - Parameter lines: the values of all fields of the name.
    package init(parsing lines: [String]) {
        var hasInvalidMember = false
        var seen: Set<String> = []
        for line in lines {
            hasInvalidMember = self.append(line.utf8.span, &seen) || hasInvalidMember
        }
        self.isWellFormed = !hasInvalidMember && !self.tokens.isEmpty
    }

    package func contains(_ token: String) -> Bool { self.tokens.contains(token.asciiLowercased) }

    /// Whether a list has a token as a member, without taking the others; case is ignored.
    package static func contains(_ token: String, in value: Span<UInt8>) -> Bool {
        let token = token.utf8.span
        var start = 0
        while start <= value.count {
            let end = value.firstIndex(of: ASCII.comma, from: start) ?? value.count
            if value.extracting(value.trimmingBlanks(start..<end)).equalsIgnoringCase(token) { return true }
            start = end + 1
        }
        return false
    }

    /// Takes the tokens of one field; returns whether something else stood in it.
    private mutating func append(_ value: Span<UInt8>, _ seen: inout Set<String>) -> Bool {
        var hasInvalidMember = false
        var start = 0
        while start <= value.count {
            let end = value.firstIndex(of: ASCII.comma, from: start) ?? value.count
            let member = value.extracting(value.trimmingBlanks(start..<end))
            if !member.isEmpty, ByteSet.token.containsAll(of: member) {
                let token = member.utf8Text.asciiLowercased
                if seen.insert(token).inserted { self.tokens.append(token) }
            } else if !member.isEmpty {
                hasInvalidMember = true
            }
            start = end + 1
        }
        return hasInvalidMember
    }
}
