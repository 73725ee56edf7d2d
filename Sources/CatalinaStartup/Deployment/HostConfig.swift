import CatalinaCore
import Modeler
import Synchronization

/// Deploys a host's applications: at start, when their files change, and when the manager asks.
///
/// Descriptors first, then archives, then folders; each name once. An application that fails to start stays known, so
/// that it is tried again only when its files change or the manager starts it.
/// Source: `org.apache.catalina.startup.HostConfig`.
final class HostConfig: LifecycleListener, Deployer {
    private struct Protected {
        /// By context name.
        var deployed: [String: DeployedApplication] = [:]
        /// Names that are being worked on.
        var serviced: Set<String> = []
        /// Archives whose names lead to no context path.
        var refused: Set<String> = []
    }

    /// How long a file may be missing while an editor replaces it.
    static let absenceMaximum: Duration = .milliseconds(500)

    private unowned let host: StandardHost
    private let protected = Mutex(Protected())
    private let waitForReturn: @Sendable () async throws -> Void
    static let log = CategoryLogger("org.apache.catalina.startup.HostConfig")

    /// A deployer; `waitForReturn` is called before a vanished file is looked for a second time.
    init(
        _ host: StandardHost,
        waitForReturn: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: absenceMaximum) }
    ) {
        self.host = host
        self.waitForReturn = waitForReturn
    }

    func lifecycleEvent(_ event: LifecycleEvent) async throws {
        let configuration = self.host.configuration
        switch event.kind {
        case .beforeStart:
            await self.makeFolders(configuration)
        case .start: await self.start()
        case .periodic where configuration.autoDeploy: await self.checkAll()
        default: break
        }
    }

    var hostConfiguration: StandardHost.Configuration { self.host.configuration }
    func updateHost(_ change: (inout StandardHost.Configuration) -> Void) { self.host.update(change) }
    var appBase: String { self.rules.appBase }
    var configBase: String { self.rules.configBase }
    private var rules: DeploymentRules { DeploymentRules(self.host) }

    private func makeFolders(_ configuration: StandardHost.Configuration) async {
        guard configuration.createDirs else { return }
        for folder in [self.appBase, self.configBase] {
            do { try await FileIO.run { try FileIO.makeDirectories(folder) } } catch {
                Self.log.error("beforeStart", "Unable to create directory for deployment: [\(folder)]", error)
            }
        }
    }

    private func start() async {
        if FileStatus(self.appBase)?.kind != .directory {
            Self.log.error(
                "start",
                "The application base [\(self.appBase)] for host [\(self.host.name)] does not exist or is not a directory. "
                    + "deployOnStartUp and autoDeploy have been set to false to prevent deployment errors. Other errors may "
                    + "still occur."
            )
            self.host.update {
                $0.deployOnStartup = false
                $0.autoDeploy = false
            }
        }
        if self.host.configuration.deployOnStartup { await self.deployAll() }
    }

    // MARK: Deploying

    /// Deploys whatever is there and not deployed.
    private func deployAll() async {
        let finder = ArtifactFinder(rules: self.rules)
        let kinds: [[DeploymentArtifact]]
        do { kinds = try await FileIO.run { finder.find() } } catch {
            Self.log.error("deployApps", "The applications could not be looked for", error)
            return
        }
        for artifacts in kinds {
            await BoundedTasks.forEach(artifacts, atMost: self.host.startStopThreads) { artifact in
                await self.deployOnce(artifact, finder.rules)
            }
        }
    }

    private func deployOnce(_ artifact: DeploymentArtifact, _ rules: DeploymentRules) async {
        guard self.tryAddServiced(artifact.name.name) else { return }
        defer { self.removeServiced(artifact.name.name) }
        if self.isKnown(artifact.name) {
            if artifact.kind == .archive { self.reportHiddenFolder(of: artifact, rules) }
        } else if artifact.isNameUsable {
            await self.deploy(artifact, rules)
        } else if self.protected.withLock({ $0.refused.insert(artifact.path).inserted }) {
            Self.log.error(
                artifact.method,
                "The \(artifact.kindText) name [\(artifact.path)] is invalid. It will be ignored."
            )
        }
    }

    private func isKnown(_ name: ContextName) -> Bool {
        self.isDeployed(name.name) || self.host.child(named: name.name) != nil
    }

    /// Says once that a folder is not used because its archive is, without being unpacked.
    private func reportHiddenFolder(of artifact: DeploymentArtifact, _ rules: DeploymentRules) {
        guard let context = self.context(artifact.name.name), !rules.unpacks(context) else { return }
        let folder = rules.folder(of: artifact.name)
        let isThere = FileStatus(folder) != nil
        let isNew = self.protected.withLock { protected in
            guard var application = protected.deployed[context.name] else { return false }
            defer { protected.deployed[context.name] = application }
            defer { application.isHiddenFolderReported = isThere }
            return isThere && !application.isHiddenFolderReported
        }
        if isNew {
            Self.log.warning(
                artifact.method,
                "The directory [\(folder)] will be ignored because the WAR [\(artifact.path)] takes priority and "
                    + "unpackWARs is false"
            )
        }
    }

    private func deploy(_ artifact: DeploymentArtifact, _ rules: DeploymentRules) async {
        let begin = MonotonicClock.now()
        Self.log.info(artifact.method, "Deploying \(artifact.kindText) [\(artifact.path)]")
        do {
            let (context, deployment) = try await FileIO.run {
                var deployment = artifact.deployment(rules)
                return (deployment.makeContext(), deployment)
            }
            ContextSetup.prepare(context, in: self.host)
            do { try await self.host.addChild(context) } catch {
                if context.failure == nil { context.failure = String(describing: error) }
                Self.log.error(artifact.method, artifact.failureText, error)
            }
            let application = try await FileIO.run { deployment.application(context) }
            self.protected.withLock { $0.deployed[context.name] = application }
        } catch {
            Self.log.error(artifact.method, artifact.failureText, error)
        }
        let elapsed = (MonotonicClock.now() - begin) / 1_000_000
        Self.log.info(
            artifact.method,
            "Deployment of \(artifact.kindText) [\(artifact.path)] has finished in [\(elapsed)] ms"
        )
    }

    // MARK: Changes while running

    private func checkAll() async {
        for name in self.protected.withLock({ $0.deployed.keys.sorted() }) where self.tryAddServiced(name) {
            await self.checkFiles(of: name, waitsUntilSettled: true)
            self.removeServiced(name)
        }
        if self.host.configuration.undeployOldVersions { await self.undeployOldVersions() }
        await self.deployAll()
    }

    private func checkFiles(of name: String, waitsUntilSettled: Bool) async {
        var start = 0
        while let verdict = await self.verdict(on: name, waitsUntilSettled: waitsUntilSettled, from: start) {
            switch verdict {
            case .unchanged: await self.checkModules(of: name, waitsUntilSettled: waitsUntilSettled)
            case .vanished(let index):
                if await self.hasReturned(index, of: name) {
                    start = index + 1
                    continue
                }
                await self.undeploy(name, behind: index, includingWatched: true)
            case .replaced(let index): await self.undeploy(name, behind: index, includingWatched: false)
            case .archiveReplaced(let index): await self.replaceArchive(of: name, at: index)
            case .watchedChanged: await self.reload(name)
            }
            return
        }
    }

    /// Starts an application anew that waits for a module, once there are others than at its last start.
    ///
    /// Tomcat counterpart: none; its applications wait until their `web.xml` is touched, unless they are reloadable.
    private func checkModules(of name: String, waitsUntilSettled: Bool) async {
        guard let context = self.context(name), context.lacksModules else { return }
        let limit = waitsUntilSettled ? WallClock.milliseconds() - DeployedApplication.settlingTime : .max
        do {
            guard try await FileIO.run({ context.hasOtherModules(settledBefore: limit) }) else { return }
            await self.reload(name)
        } catch {
            Self.log.error("checkResources", "The modules of [\(name)] could not be looked at", error)
        }
    }

    /// What has become of an application's files; `nil` if it is no longer deployed.
    private func verdict(
        on name: String,
        waitsUntilSettled: Bool,
        from start: Int
    ) async -> DeployedApplication.Verdict? {
        guard let application = self.application(name) else { return nil }
        let glance = DeployedApplication.Glance(
            now: WallClock.milliseconds(),
            waitsUntilSettled: waitsUntilSettled && self.host.configuration.autoDeploy
        ) { FileStatus($0) }
        do {
            let (verdict, looked) = try await FileIO.run {
                var looked = application
                return (looked.verdict(glance, from: start), looked)
            }
            self.protected.withLock { $0.deployed[name] = looked }
            return verdict
        } catch {
            Self.log.error("checkResources", "The files of [\(name)] could not be looked at", error)
            return nil
        }
    }

    private func hasReturned(_ index: Int, of name: String) async -> Bool {
        guard let path = self.application(name)?.redeployResources[index].path else { return false }
        do { try await self.waitForReturn() } catch { return true }
        return FileStatus(path) != nil
    }

    /// Starts an application with a descriptor from the archive that has come into the place of the old one.
    private func replaceArchive(of name: String, at index: Int) async {
        guard let context = self.context(name), let archive = self.application(name)?.redeployResources[index].path
        else { return }
        let rules = self.rules
        var replacement: FolderReplacement?
        if let docBase = context.docBase, !docBase.lowercased().hasSuffix(".war") {
            let folder = Places.resolve(docBase, in: rules.appBase)
            replacement = FolderReplacement(folder: folder, archive: archive)
        }
        await self.reload(name, replacement)
        let folder = rules.unpacks(context) ? context.setup.documentBase : nil
        self.protected.withLock { $0.deployed[name]?.watch(context, in: folder) }
    }

    private func reload(_ name: String, _ replacement: FolderReplacement? = nil) async {
        guard let context = self.context(name) else { return }
        Self.log.info("reload", "Reloading context [\(name)]")
        do {
            if context.state.isAvailable {
                if let replacement { context.lifecycle.add(replacement) }
                try await context.reload()
            } else {
                if let replacement { try await replacement.apply(to: context) }
                try await context.start()
            }
        } catch {
            Self.log.error("reload", "Error during context [\(name)] restart", error)
        }
    }

    // MARK: Undeploying

    private func undeploy(_ name: String, behind index: Int, includingWatched: Bool) async {
        let files = self.application(name)?.obsolete(behind: index, includingWatched: includingWatched) ?? []
        Self.log.info("undeploy", "Undeploying context [\(name)]")
        if let context = self.context(name) {
            do { try await self.host.removeChild(context) } catch {
                Self.log.warning("undeploy", "Error while removing context [\(name)]: \(error)")
            }
        }
        self.protected.withLock { $0.deployed[name] = nil }
        await self.delete(files, of: name)
    }

    private func delete(_ files: [String], of name: String) async {
        let rules = self.rules
        do {
            try await FileIO.run {
                for file in files where rules.isDeletable(file) { try FileIO.removeTree(file) }
            }
        } catch {
            Self.log.warning("deleteRedeployResources", "Files of [\(name)] could not be deleted: \(error)")
        }
    }

    /// Removes versions without sessions that have a running successor.
    private func undeployOldVersions() async {
        let names = self.protected.withLock { $0.deployed.keys.sorted() }
        for (name, successor) in zip(names, names.dropFirst()) {
            guard let old = self.context(name), let new = self.context(successor), old.path == new.path,
                new.state.isAvailable, old.manager?.activeSessions == 0, self.tryAddServiced(name)
            else { continue }
            Self.log.info(
                "checkUndeploy",
                "Undeploying old version of context [\(name)] which has no active session"
            )
            await self.undeploy(name, behind: -1, includingWatched: true)
            self.removeServiced(name)
        }
    }

    // MARK: For the manager

    func check(_ contextName: String) async throws {
        await self.checkFiles(of: contextName, waitsUntilSettled: false)
        let name = ContextName(fileName: contextName, strippingExtension: false)
        guard !self.isKnown(name) else { return }
        let finder = ArtifactFinder(rules: self.rules)
        if let artifact = try await FileIO.run({ finder.find(name) }) { await self.deploy(artifact, finder.rules) }
    }

    func unmanage(_ contextName: String) async throws {
        await self.undeploy(contextName, behind: -1, includingWatched: true)
    }

    func tryAddServiced(_ contextName: String) -> Bool {
        self.protected.withLock { $0.serviced.insert(contextName).inserted }
    }

    func removeServiced(_ contextName: String) { _ = self.protected.withLock { $0.serviced.remove(contextName) } }
    func isServiced(_ contextName: String) -> Bool { self.protected.withLock { $0.serviced.contains(contextName) } }
    func isDeployed(_ contextName: String) -> Bool { self.application(contextName) != nil }

    private func application(_ name: String) -> DeployedApplication? {
        self.protected.withLock { $0.deployed[name] }
    }

    private func context(_ name: String) -> StandardContext? { self.host.child(named: name) as? StandardContext }
}

/// Puts an archive into the place of the folder that an application was unpacked to, once the application has stopped.
private final class FolderReplacement: LifecycleListener {
    private let folder: String
    private let archive: String

    init(folder: String, archive: String) {
        self.folder = folder
        self.archive = archive
    }

    func lifecycleEvent(_ event: LifecycleEvent) async throws {
        guard event.kind == .afterStop, let context = event.lifecycle as? StandardContext else { return }
        context.lifecycle.remove(self)
        try await self.apply(to: context)
    }

    func apply(to context: StandardContext) async throws {
        let folder = self.folder
        try await FileIO.run { try FileIO.removeTree(folder) }
        context.docBase = self.archive
    }
}

extension StandardHost {
    /// Changes attributes; no change can be refused.
    func update(_ change: (inout Configuration) -> Void) {
        do { try self.reconfigure(change) } catch {
            preconditionFailure("A change that does not throw was refused: \(error)")
        }
    }
}
