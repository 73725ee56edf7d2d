import Modeler
import ServletAPI
import Synchronization

extension StandardContext {
    package func startInternal() async throws {
        let begin = MonotonicClock.now()
        if let reason = self.setup.deploymentFailure {
            self.failure = reason
            throw LifecycleError(
                "Failed to process either the global, per-host or context-specific context.xml file therefore the "
                    + "[\(self.name)] Context cannot be started.",
                cause: LifecycleError(reason)
            )
        }
        self.failure = nil
        do { try await self.prepareFiles(self.setup) } catch {
            self.failure = ExceptionNames.reason(of: error)
            await self.dismantle()
            throw error
        }
        do { try await self.startApplication() } catch {
            self.failure = self.failure ?? ExceptionNames.reason(of: error)
            Self.log.error("startInternal", "Context [\(self.path)] startup failed due to previous errors")
            self.markFailed()
            return
        }
        try await self.enter(.starting)
        let now = WallClock.milliseconds()
        self.protected.withLock { protected in
            protected.lastStart.time = now
            protected.lastStart.duration = (MonotonicClock.now() - begin) / 1_000_000
        }
        self.registerRunningParts()
        self.base.treeDidChange()
        self.base.startBackground(of: self)
    }

    package func stopInternal() async throws {
        self.base.stopBackground()
        try await self.enter(.stopping)
        // What the mapper finds from now on is known to be stopped, so that requests wait for the end of a reload.
        self.protected.withLock { $0.facts = nil }
        self.base.treeDidChange()
        await self.dismantle()
    }

    package func destroyInternal() async throws { try await self.destroyParts() }

    /// Stops and starts the application; requests that arrive meanwhile wait.
    package func reload() async throws {
        Self.log.info("reload", "Reloading Context with name [\(self.path)] has started")
        let pause = ReloadPause()
        self.pause = pause
        defer {
            self.pause = nil
            self.base.treeDidChange()
            pause.end()
        }
        if self.state.isAvailable { try await self.stop() }
        try await self.start()
        Self.log.info("reload", "Reloading Context with name [\(self.path)] is completed")
    }

    /// Reload check, session expiry and cache upkeep.
    package func backgroundProcess() async {
        if self.configuration.reloadable, self.loader?.isModified() == true {
            do { try await self.reload() } catch {
                self.logger.error("reload", "The application could not be reloaded", error)
            }
        }
        await self.manager?.backgroundProcess()
        self.resources?.backgroundProcess()
    }

    // MARK: Start

    /// - Throws: why the application cannot run; it has been logged.
    private func startApplication() async throws {
        try await self.step("One or more components marked the context as not correctly configured") {
            try await self.loadModules()
            try self.base.realm?.attach(to: self)
            if let realm = self.base.realm as? any Lifecycle { try await realm.start() }
            try await self.fire(.configureStart)
            try await self.addWrappers()
            try await self.pipeline.start()
            if let manager = try self.setup.makeManager?(self) {
                manager.attach(to: self)
                self.protected.withLock { $0.manager = manager }
            }
        }
        self.publishAttributes(self.setup)
        try await self.step(Self.failed("listeners failed to start")) { try await self.startListeners() }
        if let manager = self.manager as? any Lifecycle {
            try await self.step("Error starting the session manager") { try await manager.start() }
        }
        try await self.step(Self.failed("Filters failed to start")) { try await self.startFilters() }
        self.publishFacts()
        try await self.step(Self.failed("Servlets failed to load on startup")) { try await self.loadOnStartup() }
    }

    private static let log = CategoryLogger("org.apache.catalina.core.StandardContext")

    private static func failed(_ what: String) -> String {
        "One or more \(what). Full details will be found in the appropriate container log file"
    }

    /// Logs the reason of a failure where the application's lines go, and `summary` where the container's go.
    private func step(_ summary: String, _ body: () async throws -> Void) async throws {
        do { try await body() } catch {
            self.logger.error("startInternal", ExceptionNames.reason(of: error))
            Self.log.error("startInternal", summary)
            throw error
        }
    }

    private func prepareFiles(_ setup: Setup) async throws {
        let directory = setup.workDirectory
        if !directory.isEmpty {
            try await FileIO.run { try FileIO.makeDirectories(directory) }
        }
        let mime: @Sendable (String) -> String? = { [weak self] in self?.servletContext.mimeType($0) }
        let root = try WebResourceRoot(
            docBase: setup.documentBase,
            configuration: setup.resources,
            overlays: setup.overlays,
            mimeType: mime
        )
        self.protected.withLock { $0.resources = root }
    }

    private func loadModules() async throws {
        guard let loader = try self.setup.makeLoader?(self) else { return }
        self.protected.withLock { $0.loaders = (current: loader, latest: loader) }
        let (documents, work) = (self.setup.documentBase, self.setup.workDirectory)
        try await FileIO.run { try loader.load(documentBase: documents, workDirectory: work) }
    }

    private func addWrappers() async throws {
        let model = self.model
        for definition in model.servlets where definition.isEnabled {
            let wrapper = StandardWrapper(definition)
            try await self.addChild(wrapper)
        }
        for mapping in model.servletMappings {
            guard let wrapper = self.child(named: mapping.servletName) as? StandardWrapper else { continue }
            wrapper.addMapping(mapping.pattern)
        }
        for wrapper in self.wrappers where !wrapper.state.isAvailable { try await wrapper.start() }
    }

    private func publishAttributes(_ setup: Setup) {
        let context = self.servletContext
        var parameters = self.model.contextParameters
        for (name, parameter) in setup.parameters where parameters[name] == nil || !parameter.isOverridable {
            parameters[name] = parameter.value
        }
        context.open(
            parameters: parameters,
            temporaryDirectory: setup.workDirectory,
            sessionSettings: self.model.session
        )
    }

    private func startListeners() async throws {
        var instances = Instances()
        for className in self.model.listeners {
            instances.listeners.append(try self.makeListener(className))
        }
        instances.requestListeners = instances.listeners.compactMap { $0 as? any ServletRequestListener }
        instances.requestAttributeListeners = instances.listeners.compactMap {
            $0 as? any ServletRequestAttributeListener
        }
        instances.sessionListeners = instances.listeners.compactMap { $0 as? any HttpSessionListener }
        instances.sessionAttributeListeners = instances.listeners.compactMap { $0 as? any HttpSessionAttributeListener }
        let ready = instances
        self.protected.withLock { $0.instances = ready }
        try await self.attemptAll(ready.listeners.compactMap { $0 as? any ServletContextListener }) { listener in
            do {
                try await listener.contextInitialized(self.servletContext)
            } catch {
                throw ServletError(
                    "Exception sending context initialized event to listener instance of class [\(type(of: listener))]",
                    rootCause: error
                )
            }
        }
    }

    /// Starts all parts of a kind, as Tomcat does, even if one fails.
    ///
    /// - Throws: why the first one failed; the other reasons are logged.
    private func attemptAll<Part>(_ parts: [Part], _ start: (Part) async throws -> Void) async throws {
        var first: (any Error)?
        for part in parts {
            do {
                try await start(part)
            } catch {
                if first == nil { first = error } else { self.logger.error("start", "Another part failed, too", error) }
            }
        }
        if let first { throw first }
    }

    private func makeListener(_ className: String) throws -> any EventListener {
        if let make = self.loader?.listener(className) { return try make() }
        if let make = self.setup.containerClasses.listeners[className] { return make() }
        throw ServletError("No module in WEB-INF/lib offers the listener class [\(className)]")
    }

    private func startFilters() async throws {
        try await self.attemptAll(self.model.filters) { definition in
            let filter = try self.makeFilter(definition.className)
            do {
                try await filter.initialize(FilterConfiguration(definition, self.servletContext))
            } catch {
                throw ServletError("Exception starting filter [\(definition.name)]", rootCause: error)
            }
            // At once: one that has begun has to be ended, even if another one fails.
            self.protected.withLock { $0.instances.filterObjects.append((definition.name, filter)) }
        }
        let definitions = Dictionary(self.model.filters.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        self.protected.withLock { [maps = self.model.filterMaps] protected in
            var entries: [String: FilterTable.Entry] = [:]
            for (name, filter) in protected.instances.filterObjects {
                let isAsyncSupported = definitions[name]?.isAsyncSupported ?? false
                entries[name] = FilterTable.Entry(filter: filter, isAsyncSupported: isAsyncSupported)
            }
            protected.instances.filters = FilterTable(maps, instances: entries)
        }
    }

    private func makeFilter(_ className: String) throws -> any Filter {
        if let make = self.loader?.filter(className) { return try make() }
        if let make = self.setup.containerClasses.filters[className] { return make() }
        throw ServletError("No module in WEB-INF/lib offers the filter class [\(className)]")
    }

    /// Lets requests to come see the application as it is now.
    func publishFacts() {
        let facts = ContextFacts(self, self.model, self.instances)
        self.protected.withLock { $0.facts = facts }
    }

    private func loadOnStartup() async throws {
        let eager = self.wrappers.enumerated()
            .filter { ($0.element.definition.loadOnStartup ?? -1) >= 0 }
            .sorted {
                ($0.element.definition.loadOnStartup ?? 0, $0.offset) < (
                    $1.element.definition.loadOnStartup ?? 0, $1.offset
                )
            }
        let isStrict =
            self.configuration.failCtxIfServletStartFails ?? self.host?.configuration.failCtxIfServletStartFails
            ?? false
        for (_, wrapper) in eager {
            do {
                _ = try await wrapper.load()
            } catch {
                self.logger.error(
                    "loadOnStartup",
                    "Servlet [\(wrapper.name)] in web application [\(self.path)] threw load() exception",
                    error
                )
                if isStrict { throw error }
            }
        }
    }

    // MARK: Stop

    /// Takes everything down that a start, complete or not, has put up; failures are logged and do not stop it.
    private func dismantle() async {
        self.unregisterRunningParts()
        for wrapper in self.wrappers {
            await self.attempt("stop of servlet [\(wrapper.name)]") { try await self.removeChild(wrapper) }
        }
        for (_, filter) in self.instances.filterObjects.reversed() { await filter.destroy() }
        if let manager = self.manager as? any Lifecycle, manager.state.isAvailable {
            await self.attempt("stop of the session manager") { try await manager.stop() }
        }
        for case let listener as any ServletContextListener in self.instances.listeners.reversed() {
            await listener.contextDestroyed(self.servletContext)
        }
        await self.attempt("configure_stop") { try await self.fire(.configureStop) }
        await self.attempt("stop of the pipeline") { try await self.pipeline.stop() }
        if let realm = self.base.realm as? any Lifecycle, realm.state.isAvailable {
            await self.attempt("stop of the realm") { try await realm.stop() }
        }
        self.protected.withLock { protected in
            protected.model = ApplicationModel()
            protected.facts = nil
            protected.mappedVersion = nil
            protected.instances = Instances()
            protected.manager = nil
            protected.loaders.current = nil
            protected.resources = nil
            protected.applicationContext = nil
        }
    }

    private func attempt(_ what: String, _ body: () async throws -> Void) async {
        do { try await body() } catch { self.logger.error("stopInternal", "The \(what) failed", error) }
    }
}

/// The declaration as the filter sees it.
private struct FilterConfiguration: FilterConfig {
    let definition: FilterDefinition
    let servletContext: any ServletContext

    init(_ definition: FilterDefinition, _ servletContext: any ServletContext) {
        self.definition = definition
        self.servletContext = servletContext
    }

    var filterName: String { self.definition.name }
    func initParameter(_ name: String) -> String? { self.definition.initParameters[name] }
    var initParameterNames: [String] { Array(self.definition.initParameters.keys) }
}
