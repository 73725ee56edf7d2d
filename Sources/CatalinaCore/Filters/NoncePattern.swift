import Modeler
import ServletAPI
import Synchronization

/// Addresses that get no nonce: by prefix, by suffix, by media type, or by a regular expression.
///
/// Shape: `/images/*`, `*.css`, `mime:image/*`; a list is separated by commas, or is one regular expression between
/// slashes.
/// Source: `CsrfPreventionFilter.createNoNoncePredicates`.
struct NoncePattern: Sendable {
    private indirect enum Rule: Sendable {
        case prefix(String)
        case suffix(String)
        case expression(WholeExpression)
        case mediaType(Rule)
    }

    /// A regular expression that a whole address must match.
    private final class WholeExpression: Sendable {
        private let expression: Mutex<Regex<AnyRegexOutput>>

        init(_ text: String) throws { self.expression = Mutex(try Regex(text).matchingSemantics(.unicodeScalar)) }

        func matches(_ text: String) -> Bool {
            self.expression.withLock { expression in
                do { return try expression.wholeMatch(in: text) != nil } catch { return false }
            }
        }
    }

    private let rule: Rule

    /// The patterns of a list.
    ///
    /// - Throws: ``IllegalArgumentError`` for one of no known kind, or what is wrong with the expression.
    static func list(_ text: String) throws -> [NoncePattern] {
        if self.isExpression(text) { return [try NoncePattern(text)] }
        return try text.split(separator: ",").map { $0.trimmingBlanks() }.filter { !$0.isEmpty }.map(NoncePattern.init)
    }

    init(_ text: String) throws { self.rule = try Self.rule(text) }

    private static func isExpression(_ text: String) -> Bool {
        text.utf8.count > 1 && text.hasPrefix("/") && text.hasSuffix("/")
    }

    private static func rule(_ text: String) throws -> Rule {
        if text.hasPrefix("mime:") { return .mediaType(try self.rule(String(text.dropFirst(5)))) }
        if text.hasPrefix("*") { return .suffix(String(text.dropFirst())) }
        if text.hasSuffix("*") { return .prefix(String(text.dropLast())) }
        if self.isExpression(text) { return .expression(try WholeExpression(String(text.dropFirst().dropLast()))) }
        throw IllegalArgumentError("Unsupported pattern [\(text)]")
    }

    /// Whether an address is meant; `mimeType` knows the media types of file names.
    func matches(_ url: String, mimeType: (String) -> String?) -> Bool { Self.matches(self.rule, url, mimeType) }

    private static func matches(_ rule: Rule, _ text: String, _ mimeType: (String) -> String?) -> Bool {
        switch rule {
        case .prefix(let prefix): text.hasPrefix(prefix)
        case .suffix(let suffix): text.hasSuffix(suffix)
        case .expression(let expression): expression.matches(text)
        case .mediaType(let inner): mimeType(text).map { self.matches(inner, $0, mimeType) } ?? false
        }
    }

    /// An address with a parameter, before its fragment.
    static func adding(_ parameter: String, to url: String) -> String {
        let fragment = url.utf8.firstIndex(of: UInt8(ascii: "#")) ?? url.endIndex
        let address = url[..<fragment]
        let separator = address.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return address + separator + parameter + url[fragment...]
    }
}
