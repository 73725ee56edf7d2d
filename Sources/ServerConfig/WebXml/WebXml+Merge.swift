extension WebXml {
    /// Adds the defaults that lie beneath this descriptor: what the application says stays.
    ///
    /// - A servlet or filter that both define keeps its class; missing init parameters are added to it.
    /// - A default mapping is dropped if the application maps its URL pattern, or maps its servlet anywhere.
    /// - A default filter mapping is dropped if the application maps that filter anywhere.
    /// - Default welcome files count only if the application names none.
    /// - Listeners, security constraints and roles are added to the application's.
    /// - Maps (parameters, media types, error pages, encodings) take the keys that the application has not.
    ///
    /// Layers are merged from the top: `WEB-INF/tomcat-web.xml` first, then the Host's and global defaults.
    /// Source: Servlet 6.0 §8.2.3 | Tomcat counterpart: `WebXml.merge`.
    package mutating func merge(defaults: WebXml) {
        self.mergeServlets(defaults)
        self.mergeFilters(defaults)
        self.mergeSessionConfig(defaults.sessionConfig)
        self.contextParameters.addMissing(from: defaults.contextParameters)
        self.mimeMappings.addMissing(from: defaults.mimeMappings)
        self.errorPages.addMissing(from: defaults.errorPages)
        self.localeEncodings.addMissing(from: defaults.localeEncodings)
        self.environmentEntries.addMissing(from: defaults.environmentEntries)
        self.resourceReferences.addMissing(from: defaults.resourceReferences)
        self.resourceEnvironmentReferences.addMissing(from: defaults.resourceEnvironmentReferences)
        self.displayName = self.displayName ?? defaults.displayName
        self.requestCharacterEncoding = self.requestCharacterEncoding ?? defaults.requestCharacterEncoding
        self.responseCharacterEncoding = self.responseCharacterEncoding ?? defaults.responseCharacterEncoding
        self.deniesUncoveredHTTPMethods = self.deniesUncoveredHTTPMethods || defaults.deniesUncoveredHTTPMethods
        self.loginConfig = self.loginConfig ?? defaults.loginConfig
        for listener in defaults.listeners where !self.listeners.contains(listener) {
            self.listeners.append(listener)
        }
        self.securityConstraints += defaults.securityConstraints
        for role in defaults.securityRoles where !self.securityRoles.contains(role) {
            self.securityRoles.append(role)
        }
        if self.welcomeFiles.isEmpty { self.welcomeFiles = defaults.welcomeFiles }
    }

    private mutating func mergeServlets(_ defaults: WebXml) {
        let mapped = Set(self.servletMappings.values)
        for (pattern, name) in defaults.servletMappings
        where !mapped.contains(name) && self.servletMappings[pattern] == nil {
            self.servletMappings[pattern] = name
        }
        for (name, servlet) in defaults.servlets {
            self.servlets[name] = self.servlets[name]?.completed(by: servlet) ?? servlet
        }
    }

    private mutating func mergeFilters(_ defaults: WebXml) {
        let mapped = Set(self.filterMappings.map(\.filterName))
        self.filterMappings += defaults.filterMappings.filter { !mapped.contains($0.filterName) }
        for (name, filter) in defaults.filters {
            self.filters[name] = self.filters[name]?.completed(by: filter) ?? filter
        }
    }

    private mutating func mergeSessionConfig(_ defaults: SessionConfig) {
        self.sessionConfig.timeoutMinutes = self.sessionConfig.timeoutMinutes ?? defaults.timeoutMinutes
        self.sessionConfig.cookieName = self.sessionConfig.cookieName ?? defaults.cookieName
        for attribute in defaults.cookieAttributes where self.sessionConfig[cookieAttribute: attribute.name] == nil {
            self.sessionConfig[cookieAttribute: attribute.name] = attribute.value
        }
        if self.sessionConfig.trackingModes.isEmpty { self.sessionConfig.trackingModes = defaults.trackingModes }
    }
}

extension ServletDefinition {
    fileprivate func completed(by other: ServletDefinition) -> ServletDefinition {
        var servlet = self
        if servlet.className == nil, servlet.jspFile == nil {
            (servlet.className, servlet.jspFile) = (other.className, other.jspFile)
        }
        servlet.loadOnStartup = servlet.loadOnStartup ?? other.loadOnStartup
        servlet.isEnabled = servlet.isEnabled ?? other.isEnabled
        servlet.initParameters.addMissing(from: other.initParameters)
        for reference in other.securityRoleReferences where !servlet.securityRoleReferences.contains(reference) {
            servlet.securityRoleReferences.append(reference)
        }
        if var multipart = servlet.multipart, let other = other.multipart {
            multipart.location = multipart.location ?? other.location
            multipart.maxFileSize = multipart.maxFileSize ?? other.maxFileSize
            multipart.maxRequestSize = multipart.maxRequestSize ?? other.maxRequestSize
            multipart.fileSizeThreshold = multipart.fileSizeThreshold ?? other.fileSizeThreshold
            servlet.multipart = multipart
        } else {
            servlet.multipart = servlet.multipart ?? other.multipart
        }
        return servlet
    }
}

extension FilterDefinition {
    fileprivate func completed(by other: FilterDefinition) -> FilterDefinition {
        var filter = self
        filter.className = filter.className ?? other.className
        filter.isAsyncSupported = filter.isAsyncSupported ?? other.isAsyncSupported
        filter.initParameters.addMissing(from: other.initParameters)
        return filter
    }
}
