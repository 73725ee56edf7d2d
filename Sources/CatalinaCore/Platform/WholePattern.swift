import Synchronization

/// A regular expression of an attribute, which addresses, names or paths have to match from end to end.
///
/// Isolation: any thread; matching takes about a microsecond under a lock.
package final class WholePattern: Sendable {
    /// A regular expression that is none.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let attribute: String
        package let text: String

        package var description: String { "[\(self.text)], the value of \(self.attribute), is no regular expression" }
    }

    private let text: String
    private let regex: Mutex<Regex<AnyRegexOutput>>

    /// - Throws: ``Fault``.
    package init(_ text: String, attribute: String) throws(Fault) {
        self.text = text
        do {
            let regex = try Regex(text).matchingSemantics(.unicodeScalar)
            self.regex = Mutex(regex)
        } catch {
            throw Fault(attribute: attribute, text: text)
        }
    }

    /// The pattern of an attribute; `nil` if it is not set or empty.
    ///
    /// - Throws: ``Fault``.
    package static func optional(_ text: String?, attribute: String) throws(Fault) -> WholePattern? {
        guard let text, !text.isEmpty else { return nil }
        return try WholePattern(text, attribute: attribute)
    }

    /// Whether the value matches, `whenUndecided` if the pattern gives up on it.
    package func matches(_ value: String, whenUndecided: Bool = false) -> Bool {
        self.regex.withLock { regex in
            do { return try regex.wholeMatch(in: value) != nil } catch { return whenUndecided }
        }
    }
}
