import Modeler

/// Attributes of an authenticator, and which login it is for.
package struct AuthenticatorConfiguration: Sendable {
    /// Whether preflight requests pass without a login.
    package enum CorsPreflight: String, Sendable, CaseIterable, AttributeConvertible {
        case never
        /// If the application's CORS filter will see them.
        case filter
        case always
    }

    /// What is done for a user whom another application of the host has let in.
    package enum SsoReauthenticationMode: String, Sendable, CaseIterable, AttributeConvertible {
        /// As the valve for single sign-on says, by its `requireReauthentication`.
        case byValve = "DEFAULT"
        /// The user is taken as known.
        case principal = "PRINCIPAL"
        /// Name and password are checked again.
        case password = "PASSWORD"
        /// The client has to log in again.
        case full = "FULL"
    }

    /// Attributes of `BasicAuthenticator`.
    package struct Basic: Sendable {
        /// Charset named in the challenge: `UTF-8`, or none, which means ISO-8859-1.
        package var charset: String?
        package var trimCredentials = false
    }

    /// Attributes of `FormAuthenticator`.
    package struct Form: Sendable {
        /// Where a login without a saved request leads, below the application.
        package var landingPage: String?
        package var characterEncoding: String?
        /// Seconds a new session lives until its login.
        package var authenticationSessionTimeout = 120
    }

    /// Attributes of `DigestAuthenticator`.
    package struct Digest: Sendable {
        /// In order of preference, as RFC 7616 names them.
        package var algorithms: [DigestAlgorithm] = [.sha256, .md5]
        /// Secret of the nonces; random if unset.
        package var key: String?
        package var opaque: String?
        package var nonceCacheSize = 1000
        package var nonceCountWindowSize = 100
        /// Milliseconds.
        package var nonceValidity: Int64 = 300_000
        package var validateUri = true
    }

    /// `BASIC`, `DIGEST`, `FORM`, `CLIENT-CERT` or `NONE`.
    package let method: String
    /// Whether a session is used once a user is known.
    package var alwaysUseSession = false
    /// Whether the user is remembered in an existing session.
    package var cache = true
    /// Whether a session gets a new id at login.
    package var changeSessionIdOnAuthentication = true
    /// Whether protected answers are kept from shared caches.
    package var disableProxyCaching = true
    /// Whether that is said to HTTP/1.0 caches too.
    package var securePagesWithPragma = false
    /// Whether answers to a proxy name the user and the method.
    package var sendAuthInfoResponseHeaders = false
    /// Whether preflights pass unauthenticated: never, filter, always.
    package var allowCorsPreflight = CorsPreflight.never
    /// What is done for users of a sign-on.
    package var ssoReauthenticationMode = SsoReauthenticationMode.byValve
    /// What BASIC alone has.
    package var basic = Basic()
    /// What FORM alone has.
    package var form = Form()
    /// What DIGEST alone has.
    package var digest = Digest()

    /// The defaults of a login method; by digest authentication no user is remembered in the session.
    package init(method: String) {
        self.method = method
        self.cache = method != "DIGEST"
    }

    /// The Java class of the authenticator.
    var className: String {
        let name =
            switch self.method {
            case "BASIC": "BasicAuthenticator"
            case "DIGEST": "DigestAuthenticator"
            case "FORM": "FormAuthenticator"
            case "CLIENT-CERT": "SSLAuthenticator"
            default: "NonLoginAuthenticator"
            }
        return "org.apache.catalina.authenticator." + name
    }

    /// The login itself; `nil` for a method that there is none for.
    func makeLogin() -> (any LoginMethod)? {
        switch self.method {
        case "BASIC": BasicLogin(self.basic)
        case "DIGEST": DigestLogin(self.digest)
        case "FORM": FormLogin(self.form)
        case "CLIENT-CERT": CertificateLogin()
        case "NONE": NoLogin()
        default: nil
        }
    }

    static let attributes: [Attribute<AuthenticatorConfiguration>] = [
        Attribute("alwaysUseSession", \.alwaysUseSession, "Whether a session is used once a user is known"),
        Attribute("cache", \.cache, "Whether the user is remembered in an existing session"),
        Attribute(
            "changeSessionIdOnAuthentication",
            \.changeSessionIdOnAuthentication,
            "Whether a session gets a new id at login"
        ),
        Attribute(
            "disableProxyCaching",
            \.disableProxyCaching,
            "Whether protected answers are kept from shared caches"
        ),
        Attribute("securePagesWithPragma", \.securePagesWithPragma, "Whether that is said to HTTP/1.0 caches too"),
        Attribute(
            "sendAuthInfoResponseHeaders",
            \.sendAuthInfoResponseHeaders,
            "Whether answers to a proxy name the user and the method"
        ),
        Attribute(
            "allowCorsPreflight",
            \.allowCorsPreflight,
            "Whether preflights pass unauthenticated: never, filter, always"
        ),
        .ignored("jaspicCallbackHandlerClass", "Accepted; there is no JASPIC"),
        .ignored("secureRandomAlgorithm", "Accepted; random numbers come from the system"),
        .ignored("secureRandomClass", "Accepted; random numbers come from the system"),
        .ignored("secureRandomProvider", "Accepted; random numbers come from the system"),
        Attribute(
            "ssoReauthenticationMode",
            \.ssoReauthenticationMode,
            "What is done for users of a sign-on: DEFAULT as its valve says, PRINCIPAL nothing, PASSWORD checks their "
                + "password again, FULL asks them again"
        ),
    ]
}

extension AuthenticatorConfiguration.Basic {
    static let attributes: [Attribute<Self>] = [
        Attribute(
            "charset",
            \.charset,
            "Charset of the credentials, named in the challenge: UTF-8; empty for ISO-8859-1",
            show: { $0.map { .string($0) } ?? .null },
            convert: { text throws(ConversionError) in
                guard text.isEmpty || text.lowercased() == "utf-8" else {
                    throw ConversionError(text: text, expected: .words(["", "UTF-8"]))
                }
                return text.isEmpty ? nil : text
            }
        ),
        Attribute("trimCredentials", \.trimCredentials, "Whether blanks around name and password are removed"),
    ]
}

extension AuthenticatorConfiguration.Form {
    static let attributes: [Attribute<Self>] = [
        Attribute("landingPage", \.landingPage, "Where a form login without a saved request leads"),
        Attribute("characterEncoding", \.characterEncoding, "Charset of the login form"),
        Attribute(
            "authenticationSessionTimeout",
            \.authenticationSessionTimeout,
            "Seconds a new session lives until its login"
        ),
    ]
}

extension AuthenticatorConfiguration.Digest {
    static let attributes: [Attribute<Self>] = [
        Attribute(
            "algorithms",
            \.algorithms,
            "Digest algorithms in order of preference: MD5, SHA-256, SHA-512-256",
            show: { .string($0.map(\.rawValue).joined(separator: ",")) },
            convert: { text throws(ConversionError) in
                let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                let algorithms = words.compactMap(DigestAlgorithm.init(rawValue:))
                guard algorithms.count == words.count else {
                    throw ConversionError(text: text, expected: .words(DigestAlgorithm.allCases.map(\.rawValue)))
                }
                return algorithms
            }
        ),
        Attribute("key", \.key, "Secret of the nonces; random if unset"),
        Attribute("opaque", \.opaque, "Text that clients send back; random if unset"),
        Attribute("nonceCacheSize", \.nonceCacheSize, "Nonces that are remembered"),
        Attribute(
            "nonceCountWindowSize",
            \.nonceCountWindowSize,
            "Requests with one nonce that may arrive out of order"
        ),
        Attribute("nonceValidity", \.nonceValidity, "Milliseconds that a nonce is valid"),
        Attribute("validateUri", \.validateUri, "Whether the URI in the credentials must be that of the request"),
    ]
}
