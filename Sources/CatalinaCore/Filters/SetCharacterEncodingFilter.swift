package import ServletAPI
import Synchronization

/// Says in which charset the parameters of a request are, where the client does not.
///
/// Source: `org.apache.catalina.filters.SetCharacterEncodingFilter`.
package final class SetCharacterEncodingFilter: Filter {
    package static let className = "org.apache.catalina.filters.SetCharacterEncodingFilter"

    private struct Settings: Sendable {
        var encoding: String?
        /// Whether what the client says does not count.
        var ignore = false
    }

    private let settings = Mutex(Settings())

    package init() {}

    package func initialize(_ config: any FilterConfig) async throws {
        var settings = Settings()
        try FilterParameters.read(config, of: Self.className, isStrict: false) { name, value in
            switch name {
            case "encoding": settings.encoding = value
            case "ignore": settings.ignore = FilterParameters.flag(value)
            default: return false
            }
            return true
        }
        self.settings.withLock { [settings] in $0 = settings }
    }

    package func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        let settings = self.settings.withLock { $0 }
        if let encoding = settings.encoding, settings.ignore || request.characterEncoding == nil {
            try request.setCharacterEncoding(encoding)
        }
        try await chain.doFilter(request, response)
    }
}
