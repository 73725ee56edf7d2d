package import ServletAPI
import Synchronization

/// Adds the headers that tell browsers to be careful: HSTS, frame options, no content sniffing.
///
/// Init parameters and defaults are Tomcat's.
/// Source: RFC 6797, RFC 7034; `org.apache.catalina.filters.HttpHeaderSecurityFilter`.
package final class HttpHeaderSecurityFilter: Filter {
    package static let className = "org.apache.catalina.filters.HttpHeaderSecurityFilter"

    struct Settings: Sendable {
        var hstsEnabled = true
        var hstsMaxAgeSeconds = 0
        var hstsIncludeSubDomains = false
        var hstsPreload = false
        var antiClickJackingEnabled = true
        /// `DENY`, `SAMEORIGIN` or `ALLOW-FROM`.
        var antiClickJackingOption = "DENY"
        var antiClickJackingURI: String?
        var blockContentTypeSniffingEnabled = true
        var xssProtectionEnabled = false

        var strictTransportSecurity: String {
            "max-age=\(self.hstsMaxAgeSeconds)" + (self.hstsIncludeSubDomains ? ";includeSubDomains" : "")
                + (self.hstsPreload ? ";preload" : "")
        }

        var frameOptions: String {
            self.antiClickJackingURI.map { self.antiClickJackingOption + " " + $0 } ?? self.antiClickJackingOption
        }
    }

    private let settings = Mutex(Settings())

    package init() {}

    package func initialize(_ config: any FilterConfig) async throws {
        var settings = Settings()
        func flag(_ name: String, _ value: inout Bool) {
            if let text = config.initParameter(name) { value = text.lowercased() == "true" }
        }
        flag("hstsEnabled", &settings.hstsEnabled)
        flag("hstsIncludeSubDomains", &settings.hstsIncludeSubDomains)
        flag("hstsPreload", &settings.hstsPreload)
        flag("antiClickJackingEnabled", &settings.antiClickJackingEnabled)
        flag("blockContentTypeSniffingEnabled", &settings.blockContentTypeSniffingEnabled)
        flag("xssProtectionEnabled", &settings.xssProtectionEnabled)
        if let text = config.initParameter("hstsMaxAgeSeconds") {
            guard let seconds = Int(text) else {
                throw IllegalArgumentError("The init parameter hstsMaxAgeSeconds is no number: [\(text)]")
            }
            settings.hstsMaxAgeSeconds = max(0, seconds)
        }
        if let text = config.initParameter("antiClickJackingOption") {
            guard ["DENY", "SAMEORIGIN", "ALLOW-FROM"].contains(text.uppercased()) else {
                throw IllegalArgumentError("An invalid value [\(text)] was specified for the anti click-jacking header")
            }
            settings.antiClickJackingOption = text.uppercased()
        }
        if settings.antiClickJackingOption == "ALLOW-FROM" {
            guard let uri = config.initParameter("antiClickJackingUri") else {
                throw IllegalArgumentError("The option ALLOW-FROM needs the init parameter antiClickJackingUri")
            }
            settings.antiClickJackingURI = uri
        }
        self.settings.withLock { $0 = settings }
    }

    package func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        let settings = self.settings.withLock { $0 }
        if response.isCommitted { throw ServletError("Unable to add HTTP headers since response is already committed") }
        if settings.hstsEnabled, request.isSecure {
            response.setHeader("Strict-Transport-Security", settings.strictTransportSecurity)
        }
        if settings.antiClickJackingEnabled { response.setHeader("X-Frame-Options", settings.frameOptions) }
        if settings.blockContentTypeSniffingEnabled { response.setHeader("X-Content-Type-Options", "nosniff") }
        if settings.xssProtectionEnabled { response.setHeader("X-XSS-Protection", "1; mode=block") }
        try await chain.doFilter(request, response)
    }
}
