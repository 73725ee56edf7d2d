/// Parameters, listeners, sessions, files, errors, security and named resources.
extension WebXmlReading {
    mutating func readContextParameter(_ element: XMLElement) throws(WebXmlError) {
        let name = try self.name("param-name", in: element)
        self.webXml.contextParameters[name] = try self.name("param-value", in: element)
    }

    mutating func readListener(_ element: XMLElement) {
        guard let name = self.text("listener-class", in: element), !self.webXml.listeners.contains(name) else { return }
        self.webXml.listeners.append(name)
    }

    mutating func readMIMEMapping(_ element: XMLElement) {
        var suffix: String?
        var type: String?
        for child in element.children {
            switch child.name {
            case "extension": suffix = self.text(of: child)
            case "mime-type": type = self.text(of: child)
            default: break
            }
        }
        guard let suffix, let type else {
            return self.note(element, path: "web-app/mime-mapping", "extension or type is missing: it has no effect")
        }
        self.webXml.mimeMappings.set(suffix, to: type)
    }

    mutating func readWelcomeFiles(_ element: XMLElement) {
        for file in self.texts("welcome-file", in: element) {
            if self.webXml.replacesWelcomeFiles {
                self.webXml.welcomeFiles = []
                self.webXml.replacesWelcomeFiles = false
            }
            if !self.webXml.welcomeFiles.contains(file) { self.webXml.welcomeFiles.append(file) }
        }
    }

    mutating func readErrorPage(_ element: XMLElement) throws(WebXmlError) {
        let code: Int? = try self.number("error-code", in: element)
        guard let location = self.text("location", in: element) else {
            return self.note(element, path: "web-app/error-page", "location is missing: it has no effect")
        }
        let page = ErrorPage(
            errorCode: code ?? 0,
            exceptionType: self.text("exception-type", in: element),
            location: try self.decoded(location)
        )
        self.webXml.errorPages[page.key] = page
    }

    mutating func readLocaleEncodings(_ element: XMLElement) {
        for mapping in element.all("locale-encoding-mapping") {
            guard let locale = self.text("locale", in: mapping) else { continue }
            self.webXml.localeEncodings[locale] = self.text("encoding", in: mapping)
        }
    }

    // MARK: Sessions

    mutating func readSessionConfig(_ element: XMLElement) throws(WebXmlError) {
        try self.once(element)
        if let timeout: Int = try self.number("session-timeout", in: element) {
            self.webXml.sessionConfig.timeoutMinutes = timeout
        }
        if let cookie = element.last("cookie-config") { self.readCookieConfig(cookie) }
        for text in self.texts("tracking-mode", in: element) {
            guard let mode = SessionTrackingMode(rawValue: text) else {
                throw WebXmlError("<tracking-mode>: [\(text)] is not one of COOKIE, URL, SSL")
            }
            self.webXml.sessionConfig.trackingModes.insert(mode)
        }
    }

    private mutating func readCookieConfig(_ element: XMLElement) {
        let attributes = [
            ("domain", "Domain"), ("path", "Path"), ("comment", "Comment"), ("http-only", "HttpOnly"),
            ("secure", "Secure"), ("max-age", "Max-Age"),
        ]
        if let name = self.text("name", in: element) { self.webXml.sessionConfig.cookieName = name }
        for (child, attribute) in attributes {
            guard let value = self.text(child, in: element) else { continue }
            self.webXml.sessionConfig[cookieAttribute: attribute] = value
        }
        for attribute in element.all("attribute") {
            guard let name = self.text("attribute-name", in: attribute) else { continue }
            self.webXml.sessionConfig[cookieAttribute: name] = self.text("attribute-value", in: attribute)
        }
    }

    // MARK: Security

    mutating func readSecurityConstraint(_ element: XMLElement) throws(WebXmlError) {
        var constraint = SecurityConstraint()
        constraint.displayName = self.text("display-name", in: element)
        for child in element.all("web-resource-collection") {
            var collection = SecurityConstraint.Collection()
            collection.name = self.text("web-resource-name", in: child)
            for pattern in self.texts("url-pattern", in: child) {
                collection.patterns.append(try self.decoded(pattern))
            }
            collection.methods = self.texts("http-method", in: child)
            collection.omittedMethods = self.texts("http-method-omission", in: child)
            constraint.collections.append(collection)
        }
        for auth in element.all("auth-constraint") {
            constraint.hasAuthConstraint = true
            for role in self.texts("role-name", in: auth) {
                switch role {
                case "*": constraint.allowsAllRoles = true
                case "**": constraint.allowsAuthenticatedUsers = true
                default: constraint.roles.append(role)
                }
            }
        }
        let guarantee = element.last("user-data-constraint").flatMap { self.text("transport-guarantee", in: $0) }
        if let guarantee { constraint.transportGuarantee = guarantee }
        self.webXml.securityConstraints.append(constraint)
    }

    mutating func readLoginConfig(_ element: XMLElement) throws(WebXmlError) {
        try self.once(element)
        var config = LoginConfig()
        config.authMethod = self.text("auth-method", in: element)
        config.realmName = self.text("realm-name", in: element)
        if let form = element.last("form-login-config") {
            if let page = self.text("form-login-page", in: form) { config.loginPage = try self.decoded(page) }
            if let page = self.text("form-error-page", in: form) { config.errorPage = try self.decoded(page) }
        }
        self.webXml.loginConfig = config
    }

    mutating func readSecurityRole(_ element: XMLElement) {
        guard let role = self.text("role-name", in: element), !self.webXml.securityRoles.contains(role) else { return }
        self.webXml.securityRoles.append(role)
    }

    // MARK: Named resources

    mutating func readEnvironmentEntry(_ element: XMLElement) throws(WebXmlError) {
        let name = try self.name("env-entry-name", in: element)
        guard self.webXml.environmentEntries[name] == nil else {
            throw WebXmlError("Duplicate env-entry name [\(name)]")
        }
        self.webXml.environmentEntries[name] = EnvironmentEntry(
            name: name,
            type: self.text("env-entry-type", in: element),
            value: self.text("env-entry-value", in: element),
            lookupName: self.text("lookup-name", in: element)
        )
    }

    mutating func readResourceReference(_ element: XMLElement) throws(WebXmlError) {
        let name = try self.name("res-ref-name", in: element)
        guard self.webXml.resourceReferences[name] == nil else {
            throw WebXmlError("Duplicate resource-ref name [\(name)]")
        }
        self.webXml.resourceReferences[name] = ResourceReference(
            name: name,
            type: self.text("res-type", in: element),
            auth: self.text("res-auth", in: element),
            scope: self.text("res-sharing-scope", in: element) ?? "Shareable",
            lookupName: self.text("lookup-name", in: element)
        )
    }

    mutating func readResourceEnvironmentReference(_ element: XMLElement) throws(WebXmlError) {
        let name = try self.name("resource-env-ref-name", in: element)
        guard self.webXml.resourceEnvironmentReferences[name] == nil else {
            throw WebXmlError("Duplicate resource-env-ref name [\(name)]")
        }
        self.webXml.resourceEnvironmentReferences[name] = ResourceReference(
            name: name,
            type: self.text("resource-env-ref-type", in: element),
            lookupName: self.text("lookup-name", in: element)
        )
    }
}
