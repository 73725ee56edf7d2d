import CatalinaCore
import ServletAPI

/// What an administrator may ask of the applications of one virtual host, with the answers of Tomcat's manager.
///
/// Every command answers with lines of text, of which the first begins with `OK - ` or `FAIL - `.
/// Source: `org.apache.catalina.manager.ManagerServlet`.
struct HostManager: Sendable {
    typealias Lines = [String]

    let host: StandardHost
    /// The manager application itself, which it must not take away from under itself.
    let own: StandardContext
    static let log = CategoryLogger("org.apache.catalina.manager.ManagerServlet")

    var deployer: (any Deployer)? { self.host.deployer }

    // MARK: What is there

    /// One line per application: path, state, sessions, base name.
    ///
    /// An application that failed to start has a fifth field, the reason; clients that know four ignore it.
    func list() -> Lines {
        ["OK - Listed applications for virtual host [\(self.host.name)]"] + self.host.contexts.map(Self.listLine)
    }

    static func listLine(_ context: StandardContext) -> String {
        let path = context.path.isEmpty ? "/" : context.path
        let isRunning = context.state.isAvailable
        let sessions = context.manager?.activeSessions ?? 0
        let line = "\(path):\(isRunning ? "running" : "stopped"):\(sessions):\(context.shownDocBase)"
        guard !isRunning, let failure = context.failure else { return line }
        return line + ":" + failure.onOneLine
    }

    static func serverInfo() -> Lines {
        let system = SystemFacts.current
        return [
            "OK - Server info",
            "Tomcat Version: [\(ServerInfo.name)]",
            "OS Name: [\(system.name)]",
            "OS Version: [\(system.version)]",
            "OS Architecture: [\(system.architecture)]",
            "JVM Version: [\(SystemFacts.runtime)]",
            "JVM Vendor: [\(SystemFacts.vendor)]",
        ]
    }

    /// Global resources: name and class; those of one type if asked for.
    func resources(type: String?) -> Lines {
        let global = self.server?.globalResources ?? GlobalResources()
        var entries = global.types.map { entry in
            let object = global.objects[entry.name]
            return (entry.name, object is UserDatabase ? UserDatabase.className : entry.type, entry.type)
        }
        entries += global.environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value.type, $0.value.type) }
        let wanted = type.flatMap { $0.isEmpty ? nil : $0 }
        let shown = entries.filter { entry in wanted.map { $0 == entry.1 || $0 == entry.2 } ?? true }
        let first = wanted.map { "OK - Listed global resources of type [\($0)]" }
        return [first ?? "OK - Listed global resources of all types"] + shown.map { "\($0.0):\($0.1)" }
    }

    /// Applications that have left modules in memory, a line for each copy.
    func findLeaks(statusLine: Bool) async throws -> Lines {
        let host = self.host
        let names = try await FileIO.run { try RetiredModules.current(of: host).map(\.displayName) }
        guard statusLine else { return names }
        let first =
            names.isEmpty
            ? "OK - No memory leaks found" : "OK - Found potential memory leaks in the following applications:"
        return [first] + names
    }

    func save() -> Lines { [ManagerText.Failure.noStoreConfig(domain: self.host.parent?.name ?? "Catalina").line] }

    var server: StandardServer? { (self.host.parent as? StandardEngine)?.service?.server }

    // MARK: Life of an application

    func start(_ name: ContextName?) async -> Lines {
        await self.serving(name) { context, path in
            do {
                try await context.start()
            } catch {
                return Self.startFailed(path, context.failure ?? "\(error)")
            }
            guard context.state.isAvailable else { return Self.startFailed(path, context.failure) }
            return [ManagerText.started(path)]
        }
    }

    func stop(_ name: ContextName?) async -> Lines {
        await self.serving(name, sparingOwn: true) { context, path in
            try await context.stop()
            return [ManagerText.stopped(path)]
        }
    }

    func reload(_ name: ContextName?) async -> Lines {
        await self.serving(name, sparingOwn: true) { context, path in
            guard context.state.isAvailable else {
                let reason = "java.lang.IllegalStateException: Context with name [\(path)] has not yet been started"
                return [ManagerText.Failure.exception(reason).line]
            }
            do {
                try await context.reload()
            } catch {
                return Self.startFailed(path, context.failure ?? "\(error)")
            }
            return [ManagerText.reloaded(path)]
        }
    }

    func undeploy(_ name: ContextName?) async -> Lines {
        await self.serving(name, sparingOwn: true) { context, path in
            guard let deployer = self.deployer, deployer.isDeployed(context.name) else {
                return [ManagerText.Failure.notDeployed(path).line]
            }
            let base = ContextName(path: context.path, version: context.webappVersion).baseName
            try await deployer.unmanage(context.name)
            let files = [
                "\(deployer.appBase)/\(base).war", "\(deployer.appBase)/\(base)", "\(deployer.configBase)/\(base).xml",
            ]
            let left = try await FileIO.run { files.filter { FileStatus($0) != nil } }
            if let left = left.first { return [ManagerText.Failure.deleteFailed(left).line] }
            return [ManagerText.undeployed(path)]
        }
    }

    // MARK: Names

    /// The name if it can be one, else what to answer.
    static func checked(_ name: ContextName?) -> (name: ContextName?, refusal: Lines) {
        guard let name, name.path.isEmpty || name.path.hasPrefix("/") else {
            return (nil, [ManagerText.Failure.invalidPath(name?.path).line])
        }
        return (name, [])
    }

    /// Finds an application, claims it, and does something with it.
    private func serving(
        _ name: ContextName?,
        sparingOwn: Bool = false,
        _ body: (StandardContext, String) async throws -> Lines
    ) async -> Lines {
        let (checked, refusal) = Self.checked(name)
        guard let name = checked else { return refusal }
        guard let context = self.host.child(named: name.name) as? StandardContext else {
            return [ManagerText.Failure.noContext(name.displayName).line]
        }
        if sparingOwn, context === self.own { return [ManagerText.Failure.noSelf.line] }
        return await self.claiming(name) { try await body(context, name.displayName) }
    }

    /// Does something while nobody else works on the application.
    func claiming(_ name: ContextName, _ body: () async throws -> Lines) async -> Lines {
        let deployer = self.deployer
        guard deployer?.tryAddServiced(name.name) ?? true else {
            return [ManagerText.Failure.alreadyServiced(name.displayName).line]
        }
        defer { deployer?.removeServiced(name.name) }
        do {
            return try await body()
        } catch {
            Self.log.error("serving", "A command on [\(name.displayName)] failed", error)
            return [ManagerText.Failure.exception(ExceptionNames.message(of: error)).line]
        }
    }

    private static func startFailed(_ path: String, _ reason: String?) -> Lines {
        [ManagerText.Failure.startFailed(path).line] + (reason.map { [ManagerText.Failure.exception($0).line] } ?? [])
    }
}

extension UserDatabase {
    static var className: String { "org.apache.catalina.users.MemoryUserDatabase" }
}
