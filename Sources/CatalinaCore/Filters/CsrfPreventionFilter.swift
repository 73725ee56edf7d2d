import Modeler
package import ServletAPI
import Synchronization

/// Lets requests pass only if they carry a nonce that the client got with an earlier answer of its session.
///
/// Every answer gets a nonce of its own, which `encodeURL` adds to the addresses in it. A `GET` of an entry point, or of
/// something whose address never gets a nonce, needs none.
/// Source: `org.apache.catalina.filters.CsrfPreventionFilter`.
package final class CsrfPreventionFilter: Filter {
    package static let className = "org.apache.catalina.filters.CsrfPreventionFilter"
    /// The request parameter that carries the nonce, unless the filter names another.
    package static let parameterName = "org.apache.catalina.filters.CSRF_NONCE"
    /// The request attribute with the nonce of the answer.
    package static let requestAttribute = "org.apache.catalina.filters.CSRF_REQUEST_NONCE"
    /// The session attribute with the nonces that are still valid.
    package static let sessionAttribute = "org.apache.catalina.filters.CSRF_NONCE"
    /// The attribute of the application with the name of the parameter.
    package static let parameterNameAttribute = "org.apache.catalina.filters.CSRF_NONCE_PARAM_NAME"

    struct Settings: Sendable {
        /// Status of a request that is refused.
        var denyStatus = 403
        /// Whether requests are refused at all.
        var enforce = true
        /// Paths that a `GET` reaches without a nonce.
        var entryPoints: Set<String> = []
        /// Nonces of a session that are valid together.
        var nonceCacheSize = 5
        var nonceRequestParameterName = CsrfPreventionFilter.parameterName
        /// Addresses that get no nonce.
        var noNoncePatterns: [NoncePattern] = []
    }

    /// The nonces of a session, the oldest first.
    private struct Nonces: Codable, Sendable {
        var valid: [String] = []

        mutating func add(_ nonce: String, maximum: Int) {
            self.valid.append(nonce)
            if self.valid.count > maximum { self.valid.removeFirst(self.valid.count - maximum) }
        }
    }

    private static let defaultPatterns = "*.css, *.js, *.gif, *.png, *.jpg, *.svg, *.ico, *.jpeg, *.mjs"
    private static let nonceSize = 16
    private static let log = CategoryLogger(CsrfPreventionFilter.className)

    /// Held, too, while the nonces of a session change.
    private let settings = Mutex(Settings())
    private let makeNonce: @Sendable () -> String

    package init() {
        self.makeNonce = { HexText.encode(RandomBytes.make(Self.nonceSize)).uppercased() }
    }

    /// A filter whose nonces a test knows.
    init(makeNonce: @escaping @Sendable () -> String) { self.makeNonce = makeNonce }

    package func initialize(_ config: any FilterConfig) async throws {
        var settings = Settings()
        var patterns = Self.defaultPatterns
        try FilterParameters.read(config, of: Self.className, isStrict: true) { name, value in
            switch name {
            case "denyStatus": return Self.number(value, &settings.denyStatus)
            case "enforce": settings.enforce = FilterParameters.flag(value)
            case "entryPoints":
                let paths = value.split(separator: ",").map { $0.trimmingBlanks() }
                settings.entryPoints.formUnion(paths)
            case "nonceCacheSize": return Self.number(value, &settings.nonceCacheSize)
            case "nonceRequestParameterName": settings.nonceRequestParameterName = value
            case "noNonceURLPatterns": patterns = value
            // Random numbers come from the system.
            case "randomClass": break
            default: return false
            }
            return true
        }
        settings.noNoncePatterns = try NoncePattern.list(patterns)
        config.servletContext.setAttribute(Self.parameterNameAttribute, settings.nonceRequestParameterName)
        self.settings.withLock { $0 = settings }
    }

    private static func number(_ text: String, _ value: inout Int) -> Bool {
        guard let number = Int(text) else { return false }
        value = number
        return true
    }

    package func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        let settings = self.settings.withLock { $0 }
        let session = try await request.session(create: false)
        let path = request.servletPath + (request.pathInfo ?? "")
        if let reason = try await self.refusal(of: request, at: path, session, settings) {
            Self.log.debug(
                "doFilter",
                "Rejecting request for [\(path)] with session [\(session?.id ?? "null")]: \(reason)"
            )
            if settings.enforce { return try await response.sendError(settings.denyStatus) }
        }
        let nonce = self.makeNonce()
        let holder: any HttpSession = if let session { session } else { try await request.session() }
        try self.settings.withLock { settings in
            var nonces = try holder.attribute(Self.sessionAttribute, as: Nonces.self) ?? Nonces()
            nonces.add(nonce, maximum: settings.nonceCacheSize)
            try holder.setAttribute(Self.sessionAttribute, nonces)
        }
        request.setAttribute(Self.requestAttribute, nonce)
        let context = request.servletContext
        let wrapped = NonceResponse(
            response,
            parameter: settings.nonceRequestParameterName + "=" + nonce,
            patterns: settings.noNoncePatterns,
            mimeType: { context.mimeType($0) }
        )
        try await chain.doFilter(request, wrapped)
    }

    /// Why a request may not pass; `nil` if it may.
    private func refusal(
        of request: any HttpServletRequest,
        at path: String,
        _ session: (any HttpSession)?,
        _ settings: Settings
    ) async throws -> String? {
        let context = request.servletContext
        if request.method == "GET" {
            if settings.entryPoints.contains(path) { return nil }
            let isPlain = settings.noNoncePatterns.contains { $0.matches(path) { context.mimeType($0) } }
            if isPlain { return nil }
        }
        guard let given = await request.parameter(settings.nonceRequestParameterName) else {
            return "no CSRF nonce was found"
        }
        guard let nonces = try session?.attribute(Self.sessionAttribute, as: Nonces.self) else {
            return "the nonce cache is empty or missing"
        }
        let bytes = Array(given.utf8)
        let isKnown = nonces.valid.contains { ConstantTime.areEqual(Array($0.utf8), bytes) }
        return isKnown ? nil : "the nonce [\(given)] is invalid"
    }
}

/// Adds the nonce of an answer to the addresses in it.
private final class NonceResponse: HttpServletResponseWrapper {
    private let parameter: String
    private let patterns: [NoncePattern]
    private let mimeType: (String) -> String?

    init(
        _ response: any HttpServletResponse,
        parameter: String,
        patterns: [NoncePattern],
        mimeType: @escaping (String) -> String?
    ) {
        self.parameter = parameter
        self.patterns = patterns
        self.mimeType = mimeType
        super.init(response)
    }

    override func encodeURL(_ url: String) -> String {
        self.isExempt(url) ? url : NoncePattern.adding(self.parameter, to: super.encodeURL(url))
    }

    override func encodeRedirectURL(_ url: String) -> String {
        self.isExempt(url) ? url : NoncePattern.adding(self.parameter, to: super.encodeRedirectURL(url))
    }

    private func isExempt(_ url: String) -> Bool { self.patterns.contains { $0.matches(url, mimeType: self.mimeType) } }
}
