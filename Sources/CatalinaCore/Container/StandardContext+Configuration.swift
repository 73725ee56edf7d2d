package import Coyote
package import Modeler

extension StandardContext {
    /// Attributes of `<Context>`, named as in server.xml.
    package struct Configuration: Sendable {
        /// Numbers that a class of contexts has besides, by the names of their attributes.
        package var further: [String: Int] = [:]
        /// Path of the application; only in server.xml, elsewhere the file name says it.
        package var path: String?
        /// Folder or WAR of the application, relative to appBase.
        package var docBase: String?
        /// Whether a change in WEB-INF/lib reloads the application.
        package var reloadable = false
        /// Whether sessions use cookies.
        package var cookies = true
        /// Name of the session cookie.
        package var sessionCookieName: String?
        /// Domain of the session cookie.
        package var sessionCookieDomain: String?
        /// Path of the session cookie; / shares it with all contexts.
        package var sessionCookiePath: String?
        /// Whether the cookie's path ends with a slash.
        package var sessionCookiePathUsesTrailingSlash = false
        /// Whether scripts are kept from the session cookie.
        package var useHttpOnly = true
        /// Whether the session cookie is partitioned.
        package var usePartitioned = false
        /// Whether a client's session id is kept only if another application knows it.
        package var validateClientProvidedNewSessionId = true
        /// Whether it may reach other applications of the host.
        package var crossContext = false
        /// Whether its sessions may move between nodes, even if its descriptor does not say so.
        package var distributable = false
        /// Whether it may use the container's own servlets.
        package var privileged = false
        /// Whether the default context files are left out.
        package var override = false
        /// Another file instead of WEB-INF/web.xml.
        package var altDDName: String?
        /// Whether its WAR is unpacked.
        package var unpackWAR = true
        /// Whether its META-INF/context.xml is copied to xmlBase.
        package var copyXML = false
        /// Folder for its temporary files.
        package var workDir: String?
        /// Whether it runs from a copy of its files.
        package var antiResourceLocking = false
        /// Whether the connection outlives a form or upload that is too large.
        package var swallowAbortedUploads = true
        /// Accepted; output that bypasses the log stays as it is.
        package var swallowOutput = false
        /// Whether multipart bodies are parsed without multipart-config.
        package var allowCasualMultipartParsing = false
        /// Whether several slashes at the start of a redirect are kept.
        package var allowMultipleLeadingForwardSlashInPath = false
        /// Whether dispatcher paths are encoded.
        package var dispatchersUseEncodedPaths = true
        /// What an escaped slash in a dispatcher's path means.
        package var encodedSolidusHandling = EncodedSolidusHandling.decode
        /// What %5C in a dispatcher's path means: decode, reject, passthrough.
        package var encodedReverseSolidusHandling = EncodedSolidusHandling.decode
        /// Whether the mapper adds the slash to the application's root.
        package var mapperContextRootRedirectEnabled = true
        /// Whether the mapper adds the slash to folders.
        package var mapperDirectoryRedirectEnabled = false
        /// Names of servlets that a welcome file leads to only where the file exists.
        package var resourceOnlyServlets = "jsp"
        /// Whether Location may be relative.
        package var useRelativeRedirects = true
        /// Whether a redirect has a body.
        package var sendRedirectBody = false
        /// Whether request listeners hear of forwards.
        package var fireRequestListenersOnForwards = false
        /// As the Host's attribute; its value if unset.
        package var failCtxIfServletStartFails: Bool?
        /// Whether credentials are checked unasked.
        package var preemptiveAuthentication = false
        /// Whether upload folders are made.
        package var createUploadTargets = false
        /// Accepted; the merged descriptor is not logged.
        package var logEffectiveWebXml = false
        /// Milliseconds to wait for requests at stop.
        package var unloadDelay = 2000
        /// Whether each request counts as use of its session, not only those that ask for it.
        package var alwaysAccessSession = false
        /// Whether named resources are offered.
        package var useNaming = true
        /// Charset of requests that say none, where the descriptor says none.
        package var requestCharacterEncoding: String?
        /// Charset of answers that say none, where the descriptor says none.
        package var responseCharacterEncoding: String?
        /// Seconds between rounds of background work.
        package var backgroundProcessorDelay = -1
        /// Name shown by the manager.
        package var displayName: String?
        /// Version, for several ones under one path.
        package var webappVersion = ""

        package init() {}

        /// ``resourceOnlyServlets`` taken apart.
        package var resourceOnlyServletNames: Set<String> {
            Set(self.resourceOnlyServlets.split { $0 == "," || $0 == " " }.map(String.init))
        }
    }

    package static let descriptor = ComponentDescriptor<StandardContext>(
        className: "org.apache.catalina.core.StandardContext",
        kind: .context,
        "One web application",
        defaults: Configuration(),
        attributes: StandardContext.deploymentAttributes + StandardContext.sessionAttributes
            + StandardContext.requestAttributes + StandardContext.javaAttributes
    )

    private static let deploymentAttributes: [Attribute<Configuration>] = [
        Attribute("path", \.path, "Path of the application; only in server.xml, elsewhere the file name says it"),
        Attribute("docBase", \.docBase, "Folder or WAR of the application, relative to appBase"),
        Attribute("reloadable", \.reloadable, "Whether a change in WEB-INF/lib reloads the application"),
        Attribute("privileged", \.privileged, "Whether it may use the container's own servlets"),
        Attribute(
            "distributable",
            \.distributable,
            "Whether its sessions may move between nodes, even if its descriptor does not say so"
        ),
        Attribute("crossContext", \.crossContext, "Whether it may reach other applications of the host"),
        Attribute("override", \.override, "Whether the default context files are left out"),
        Attribute("altDDName", \.altDDName, "Another file instead of WEB-INF/web.xml"),
        Attribute("unpackWAR", \.unpackWAR, "Whether its WAR is unpacked"),
        Attribute("copyXML", \.copyXML, "Whether its META-INF/context.xml is copied to xmlBase"),
        Attribute("workDir", \.workDir, "Folder for its temporary files"),
        Attribute("antiResourceLocking", \.antiResourceLocking, "Whether it runs from a copy of its files"),
        Attribute(
            "failCtxIfServletStartFails",
            \.failCtxIfServletStartFails,
            "As the Host's attribute; its value if unset"
        ),
        Attribute("logEffectiveWebXml", \.logEffectiveWebXml, "Accepted; the merged descriptor is not logged"),
        Attribute("unloadDelay", \.unloadDelay, "Milliseconds to wait for requests at stop"),
        Attribute("useNaming", \.useNaming, "Whether named resources are offered"),
        Attribute(
            "requestCharacterEncoding",
            \.requestCharacterEncoding,
            "Charset of requests that say none, where web.xml says none"
        ),
        Attribute(
            "responseCharacterEncoding",
            \.responseCharacterEncoding,
            "Charset of answers that say none, where web.xml says none"
        ),
        Attribute("backgroundProcessorDelay", \.backgroundProcessorDelay, "Seconds between rounds of background work"),
        Attribute("displayName", \.displayName, "Name shown by the manager"),
        Attribute("webappVersion", \.webappVersion, "Version, for several ones under one path"),
    ]

    private static let sessionAttributes: [Attribute<Configuration>] = [
        Attribute("cookies", \.cookies, "Whether sessions use cookies"),
        Attribute("sessionCookieName", \.sessionCookieName, "Name of the session cookie"),
        Attribute("sessionCookieDomain", \.sessionCookieDomain, "Domain of the session cookie"),
        Attribute(
            "sessionCookiePath",
            \.sessionCookiePath,
            "Path of the session cookie; / shares it with all contexts"
        ),
        Attribute(
            "sessionCookiePathUsesTrailingSlash",
            \.sessionCookiePathUsesTrailingSlash,
            "Whether the cookie's path ends with a slash"
        ),
        Attribute("useHttpOnly", \.useHttpOnly, "Whether scripts are kept from the session cookie"),
        Attribute("usePartitioned", \.usePartitioned, "Whether the session cookie is partitioned"),
        Attribute(
            "validateClientProvidedNewSessionId",
            \.validateClientProvidedNewSessionId,
            "Whether a client's session id is kept only if another application knows it"
        ),
        Attribute(
            "alwaysAccessSession",
            \.alwaysAccessSession,
            "Whether each request counts as use of its session, not only those that ask for it"
        ),
        Attribute("preemptiveAuthentication", \.preemptiveAuthentication, "Whether credentials are checked unasked"),
    ]

    private static let requestAttributes: [Attribute<Configuration>] = [
        Attribute(
            "swallowAbortedUploads",
            \.swallowAbortedUploads,
            "Whether the connection outlives a form or upload that is too large"
        ),
        Attribute("swallowOutput", \.swallowOutput, "Accepted; output that bypasses the log stays as it is"),
        Attribute(
            "allowCasualMultipartParsing",
            \.allowCasualMultipartParsing,
            "Whether multipart bodies are parsed without multipart-config"
        ),
        Attribute(
            "allowMultipleLeadingForwardSlashInPath",
            \.allowMultipleLeadingForwardSlashInPath,
            "Whether several slashes at the start of a redirect are kept"
        ),
        Attribute("dispatchersUseEncodedPaths", \.dispatchersUseEncodedPaths, "Whether dispatcher paths are encoded"),
        Attribute(
            "encodedSolidusHandling",
            \.encodedSolidusHandling,
            "What %2F in a dispatcher's path means: decode, reject, passthrough"
        ),
        Attribute(
            "encodedReverseSolidusHandling",
            \.encodedReverseSolidusHandling,
            "What %5C in a dispatcher's path means: decode, reject, passthrough"
        ),
        Attribute(
            "resourceOnlyServlets",
            \.resourceOnlyServlets,
            "Names of servlets that a welcome file leads to only where the file exists, separated by commas"
        ),
        Attribute(
            "mapperContextRootRedirectEnabled",
            \.mapperContextRootRedirectEnabled,
            "Whether the mapper adds the slash to the application's root"
        ),
        Attribute(
            "mapperDirectoryRedirectEnabled",
            \.mapperDirectoryRedirectEnabled,
            "Whether the mapper adds the slash to folders"
        ),
        Attribute("useRelativeRedirects", \.useRelativeRedirects, "Whether Location may be relative"),
        Attribute("sendRedirectBody", \.sendRedirectBody, "Whether a redirect has a body"),
        Attribute(
            "fireRequestListenersOnForwards",
            \.fireRequestListenersOnForwards,
            "Whether request listeners hear of forwards"
        ),
        Attribute("createUploadTargets", \.createUploadTargets, "Whether upload folders are made"),
    ]

    private static let javaAttributes: [Attribute<Configuration>] = [
        "addWebinfClassesResources", "clearReferencesHttpClientKeepAliveThread",
        "clearReferencesObjectStreamClassCaches",
        "clearReferencesRmiTargets", "clearReferencesStopThreads", "clearReferencesStopTimerThreads",
        "clearReferencesThreadLocals", "containerSciFilter", "contextGetResourceRequiresSlash",
        "dispatcherWrapsSameObject",
        "jarScanner", "jndiExceptionOnFailedWrite", "notFoundClassResourceCacheSize", "parallelAnnotationScanning",
        "renewThreadsWhenStoppingContext", "skipMemoryLeakChecksOnJvmShutdown",
        "suspendWrappedResponseAfterForward", "tldValidation", "urlPatternsProvidedInDecodedForm",
        "useBloomFilterForArchives", "wrapperClass", "xmlBlockExternal", "xmlNamespaceAware", "xmlValidation",
    ].map { .ignored($0, "Accepted; concerns Java only") }
}
