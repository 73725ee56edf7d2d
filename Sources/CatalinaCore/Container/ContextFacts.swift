package import ServletAPI

/// What requests need to know of a running context: immutable, part of the mapper's table, so that no request takes a lock.
package final class ContextFacts: Sendable {
    package let path: String
    package let sessionCookieName: String
    /// Name of the path parameter that carries a session id.
    package let sessionParameterName: String
    package let sessionCookiePath: String
    package let usesCookies: Bool
    /// Whether ids in URLs are read and written.
    package let usesURLTracking: Bool
    package let requestCharacterEncoding: String?
    package let responseCharacterEncoding: String?
    package let filters: FilterTable
    package let requestListeners: [any ServletRequestListener]
    package let requestAttributeListeners: [any ServletRequestAttributeListener]
    package let errorPages: [ErrorPage]
    package let manager: (any Manager)?
    package let cookieProcessor: CookieProcessor
    package let accessLogs: [any AccessLog]
    /// Whether every request counts as use of its session.
    package let alwaysAccessesSession: Bool
    private let cookie: Cookie
    private let secureAlways: Bool

    init(_ context: StandardContext, _ model: ApplicationModel, _ instances: StandardContext.Instances) {
        let configuration = context.configuration
        let session = model.session
        self.path = context.path
        self.alwaysAccessesSession = configuration.alwaysAccessSession
        self.sessionCookieName = configuration.sessionCookieName ?? session.cookie.name ?? "JSESSIONID"
        let parameterName = configuration.sessionCookieName ?? session.cookie.name
        self.sessionParameterName = parameterName ?? "jsessionid"
        var cookiePath = configuration.sessionCookiePath ?? session.cookie.path ?? context.encodedPath
        if configuration.sessionCookiePathUsesTrailingSlash, !cookiePath.hasSuffix("/") { cookiePath += "/" }
        if cookiePath.isEmpty { cookiePath = "/" }
        self.sessionCookiePath = cookiePath
        self.usesCookies =
            configuration.cookies && (session.trackingModes.isEmpty || session.trackingModes.contains("COOKIE"))
        self.usesURLTracking = session.trackingModes.isEmpty || session.trackingModes.contains("URL")
        self.requestCharacterEncoding = model.requestCharacterEncoding
        self.responseCharacterEncoding = model.responseCharacterEncoding
        self.filters = instances.filters
        self.requestListeners = instances.requestListeners
        self.requestAttributeListeners = instances.requestAttributeListeners
        self.errorPages = model.errorPages
        self.manager = context.manager
        self.cookieProcessor = context.cookieProcessor
        self.accessLogs = context.pipeline.valves.compactMap { $0 as? any AccessLog }
        var cookie = Cookie(self.sessionCookieName, "")
        cookie.maxAge = session.cookie.maxAge
        cookie.domain = configuration.sessionCookieDomain ?? session.cookie.domain
        cookie.path = cookiePath
        cookie.isHttpOnly = session.cookie.httpOnly || configuration.useHttpOnly
        for (name, value) in session.cookie.attributes.sorted(by: { $0.key < $1.key }) {
            cookie.setAttribute(name, value)
        }
        if configuration.usePartitioned { cookie.setAttribute("Partitioned", "true") }
        self.cookie = cookie
        self.secureAlways = session.cookie.secure
    }

    /// The cookie that carries a session id.
    package func sessionCookie(_ id: String, secure: Bool) -> Cookie {
        var cookie = self.cookie
        cookie.value = id
        cookie.isSecure = secure || self.secureAlways
        return cookie
    }
}
