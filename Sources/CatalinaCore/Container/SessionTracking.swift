package import ServletAPI

/// How session ids travel between an application and its clients: in a cookie, in URLs, or both.
package struct SessionTracking: Sendable {
    package let cookieName: String
    package let cookiePath: String
    /// Name of the path parameter that carries a session id.
    package let parameterName: String
    package let usesCookies: Bool
    /// Whether ids in URLs are read and written.
    package let usesURLs: Bool
    private let template: Cookie
    private let secureAlways: Bool

    init(_ context: StandardContext, _ session: SessionSettings) {
        let configuration = context.configuration
        self.cookieName = configuration.sessionCookieName ?? session.cookie.name ?? "JSESSIONID"
        let parameterName = configuration.sessionCookieName ?? session.cookie.name
        self.parameterName = parameterName ?? "jsessionid"
        var cookiePath = configuration.sessionCookiePath ?? session.cookie.path ?? context.encodedPath
        if configuration.sessionCookiePathUsesTrailingSlash, !cookiePath.hasSuffix("/") { cookiePath += "/" }
        if cookiePath.isEmpty { cookiePath = "/" }
        self.cookiePath = cookiePath
        self.usesCookies =
            configuration.cookies && (session.trackingModes.isEmpty || session.trackingModes.contains("COOKIE"))
        self.usesURLs = session.trackingModes.isEmpty || session.trackingModes.contains("URL")
        var cookie = Cookie(self.cookieName, "")
        cookie.maxAge = session.cookie.maxAge
        cookie.domain = configuration.sessionCookieDomain ?? session.cookie.domain
        cookie.path = cookiePath
        cookie.isHttpOnly = session.cookie.httpOnly || configuration.useHttpOnly
        for (name, value) in session.cookie.attributes.sorted(by: { $0.key < $1.key }) {
            cookie.setAttribute(name, value)
        }
        if configuration.usePartitioned { cookie.setAttribute("Partitioned", "true") }
        self.template = cookie
        self.secureAlways = session.cookie.secure || cookie.isSecure
    }

    /// The cookie that carries a session id.
    package func cookie(_ id: String, secure: Bool) -> Cookie {
        var cookie = self.template
        cookie.value = id
        cookie.isSecure = secure || self.secureAlways
        return cookie
    }
}
