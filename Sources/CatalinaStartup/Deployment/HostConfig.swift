import CatalinaCore
import Modeler
import ServerConfig
import Synchronization

/// Deploys a host's applications: at start, when their files change, and when the manager asks.
///
/// Descriptors first, then WARs, then folders; each name once.
/// Source: `org.apache.catalina.startup.HostConfig`.
final class HostConfig: LifecycleListener, Deployer {
    private struct Protected {
        /// By context name.
        var deployed: [String: DeployedApplication] = [:]
        var serviced: Set<String> = []
        /// Names whose deployment failed, by what was there; not tried again until that changes.
        var failed: [String: FileStatus] = [:]
    }

    private unowned let host: StandardHost
    private let protected = Mutex(Protected())
    static let log = CategoryLogger("org.apache.catalina.startup.HostConfig")

    init(_ host: StandardHost) { self.host = host }

    func lifecycleEvent(_ event: LifecycleEvent) async throws {
        let configuration = self.host.configuration
        switch event.kind {
        case .beforeStart: try await self.makeFolders(configuration)
        case .start where configuration.deployOnStartup: await self.deployAll()
        case .periodic where configuration.autoDeploy: await self.checkAll()
        case .stop: self.protected.withLock { $0 = Protected() }
        default: break
        }
    }

    var appBase: String { Places.resolve(self.host.configuration.appBase) }

    var configBase: String {
        if let own = self.host.configuration.xmlBase { return Places.resolve(own) }
        return Places.resolve("conf/\(self.host.engine?.name ?? "Catalina")/\(self.host.name)")
    }

    private func makeFolders(_ configuration: StandardHost.Configuration) async throws {
        guard configuration.createDirs else { return }
        let (appBase, configBase) = (self.appBase, self.configBase)
        do {
            try await FileIO.run {
                try FileIO.makeDirectories(appBase)
                try FileIO.makeDirectories(configBase)
            }
        } catch {
            Self.log.error("beforeStart", "Unable to create directory for deployment: \(error)")
        }
    }

    // MARK: Deploying

    /// Deploys whatever is there and not deployed.
    private func deployAll() async {
        for artifact in await self.artifacts() where !self.isKnown(artifact.name) { await self.deploy(artifact) }
    }

    private func isKnown(_ name: ContextName) -> Bool {
        self.host.child(named: name.name) != nil || self.isServiced(name.name)
    }

    private func artifacts() async -> [DeploymentArtifact] {
        let finder = ArtifactFinder(
            appBase: self.appBase,
            configBase: self.configBase,
            ignored: self.host.configuration.deployIgnore
        )
        do {
            return try await FileIO.run { finder.find() }
        } catch {
            Self.log.error("deployApps", "The applications could not be looked for: \(error)")
            return []
        }
    }

    private func deploy(_ artifact: DeploymentArtifact) async {
        let status = FileStatus(artifact.path)
        if let status, self.protected.withLock({ $0.failed[artifact.path] }) == status { return }
        let begin = MonotonicClock.now()
        Self.log.info(artifact.method, "Deploying \(artifact.kindText) [\(artifact.path)]")
        do {
            let builder = ContextBuilder(host: self.host, appBase: self.appBase, configBase: self.configBase)
            let (context, application) = try await FileIO.run { try builder.build(artifact) }
            context.setup.deployer = self
            self.protected.withLock { protected in
                protected.deployed[context.name] = application
                protected.failed[artifact.path] = nil
            }
            try await self.host.addChild(context)
        } catch {
            if self.host.child(named: artifact.name.name) == nil, let status {
                self.protected.withLock { $0.failed[artifact.path] = status }
            }
            Self.log.error(artifact.method, "Error deploying \(artifact.kindText) [\(artifact.path)]", error)
        }
        let elapsed = (MonotonicClock.now() - begin) / 1_000_000
        Self.log.info(
            artifact.method,
            "Deployment of \(artifact.kindText) [\(artifact.path)] has finished in [\(elapsed)] ms"
        )
    }

    // MARK: Changes while running

    private func checkAll() async {
        let deployed = self.protected.withLock { $0.deployed }
        for (name, application) in deployed where self.tryAddServiced(name) {
            await self.check(name, application)
            self.removeServiced(name)
        }
        if self.host.configuration.undeployOldVersions { await self.undeployOldVersions() }
        await self.deployAll()
    }

    private func check(_ name: String, _ application: DeployedApplication) async {
        guard let context = self.host.child(named: name) as? StandardContext else {
            self.protected.withLock { $0.deployed[name] = nil }
            return
        }
        switch await application.change() {
        case .none: return
        case .reload:
            self.protected.withLock { $0.deployed[name] = application.refreshed() }
            do { try await context.reload() } catch { Self.log.error("reload", "Error reloading [\(name)]", error) }
        case .redeploy(let obsolete):
            Self.log.info("undeploy", "Undeploying context [\(name)]")
            await self.remove(context, deleting: obsolete)
        }
    }

    private func remove(_ context: StandardContext, deleting files: [String]) async {
        let name = context.name
        do { try await self.host.removeChild(context) } catch {
            Self.log.error("undeploy", "Error undeploying [\(name)]", error)
        }
        let work = context.setup.workDirectory
        self.protected.withLock { $0.deployed[name] = nil }
        do {
            try await FileIO.run {
                for file in files + [work] where !file.isEmpty { try FileIO.removeTree(file) }
            }
        } catch {
            Self.log.error("undeploy", "Files of [\(name)] could not be deleted: \(error)")
        }
    }

    private func undeployOldVersions() async {
        let contexts = Dictionary(grouping: self.host.contexts, by: \.path)
        for versions in contexts.values where versions.count > 1 {
            let newest = versions.max { $0.webappVersion < $1.webappVersion }
            for context in versions where context !== newest && context.manager?.activeSessions == 0 {
                guard self.tryAddServiced(context.name) else { continue }
                Self.log.info(
                    "checkUndeploy",
                    "Undeploying old version of context [\(context.name)] which has no active session"
                )
                let files = self.protected.withLock { $0.deployed[context.name]?.ownFiles ?? [] }
                await self.remove(context, deleting: files)
                self.removeServiced(context.name)
            }
        }
    }

    // MARK: For the manager

    func check(_ contextName: String) async throws {
        if let application = self.protected.withLock({ $0.deployed[contextName] }) {
            await self.check(contextName, application)
        }
        for artifact in await self.artifacts()
        where artifact.name.name == contextName && self.host.child(named: contextName) == nil {
            await self.deploy(artifact)
        }
    }

    func unmanage(_ contextName: String) async throws {
        let application = self.protected.withLock { $0.deployed[contextName] }
        guard let context = self.host.child(named: contextName) as? StandardContext else { return }
        await self.remove(context, deleting: application?.ownFiles ?? [])
    }

    func tryAddServiced(_ contextName: String) -> Bool {
        self.protected.withLock { $0.serviced.insert(contextName).inserted }
    }

    func removeServiced(_ contextName: String) { _ = self.protected.withLock { $0.serviced.remove(contextName) } }
    func isServiced(_ contextName: String) -> Bool { self.protected.withLock { $0.serviced.contains(contextName) } }
    func isDeployed(_ contextName: String) -> Bool { self.protected.withLock { $0.deployed[contextName] != nil } }
}
