import Modeler

/// A web application's deployment descriptor: `WEB-INF/web.xml`, or the defaults beneath it.
///
/// Tomcat counterpart: `org.apache.tomcat.util.descriptor.web.WebXml`; differs from it in: elements that only a Java
/// container can use (EJB references, JSP groups, lifecycle callbacks) are accepted and not kept.
package struct WebXml: Sendable, Equatable {
    /// The servlet version that the file says it was written for.
    package var version = "6.0"
    package var displayName: String?
    package var isMetadataComplete = false
    package var isDistributable = false
    package var deniesUncoveredHTTPMethods = false
    package var defaultContextPath: String?
    package var requestCharacterEncoding: String?
    package var responseCharacterEncoding: String?
    package var contextParameters = OrderedMap<String, String>()
    /// Class names, each once.
    package var listeners: [String] = []
    package var filters = OrderedMap<String, FilterDefinition>()
    package var filterMappings: [FilterMapping] = []
    package var servlets = OrderedMap<String, ServletDefinition>()
    /// Servlet names by decoded URL pattern.
    package var servletMappings = OrderedMap<String, String>()
    package var mimeMappings = MIMEMappings()
    package var welcomeFiles: [String] = []
    /// By status code or exception type.
    package var errorPages = OrderedMap<String, ErrorPage>()
    package var securityConstraints: [SecurityConstraint] = []
    package var loginConfig: LoginConfig?
    package var securityRoles: [String] = []
    package var sessionConfig = SessionConfig()
    package var environmentEntries = OrderedMap<String, EnvironmentEntry>()
    package var resourceReferences = OrderedMap<String, ResourceReference>()
    package var resourceEnvironmentReferences = OrderedMap<String, ResourceReference>()
    /// Encodings by locale, as `ja`.
    package var localeEncodings = OrderedMap<String, String>()
    /// Names of fragments in their order, ``othersMarker`` among them; nil if there is no such element.
    package var absoluteOrdering: [String]?
    /// Whether what this descriptor defines gives way to what an application registers under the same name.
    package var isOverridable = false
    /// The next welcome file replaces those of the files read before.
    package var replacesWelcomeFiles = false

    /// Stands for `<others/>` in ``absoluteOrdering``.
    package static let othersMarker = "org.apache.catalina.order.others"

    package init() {}
}

/// One `<filter>`.
package struct FilterDefinition: Sendable, Equatable {
    package var name: String
    package var className: String?
    package var displayName: String?
    package var initParameters = OrderedMap<String, String>()
    package var isAsyncSupported: Bool?

    package init(name: String) {
        self.name = name
    }
}

/// On whose behalf a request reaches a filter.
package enum DispatcherType: String, Sendable, CaseIterable {
    case request = "REQUEST"
    case forward = "FORWARD"
    case include = "INCLUDE"
    case error = "ERROR"
    case async = "ASYNC"
}

/// One `<filter-mapping>`.
package struct FilterMapping: Sendable, Equatable {
    package var filterName: String
    /// Decoded; `*` alone is in ``matchesEveryPath`` instead.
    package var urlPatterns: [String] = []
    package var servletNames: [String] = []
    package var matchesEveryPath = false
    package var matchesEveryServlet = false
    /// As given; empty means requests only.
    package var dispatchers: Set<DispatcherType> = []

    package init(filterName: String) {
        self.filterName = filterName
    }

    /// The dispatchers in force.
    package var effectiveDispatchers: Set<DispatcherType> { self.dispatchers.isEmpty ? [.request] : self.dispatchers }
}

/// One `<servlet>`.
package struct ServletDefinition: Sendable, Equatable {
    package var name: String
    package var className: String?
    package var jspFile: String?
    package var displayName: String?
    package var initParameters = OrderedMap<String, String>()
    /// Loaded at start if not negative, in ascending order.
    package var loadOnStartup: Int?
    package var isEnabled: Bool?
    package var isAsyncSupported: Bool?
    package var runAs: String?
    package var securityRoleReferences: [SecurityRoleReference] = []
    package var multipart: MultipartConfig?
    package var isOverridable = false

    package init(name: String) {
        self.name = name
    }
}

/// A role name that a servlet uses, and the application's role that it means.
package struct SecurityRoleReference: Sendable, Equatable {
    package var name: String
    package var link: String?
}

/// How a servlet takes multipart requests; nil stands for the container's default.
package struct MultipartConfig: Sendable, Equatable {
    package var location: String?
    package var maxFileSize: Int64?
    package var maxRequestSize: Int64?
    package var fileSizeThreshold: Int?

    package init() {}

    /// The limits in force: each one that is given counts, -1 is none.
    package var limits: (maxFileSize: Int64, maxRequestSize: Int64, fileSizeThreshold: Int) {
        (self.maxFileSize ?? -1, self.maxRequestSize ?? -1, self.fileSizeThreshold ?? 0)
    }
}

/// One `<error-page>`; the one with neither code nor type is for every error without one of its own.
package struct ErrorPage: Sendable, Equatable {
    package var errorCode = 0
    package var exceptionType: String?
    package var location: String

    /// What it is found by: the exception type, or else the code.
    package var key: String { self.exceptionType ?? String(self.errorCode) }
}

/// One `<security-constraint>`.
package struct SecurityConstraint: Sendable, Equatable {
    package struct Collection: Sendable, Equatable {
        package var name: String?
        /// Decoded.
        package var patterns: [String] = []
        package var methods: [String] = []
        package var omittedMethods: [String] = []

        package init() {}
    }

    package var displayName: String?
    package var collections: [Collection] = []
    /// Whether there is an `auth-constraint`; without roles in it nobody may pass.
    package var hasAuthConstraint = false
    /// Every role of the application (`*`).
    package var allowsAllRoles = false
    /// Everyone who is logged in (`**`).
    package var allowsAuthenticatedUsers = false
    package var roles: [String] = []
    package var transportGuarantee = "NONE"

    package init() {}
}

/// One `<login-config>`.
package struct LoginConfig: Sendable, Equatable {
    package var authMethod: String?
    package var realmName: String?
    /// Decoded.
    package var loginPage: String?
    /// Decoded.
    package var errorPage: String?

    package init() {}
}

/// How a session id travels.
package enum SessionTrackingMode: String, Sendable, CaseIterable {
    case cookie = "COOKIE"
    case url = "URL"
    case ssl = "SSL"
}

/// One `<env-entry>`.
package struct EnvironmentEntry: Sendable, Equatable {
    package var name: String
    package var type: String?
    package var value: String?
    package var lookupName: String?
}

/// One `<resource-ref>` or `<resource-env-ref>`.
package struct ResourceReference: Sendable, Equatable {
    package var name: String
    package var type: String?
    package var auth: String?
    package var scope = "Shareable"
    package var lookupName: String?
}

/// `<session-config>`.
package struct SessionConfig: Sendable, Equatable {
    package struct CookieAttribute: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    /// Minutes of idleness after which a session ends; nil leaves it to the defaults, 0 or less never ends it.
    package var timeoutMinutes: Int?
    package var cookieName: String?
    /// The session cookie's attributes, each name once without regard to case; as given.
    package private(set) var cookieAttributes: [CookieAttribute] = []
    package var trackingModes: Set<SessionTrackingMode> = []

    package init() {}

    /// A cookie attribute, whatever the case of its name.
    package subscript(cookieAttribute name: String) -> String? {
        get { self.position(of: name).map { self.cookieAttributes[$0].value } }
        set {
            let position = self.position(of: name)
            switch (position, newValue) {
            case (let position?, let value?): self.cookieAttributes[position].value = value
            case (nil, let value?): self.cookieAttributes.append(CookieAttribute(name: name, value: value))
            case (let position?, nil): self.cookieAttributes.remove(at: position)
            case (nil, nil): break
            }
        }
    }

    package var cookieDomain: String? { self[cookieAttribute: "Domain"] }
    package var cookiePath: String? { self[cookieAttribute: "Path"] }
    package var cookieComment: String? { self[cookieAttribute: "Comment"] }
    package var isCookieHTTPOnly: Bool? { self[cookieAttribute: "HttpOnly"].map { Bool(attributeText: $0) } }
    package var isCookieSecure: Bool? { self[cookieAttribute: "Secure"].map { Bool(attributeText: $0) } }
    /// Seconds; nil for a cookie that ends with the browser, and for text that is no number.
    package var cookieMaxAge: Int? { self[cookieAttribute: "Max-Age"].flatMap { Int($0) } }

    private func position(of name: String) -> Int? {
        let name = name.lowercased()
        return self.cookieAttributes.firstIndex { $0.name.lowercased() == name }
    }
}

/// Media types by file name extension.
///
/// The thousand of the global defaults are shared by every application: an application's own stand before
/// them instead of in a copy.
package struct MIMEMappings: Sendable, Equatable {
    private var own: [String: String] = [:]
    private var shared: [String: String] = [:]

    package init() {}

    package var count: Int { self.own.count + self.shared.keys.count { self.own[$0] == nil } }

    /// The type of an extension in lower case, without its dot.
    package subscript(lowercased suffix: String) -> String? { self.own[suffix] ?? self.shared[suffix] }

    /// The type of an extension in any case.
    package subscript(suffix: String) -> String? { self[lowercased: suffix.lowercased()] }

    package mutating func set(_ suffix: String, to type: String) {
        self.own[suffix.lowercased()] = type
    }

    /// Every extension with its type.
    package var all: [String: String] { self.shared.merging(self.own) { $1 } }

    /// Adds what `other` has and this has not.
    package mutating func addMissing(from other: MIMEMappings) {
        if self.shared.isEmpty {
            self.shared = other.own.isEmpty ? other.shared : other.shared.isEmpty ? other.own : other.all
        } else {
            self.shared.merge(other.all) { mine, _ in mine }
        }
    }

    package static func == (left: MIMEMappings, right: MIMEMappings) -> Bool { left.all == right.all }
}
