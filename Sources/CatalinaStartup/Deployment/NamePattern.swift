import Synchronization

/// A regular expression of the configuration, matched against whole names.
///
/// Swift's own expressions are used: they know what Java's do but for intersections of character classes and a few
/// names of classes. The system's library knows neither `\d` nor look-ahead.
final class NamePattern: Sendable {
    private let expression: Mutex<Regex<AnyRegexOutput>>

    /// - Throws: what is wrong with the expression.
    init(_ text: String) throws { self.expression = Mutex(try Regex(text)) }

    /// Whether the whole of a name matches; not, if the expression cannot be evaluated for it.
    func matches(_ name: String) -> Bool {
        self.expression.withLock { expression in
            do { return try expression.wholeMatch(in: name) != nil } catch { return false }
        }
    }
}
