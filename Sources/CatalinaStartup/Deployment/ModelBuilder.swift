import CatalinaCore
import Modeler
import ServerConfig
import ServletAPI

/// Turns a merged `web.xml` into what a context builds itself from.
struct ModelBuilder {
    private let webXml: WebXml

    init(_ webXml: WebXml) { self.webXml = webXml }

    /// - Throws: `LifecycleError` naming what cannot be used.
    func model() throws -> ApplicationModel {
        var model = ApplicationModel()
        model.displayName = self.webXml.displayName ?? ""
        model.isDistributable = self.webXml.isDistributable
        model.requestCharacterEncoding = self.webXml.requestCharacterEncoding
        model.responseCharacterEncoding = self.webXml.responseCharacterEncoding
        model.contextParameters = Dictionary(self.webXml.contextParameters.map { ($0.key, $0.value) }) { $1 }
        model.listeners = self.webXml.listeners
        model.welcomeFiles = self.webXml.welcomeFiles
        let types = self.webXml.mimeMappings
        model.mimeType = { types[$0] }
        self.addServlets(to: &model)
        self.addFilters(to: &model)
        model.errorPages = self.webXml.errorPages.values.map { page in
            CatalinaCore.ErrorPage(
                errorCode: page.errorCode == 0 ? nil : page.errorCode,
                exceptionType: page.exceptionType,
                location: page.location
            )
        }
        model.session = self.session
        self.addSecurity(to: &model)
        for entry in self.webXml.environmentEntries.values {
            model.environment[entry.name] = (entry.type ?? "java.lang.String", entry.value ?? "")
        }
        return model
    }

    private func addServlets(to model: inout ApplicationModel) {
        let missing = JavaOnlyServlets.classNames
        for servlet in self.webXml.servlets.values {
            // One without a class answers 500, as in Tomcat: whoever asks for it has the reason in the log.
            let className = servlet.className ?? (servlet.jspFile == nil ? "" : JspServlet.className)
            // Servlets of the global defaults that only Java can run are left out together with their mappings.
            guard !missing.contains(className) else { continue }
            var definition = CatalinaCore.ServletDefinition(name: servlet.name, className: className)
            definition.initParameters = Dictionary(servlet.initParameters.map { ($0.key, $0.value) }) { $1 }
            definition.loadOnStartup = servlet.loadOnStartup
            definition.isAsyncSupported = servlet.isAsyncSupported ?? false
            definition.isEnabled = servlet.isEnabled ?? true
            definition.runAs = servlet.runAs
            for reference in servlet.securityRoleReferences {
                definition.securityRoleReferences[reference.name] = reference.link ?? reference.name
            }
            definition.multipart = servlet.multipart.map(Self.multipart)
            model.servlets.append(definition)
        }
        let names = Set(model.servlets.map(\.name))
        for (pattern, name) in self.webXml.servletMappings where names.contains(name) {
            model.servletMappings.append((pattern, name))
        }
    }

    private static func multipart(_ config: MultipartConfig) -> MultipartConfiguration {
        var multipart = MultipartConfiguration()
        let limits = config.limits
        multipart.location = config.location
        multipart.maxFileSize = limits.maxFileSize
        multipart.maxRequestSize = limits.maxRequestSize
        multipart.fileSizeThreshold = limits.fileSizeThreshold
        return multipart
    }

    private func addFilters(to model: inout ApplicationModel) {
        for filter in self.webXml.filters.values {
            guard let className = filter.className else { continue }
            var definition = CatalinaCore.FilterDefinition(name: filter.name, className: className)
            definition.initParameters = Dictionary(filter.initParameters.map { ($0.key, $0.value) }) { $1 }
            definition.isAsyncSupported = filter.isAsyncSupported ?? false
            model.filters.append(definition)
        }
        for mapping in self.webXml.filterMappings {
            var map = FilterMap(filterName: mapping.filterName)
            map.urlPatterns = mapping.urlPatterns + (mapping.matchesEveryPath ? ["/*"] : [])
            map.servletNames = mapping.servletNames + (mapping.matchesEveryServlet ? ["*"] : [])
            map.dispatchers = Set(
                mapping.effectiveDispatchers.compactMap { ServletAPI.DispatcherType(rawValue: $0.rawValue) }
            )
            model.filterMaps.append(map)
        }
    }

    private var session: SessionSettings {
        let config = self.webXml.sessionConfig
        var session = SessionSettings()
        session.timeoutMinutes = config.timeoutMinutes ?? 30
        session.trackingModes = Set(config.trackingModes.map(\.rawValue))
        session.cookie.name = config.cookieName
        session.cookie.domain = config.cookieDomain
        session.cookie.path = config.cookiePath
        session.cookie.httpOnly = config.isCookieHTTPOnly ?? false
        session.cookie.secure = config.isCookieSecure ?? false
        session.cookie.maxAge = config.cookieMaxAge ?? -1
        let known = ["domain", "path", "comment", "httponly", "secure", "max-age"]
        for attribute in config.cookieAttributes where !known.contains(attribute.name.lowercased()) {
            session.cookie.attributes[attribute.name] = attribute.value
        }
        return session
    }

    private func addSecurity(to model: inout ApplicationModel) {
        model.securityRoles = self.webXml.securityRoles
        model.denyUncoveredHttpMethods = self.webXml.deniesUncoveredHTTPMethods
        model.securityConstraints = self.webXml.securityConstraints.map { constraint in
            var own = CatalinaCore.SecurityConstraint()
            own.collections = constraint.collections.map { collection in
                var copy = CatalinaCore.SecurityConstraint.Collection(
                    name: collection.name ?? "",
                    patterns: collection.patterns
                )
                copy.methods = Set(collection.methods)
                copy.omittedMethods = Set(collection.omittedMethods)
                return copy
            }
            if constraint.hasAuthConstraint {
                let special =
                    (constraint.allowsAllRoles ? ["*"] : []) + (constraint.allowsAuthenticatedUsers ? ["**"] : [])
                own.roles = constraint.roles + special
            }
            own.transportGuarantee = constraint.transportGuarantee
            return own
        }
        guard let config = self.webXml.loginConfig else { return }
        var login = LoginConfiguration()
        login.method = config.authMethod ?? "NONE"
        login.realmName = config.realmName
        login.loginPage = config.loginPage
        login.errorPage = config.errorPage
        model.login = login
    }
}

/// Servlets of stock descriptors that compile or run Java.
private enum JavaOnlyServlets {
    static let classNames: Set<String> = [
        "org.apache.catalina.servlets.CGIServlet", "org.apache.catalina.ssi.SSIServlet",
        "org.apache.catalina.servlets.WebdavServlet",
    ]
}
