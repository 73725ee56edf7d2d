/// The user agents that are answered as if they spoke HTTP/1.0.
///
/// Isolation: one event loop, since a `Regex` is not `Sendable`.
final class UserAgentPattern {
    private let regex: Regex<AnyRegexOutput>

    /// - Throws: ``CoyoteError`` `configuration`.
    init(_ pattern: String) throws(CoyoteError) {
        do {
            self.regex = try Regex(pattern)
        } catch {
            let message = "restrictedUserAgents=\"\(pattern)\" is not a regular expression"
            throw CoyoteError(.configuration, message, cause: error)
        }
    }

    /// Whether the whole text matches.
    func matches(_ userAgent: String) -> Bool {
        userAgent.wholeMatch(of: self.regex) != nil
    }
}
