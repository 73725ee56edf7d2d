import ServerConfig

/// A descriptor as sorted lines, one per fact, in the format of `web-xml.jsonl`.
enum WebXmlDump {
    static func lines(_ webXml: WebXml) -> [String] {
        (self.general(webXml) + self.filters(webXml) + self.servlets(webXml) + self.files(webXml)
            + self.security(webXml) + self.naming(webXml)).sorted {
                $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
            }
    }

    private static func text(_ value: some Any) -> String { "\(value)" }

    private static func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "null" }

    private static func list(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }

    private static func map(_ items: OrderedMap<String, String>) -> String {
        "{" + items.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ", ") + "}"
    }

    private static func general(_ webXml: WebXml) -> [String] {
        var lines = [
            "version \(webXml.version)", "display-name \(self.text(webXml.displayName))",
            "metadata-complete \(webXml.isMetadataComplete)", "distributable \(webXml.isDistributable)",
            "deny-uncovered \(webXml.deniesUncoveredHTTPMethods)",
            "request-encoding \(self.text(webXml.requestCharacterEncoding))",
            "response-encoding \(self.text(webXml.responseCharacterEncoding))",
        ]
        lines += webXml.contextParameters.map { "context-param \($0.key)=\($0.value)" }
        lines += webXml.listeners.map { "listener " + $0 }
        let session = webXml.sessionConfig
        let modes = SessionTrackingMode.allCases.filter { session.trackingModes.contains($0) }.map(\.rawValue)
        let attributes = session.cookieAttributes.sorted { $0.name.lowercased() < $1.name.lowercased() }
            .map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        lines.append(
            "session timeout=\(self.text(session.timeoutMinutes)) name=\(self.text(session.cookieName))"
                + " modes=\(self.list(modes)) attributes={\(attributes)}"
        )
        if let ordering = webXml.absoluteOrdering { lines.append("absolute-ordering \(ordering.count)") }
        return lines
    }

    private static func filters(_ webXml: WebXml) -> [String] {
        let filters = webXml.filters.values.map {
            "filter \($0.name) class=\(self.text($0.className)) async=\(self.text($0.isAsyncSupported))"
                + " init=\(self.map($0.initParameters))"
        }
        let mappings = webXml.filterMappings.map {
            "filter-mapping \($0.filterName) patterns=\(self.list($0.urlPatterns)) servlets=\(self.list($0.servletNames))"
                + " dispatchers=\(self.list($0.dispatchers.map(\.rawValue).sorted()))"
                + " all-patterns=\($0.matchesEveryPath) all-servlets=\($0.matchesEveryServlet)"
        }
        return filters + mappings
    }

    private static func servlets(_ webXml: WebXml) -> [String] {
        let servlets = webXml.servlets.values.map { servlet in
            let roles = servlet.securityRoleReferences.map { "\($0.name)>\(self.text($0.link))" }.sorted()
            let multipart = servlet.multipart.map {
                "\(self.text($0.location))/\(self.text($0.maxFileSize))/\(self.text($0.maxRequestSize))"
                    + "/\(self.text($0.fileSizeThreshold))"
            }
            return "servlet \(servlet.name) class=\(self.text(servlet.className)) jsp=\(self.text(servlet.jspFile))"
                + " load=\(self.text(servlet.loadOnStartup)) async=\(self.text(servlet.isAsyncSupported))"
                + " enabled=\(self.text(servlet.isEnabled)) run-as=\(self.text(servlet.runAs)) roles=\(self.list(roles))"
                + " init=\(self.map(servlet.initParameters)) multipart=\(self.text(multipart))"
                + " overridable=\(servlet.isOverridable)"
        }
        return servlets + webXml.servletMappings.map { "servlet-mapping \($0.key)=\($0.value)" }
    }

    private static func files(_ webXml: WebXml) -> [String] {
        let types = webXml.mimeMappings.all
        let mimes = types.count < 50 ? types.map { "mime \($0.key)=\($0.value)" } : ["mimes \(types.count)"]
        let pages = webXml.errorPages.map {
            "error-page \($0.key) code=\($0.value.errorCode) type=\(self.text($0.value.exceptionType))"
                + " location=\($0.value.location)"
        }
        let encodings = webXml.localeEncodings.map { "locale-encoding \($0.key)=\($0.value)" }
        return mimes + pages + encodings + webXml.welcomeFiles.map { "welcome-file " + $0 }
    }

    private static func security(_ webXml: WebXml) -> [String] {
        var lines = webXml.securityConstraints.map { constraint in
            let collections = constraint.collections.map {
                self.text($0.name) + self.list($0.patterns) + self.list($0.methods) + self.list($0.omittedMethods)
            }
            return "security-constraint \(self.text(constraint.displayName)) auth=\(constraint.hasAuthConstraint)"
                + " all=\(constraint.allowsAllRoles) authenticated=\(constraint.allowsAuthenticatedUsers)"
                + " roles=\(self.list(constraint.roles)) transport=\(constraint.transportGuarantee)"
                + " collections=\(self.list(collections))"
        }
        if let login = webXml.loginConfig {
            lines.append(
                "login-config \(self.text(login.authMethod)) realm=\(self.text(login.realmName))"
                    + " login=\(self.text(login.loginPage)) error=\(self.text(login.errorPage))"
            )
        }
        return lines + webXml.securityRoles.map { "security-role " + $0 }
    }

    private static func naming(_ webXml: WebXml) -> [String] {
        let entries = webXml.environmentEntries.values.map {
            "env-entry \($0.name) type=\(self.text($0.type)) value=\(self.text($0.value))"
                + " lookup=\(self.text($0.lookupName))"
        }
        let references = webXml.resourceReferences.values.map {
            "resource-ref \($0.name) type=\(self.text($0.type)) auth=\(self.text($0.auth)) scope=\($0.scope)"
                + " lookup=\(self.text($0.lookupName))"
        }
        let environment = webXml.resourceEnvironmentReferences.values.map {
            "resource-env-ref \($0.name) type=\(self.text($0.type)) lookup=\(self.text($0.lookupName))"
        }
        return entries + references + environment
    }
}
