/// One level of the tree that serves requests: engine, host, context or wrapper.
///
/// What all levels share is in ``ContainerBase``; a level conforms by holding one and adding its own.
/// Source: `org.apache.catalina.Container`.
package protocol Container: Lifecycle {
    /// Name, parent, children, pipeline, realm and background work.
    var base: ContainerBase { get }
    /// The level's own background work, after that of its parts.
    func backgroundProcess() async
    /// Children started at the same time: as configured, 0 for as many as there are cores, -1 for one less.
    var startStopThreads: Int { get }
}

extension Container {
    package var lifecycle: LifecycleSupport { self.base.lifecycle }
    package var name: String { self.base.name }
    package var pipeline: Pipeline { self.base.pipeline }
    package var parent: (any Container)? { self.base.parent }
    package var children: [any Container] { self.base.children }
    package func backgroundProcess() async {}
    package var startStopThreads: Int { 1 }

    /// The realm of this container or of the nearest one above that has one.
    package var realm: (any Realm)? { self.base.realm ?? self.parent?.realm }

    /// The cluster of this container or of the nearest one above that has one.
    package var cluster: (any Cluster)? { self.base.cluster ?? self.parent?.cluster }

    /// Adds a child, and starts it if this container runs.
    package func addChild(_ child: any Container) async throws {
        try self.base.insert(child, under: self)
        if self.state.isAvailable, self.base.startsChildren { try await child.start() }
    }

    /// Adds a child without starting it: while the tree is built from a file.
    package func attachChild(_ child: any Container) throws { try self.base.insert(child, under: self) }

    /// Removes a child, stopping and destroying it.
    package func removeChild(_ child: any Container) async throws {
        if child.state.isAvailable { try await child.stop() }
        child.unregisterBeans()
        self.base.remove(child)
        if child.state != .destroyed { try await child.destroy() }
    }

    package func child(named name: String) -> (any Container)? { self.base.child(named: name) }

    /// Starts what the container consists of: cluster, realm, children, valves.
    ///
    /// A child that fails to start does not keep the others from starting; the failure is logged by who started it.
    package func startParts() async throws {
        if let cluster = self.base.cluster as? any Lifecycle { try await cluster.start() }
        try self.base.realm?.attach(to: self)
        if let realm = self.base.realm as? any Lifecycle { try await realm.start() }
        let base = self.base
        await BoundedTasks.forEach(self.children, atMost: self.startStopThreads) { child in
            do { try await child.start() } catch { base.childFailed(child, error) }
        }
        try await self.pipeline.start()
    }

    /// Stops what ``startParts()`` started, in Tomcat's order: valves, children, realm, cluster.
    package func stopParts() async throws {
        try await self.pipeline.stop()
        for child in self.children where child.state.isAvailable {
            do { try await child.stop() } catch { self.base.childFailed(child, error) }
        }
        if let realm = self.base.realm as? any Lifecycle, realm.state.isAvailable { try await realm.stop() }
        if let cluster = self.base.cluster as? any Lifecycle, cluster.state.isAvailable { try await cluster.stop() }
    }

    /// Destroys the children and whatever else has a life of its own.
    package func destroyParts() async throws {
        for child in self.children { try await self.removeChild(child) }
    }

    /// Background work of this container and of all below it that have no timer of their own.
    package func backgroundProcessTree() async {
        guard self.state.isAvailable else { return }
        await self.base.cluster?.backgroundProcess()
        await self.base.realm?.backgroundProcess()
        await self.backgroundProcess()
        await self.pipeline.backgroundProcess()
        do { try await self.fire(.periodic) } catch { self.base.backgroundFailed(error) }
        for child in self.children where child.base.backgroundProcessorDelay <= 0 {
            await child.backgroundProcessTree()
        }
    }

    /// `[Catalina].[localhost].[/app]`: how loggers and log lines name the container.
    package var logName: String {
        let own = "[\(self.name.isEmpty ? "/" : self.name)]"
        guard let parent = self.parent else { return own }
        return parent.logName + "." + own
    }

    /// The logger of the container: `org.apache.catalina.core.ContainerBase.[Catalina]…`.
    package var logger: CategoryLogger { CategoryLogger("org.apache.catalina.core.ContainerBase." + self.logName) }
}
