/// Why a query is not one; clients only learn that it is not.
package enum QueryParseError: Error, Equatable, Sendable {
    case unexpectedCharacter(offset: Int)
    case unterminated(offset: Int)
    case unexpectedToken(offset: Int)
    case unexpectedEnd
    case badEscape
    case badFuzziness
    case leadingWildcard
    case tooComplex
}

/// The tokens of the query language; texts are still escaped.
enum QueryToken: Equatable {
    case and
    case or
    case not
    case plus
    case minus
    /// An operator followed by white space: a word of its own.
    case bareOperator
    case openParenthesis
    case closeParenthesis
    case colon
    case star
    case quoted(ArraySlice<Unicode.Scalar>)
    case term(ArraySlice<Unicode.Scalar>)
    case prefixTerm(ArraySlice<Unicode.Scalar>)
    case wildcardTerm(ArraySlice<Unicode.Scalar>)
    /// The text after `~`, often empty.
    case fuzzy(String)
    case boost(Double)
    case range(QueryRangeToken)
    case end
}

/// A whole range, brackets included.
struct QueryRangeToken: Equatable {
    var lower: ArraySlice<Unicode.Scalar>
    var isLowerQuoted: Bool
    var isLowerInclusive: Bool
    var upper: ArraySlice<Unicode.Scalar>
    var isUpperQuoted: Bool
    var isUpperInclusive: Bool
}

/// Cuts a query into tokens, always the longest that fits.
///
/// A slash is a character like any other, so that a pointer can be written as a field name; regular
/// expressions do not exist here.
struct QueryLexer {
    let scalars: [Unicode.Scalar]
    private(set) var position = 0

    init(_ text: String) { self.scalars = Array(text.unicodeScalars) }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\n", "\r", "\u{3000}": true
        default: false
        }
    }

    private static func isTermStart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "+", "-", "!", "(", ")", ":", "^", "[", "]", "\"", "{", "}", "~", "*", "?", "\\": false
        default: !self.isSpace(scalar)
        }
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        self.position + ahead < self.scalars.count ? self.scalars[self.position + ahead] : nil
    }

    mutating func next() throws(QueryParseError) -> QueryToken {
        while let scalar = self.peek(), Self.isSpace(scalar) { self.position += 1 }
        guard let scalar = self.peek() else { return .end }
        switch scalar {
        case "+", "-", "!": return self.operatorToken(scalar)
        case "(": return self.take(.openParenthesis)
        case ")": return self.take(.closeParenthesis)
        case ":": return self.take(.colon)
        case "\"": return .quoted(try self.quoted())
        case "~": return try self.fuzzy()
        case "^": return try self.boost()
        case "[", "{": return .range(try self.range())
        case "]", "}": throw .unexpectedCharacter(offset: self.position)
        default: return try self.word()
        }
    }

    private mutating func take(_ token: QueryToken) -> QueryToken {
        self.position += 1
        return token
    }

    private mutating func operatorToken(_ scalar: Unicode.Scalar) -> QueryToken {
        if let next = self.peek(1), Self.isSpace(next) {
            self.position += 2
            return .bareOperator
        }
        return self.take(scalar == "+" ? .plus : scalar == "-" ? .minus : .not)
    }

    private mutating func quoted() throws(QueryParseError) -> ArraySlice<Unicode.Scalar> {
        let start = self.position + 1
        self.position = start
        while let scalar = self.peek() {
            if scalar == "\"" {
                self.position += 1
                return self.scalars[start..<self.position - 1]
            }
            self.position += scalar == "\\" ? 2 : 1
        }
        throw .unterminated(offset: start - 1)
    }

    private mutating func digits() -> Int {
        let start = self.position
        while let scalar = self.peek(), ("0"..."9").contains(scalar) { self.position += 1 }
        return self.position - start
    }

    /// Digits with an optional fraction; nothing is taken where there is no digit.
    private mutating func number() -> String {
        let start = self.position
        guard self.digits() > 0 else { return "" }
        if self.peek() == ".", let next = self.peek(1), ("0"..."9").contains(next) {
            self.position += 1
            _ = self.digits()
        }
        return String(String.UnicodeScalarView(self.scalars[start..<self.position]))
    }

    /// Whatever follows the mark belongs to it; what is no number means nothing.
    private mutating func fuzzy() throws(QueryParseError) -> QueryToken {
        self.position += 1
        let start = self.position
        while let scalar = self.peek(), scalar == "\\" || scalar == "+" || scalar == "-" || Self.isTermStart(scalar) {
            guard scalar != "\\" || self.peek(1) != nil else { throw .badEscape }
            self.position += scalar == "\\" ? 2 : 1
        }
        return .fuzzy(String(String.UnicodeScalarView(self.scalars[start..<self.position])))
    }

    private mutating func boost() throws(QueryParseError) -> QueryToken {
        self.position += 1
        guard let value = Double(self.number()) else { throw .unexpectedCharacter(offset: self.position) }
        return .boost(value)
    }

    /// A run of term characters and wildcards.
    private mutating func word() throws(QueryParseError) -> QueryToken {
        let start = self.position
        var wildcards = 0
        while let scalar = self.peek() {
            if scalar == "\\" {
                guard self.peek(1) != nil else { throw .badEscape }
                self.position += 2
            } else if scalar == "*" || scalar == "?" {
                wildcards += 1
                self.position += 1
            } else if Self.isTermStart(scalar) || ((scalar == "+" || scalar == "-") && self.position > start) {
                self.position += 1
            } else {
                break
            }
        }
        let text = self.scalars[start..<self.position]
        guard wildcards > 0 else { return Self.term(text) }
        if text.count == 1, text.first == "*" { return .star }
        let endsInStar = text.last == "*" && !(text.count > 1 && Self.isEscaped(text, at: text.endIndex - 1))
        return wildcards == 1 && endsInStar ? .prefixTerm(text.dropLast()) : .wildcardTerm(text)
    }

    private static func isEscaped(_ text: ArraySlice<Unicode.Scalar>, at index: Int) -> Bool {
        text[..<index].reversed().prefix { $0 == "\\" }.count % 2 == 1
    }

    private static func term(_ text: ArraySlice<Unicode.Scalar>) -> QueryToken {
        switch String(String.UnicodeScalarView(text)) {
        case "AND", "&&": .and
        case "OR", "||": .or
        case "NOT": .not
        default: .term(text)
        }
    }
}

extension QueryLexer {
    private mutating func range() throws(QueryParseError) -> QueryRangeToken {
        let start = self.position
        let isLowerInclusive = self.scalars[start] == "["
        self.position += 1
        let lower = try self.bound(start)
        let to = try self.bound(start)
        guard !to.isQuoted, to.text.elementsEqual("TO".unicodeScalars) else { throw .unexpectedToken(offset: start) }
        let upper = try self.bound(start)
        self.skipSpace()
        guard let closing = self.peek() else { throw .unterminated(offset: start) }
        guard closing == "]" || closing == "}" else { throw .unexpectedToken(offset: self.position) }
        self.position += 1
        return QueryRangeToken(
            lower: lower.text,
            isLowerQuoted: lower.isQuoted,
            isLowerInclusive: isLowerInclusive,
            upper: upper.text,
            isUpperQuoted: upper.isQuoted,
            isUpperInclusive: closing == "]"
        )
    }

    private mutating func skipSpace() {
        while let scalar = self.peek(), Self.isSpace(scalar) { self.position += 1 }
    }

    private mutating func bound(
        _ start: Int
    ) throws(QueryParseError) -> (text: ArraySlice<Unicode.Scalar>, isQuoted: Bool) {
        self.skipSpace()
        if self.peek() == "\"" { return (try self.quoted(), true) }
        let begin = self.position
        while let scalar = self.peek(), scalar != " ", scalar != "]", scalar != "}" { self.position += 1 }
        guard self.position > begin else {
            guard self.peek() == nil else { throw .unexpectedToken(offset: self.position) }
            throw .unterminated(offset: start)
        }
        return (self.scalars[begin..<self.position], false)
    }
}
