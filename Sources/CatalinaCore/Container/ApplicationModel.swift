package import ServletAPI

/// What an application's descriptors say, merged: the input from which a context builds itself at start.
///
/// Made by the context configuration (CatalinaStartup) at the `configure_start` event; a value, so that a reload starts from nothing.
/// Source: the `org.apache.tomcat.util.descriptor.web` classes.
package struct ApplicationModel: Sendable {
    package var displayName = ""
    package var isDistributable = false
    package var servlets: [ServletDefinition] = []
    /// Pattern and servlet name, in order.
    package var servletMappings: [(pattern: String, servletName: String)] = []
    package var filters: [FilterDefinition] = []
    package var filterMaps: [FilterMap] = []
    /// Class names in order.
    package var listeners: [String] = []
    package var contextParameters: [String: String] = [:]
    package var welcomeFiles: [String] = []
    package var errorPages: [ErrorPage] = []
    /// Media type of a file name extension without its dot.
    package var mimeType: @Sendable (String) -> String? = { _ in nil }
    package var session = SessionSettings()
    package var securityConstraints: [SecurityConstraint] = []
    package var securityRoles: [String] = []
    package var denyUncoveredHttpMethods = false
    package var login: LoginConfiguration?
    package var requestCharacterEncoding: String?
    package var responseCharacterEncoding: String?
    /// `env-entry` name to (type, value).
    package var environment: [String: (type: String, value: String)] = [:]

    package init() {}
}

/// `<servlet>`.
package struct ServletDefinition: Sendable {
    package var name: String
    package var className: String
    package var initParameters: [String: String] = [:]
    /// Loaded at start in ascending order; `nil` or negative loads with the first request.
    package var loadOnStartup: Int?
    package var isAsyncSupported = false
    package var isEnabled = true
    package var runAs: String?
    /// Role names as the servlet's code uses them, by what they stand for.
    package var securityRoleReferences: [String: String] = [:]
    package var multipart: MultipartConfiguration?

    package init(name: String, className: String) {
        self.name = name
        self.className = className
    }
}

/// `<multipart-config>`; sizes in bytes, -1 for no limit.
package struct MultipartConfiguration: Sendable, Equatable {
    /// Folder for uploads; nil for the work directory.
    package var location: String?
    /// Most bytes of one file.
    package var maxFileSize: Int64 = -1
    /// Most bytes of one request.
    package var maxRequestSize: Int64 = -1
    /// Bytes from which on an upload goes to a file.
    package var fileSizeThreshold = 0

    package init() {}
}

/// `<filter>`.
package struct FilterDefinition: Sendable {
    package var name: String
    package var className: String
    package var initParameters: [String: String] = [:]
    package var isAsyncSupported = false

    package init(name: String, className: String) {
        self.name = name
        self.className = className
    }
}

/// `<filter-mapping>`.
package struct FilterMap: Sendable {
    package var filterName: String
    package var urlPatterns: [String] = []
    /// `*` for every servlet.
    package var servletNames: [String] = []
    package var dispatchers: Set<DispatcherType> = [.request]

    package init(filterName: String) { self.filterName = filterName }
}

/// `<error-page>`.
package struct ErrorPage: Sendable, Equatable {
    package var errorCode: Int?
    package var exceptionType: String?
    package var location: String
    /// Whether it stands for everything that no other page covers.
    package var isDefault: Bool { self.errorCode == nil && self.exceptionType == nil }

    package init(errorCode: Int? = nil, exceptionType: String? = nil, location: String) {
        self.errorCode = errorCode
        self.exceptionType = exceptionType
        self.location = location
    }
}

/// `<session-config>`.
package struct SessionSettings: Sendable, Equatable {
    /// Idle minutes; 0 or less for never.
    package var timeoutMinutes = 30
    package var cookie = SessionCookieConfig()
    /// `COOKIE`, `URL`, `SSL`; empty for the default, cookie and URL.
    package var trackingModes: Set<String> = []

    package init() {}
}

/// `<security-constraint>`.
package struct SecurityConstraint: Sendable, Equatable {
    /// `<web-resource-collection>`.
    package struct Collection: Sendable, Equatable {
        package var name: String
        package var patterns: [String]
        package var methods: Set<String> = []
        package var omittedMethods: Set<String> = []

        package init(name: String, patterns: [String]) {
            self.name = name
            self.patterns = patterns
        }
    }

    package var collections: [Collection] = []
    /// Roles that may pass; `nil` without `<auth-constraint>` (everyone), empty for nobody.
    package var roles: [String]?
    /// `NONE`, `INTEGRAL` or `CONFIDENTIAL`.
    package var transportGuarantee = "NONE"

    package init() {}
}

/// `<login-config>`.
package struct LoginConfiguration: Sendable, Equatable {
    /// `BASIC`, `DIGEST`, `FORM`, `CLIENT-CERT` or `NONE`.
    package var method = "NONE"
    /// Shown to whoever logs in; nil for the default.
    package var realmName: String?
    /// Page of FORM that asks for name and password.
    package var loginPage: String?
    /// Page of FORM after a refusal.
    package var errorPage: String?

    package init() {}
}
