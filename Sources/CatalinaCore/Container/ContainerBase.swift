import Synchronization

/// What every level of the container tree consists of.
///
/// Isolation: any thread.
/// Source: `org.apache.catalina.core.ContainerBase`.
package final class ContainerBase: Sendable {
    private struct Protected {
        var name: String
        weak var parent: (any Container)?
        var children: [any Container] = []
        var realm: (any Realm)?
        var cluster: (any Cluster)?
        var backgroundProcessorDelay: Int
        var startsChildren = true
        var treeListener: (@Sendable () -> Void)?
        var backgroundTask: Task<Void, Never>?
    }

    package let lifecycle = LifecycleSupport()
    package let pipeline = Pipeline()
    private let protected: Mutex<Protected>

    /// `backgroundProcessorDelay` is in seconds; 0 or less leaves the work to the parent's timer.
    package init(name: String = "", backgroundProcessorDelay: Int = -1) {
        self.protected = Mutex(Protected(name: name, backgroundProcessorDelay: backgroundProcessorDelay))
    }

    package var name: String {
        get { self.protected.withLock { $0.name } }
        set { self.protected.withLock { $0.name = newValue } }
    }

    package var parent: (any Container)? {
        get { self.protected.withLock { $0.parent } }
        set { self.protected.withLock { $0.parent = newValue } }
    }

    /// The realm of this very container, `nil` if it uses its parent's.
    package var realm: (any Realm)? {
        get { self.protected.withLock { $0.realm } }
        set { self.protected.withLock { $0.realm = newValue } }
    }

    /// The cluster of this very container.
    package var cluster: (any Cluster)? {
        get { self.protected.withLock { $0.cluster } }
        set { self.protected.withLock { $0.cluster = newValue } }
    }

    /// Seconds between two rounds of background work; 0 or less leaves it to the parent.
    package var backgroundProcessorDelay: Int {
        get { self.protected.withLock { $0.backgroundProcessorDelay } }
        set { self.protected.withLock { $0.backgroundProcessorDelay = newValue } }
    }

    /// Whether a child added to a running container is started at once.
    package var startsChildren: Bool {
        get { self.protected.withLock { $0.startsChildren } }
        set { self.protected.withLock { $0.startsChildren = newValue } }
    }

    /// The children in the order in which they were added.
    package var children: [any Container] { self.protected.withLock { $0.children } }

    package func child(named name: String) -> (any Container)? {
        self.children.first { $0.name == name }
    }

    /// Sets who is told when children or valves change here or below; the mapper rebuilds its table then.
    package func onTreeChange(_ listener: (@Sendable () -> Void)?) {
        self.protected.withLock { $0.treeListener = listener }
    }

    func insert(_ child: any Container, under owner: any Container) throws {
        let name = child.name
        try self.protected.withLock { protected in
            if protected.children.contains(where: { $0.name == name }) {
                throw LifecycleError("Child name [\(name)] is not unique")
            }
            protected.children.append(child)
        }
        child.base.parent = owner
        self.treeDidChange()
    }

    func remove(_ child: any Container) {
        self.protected.withLock { $0.children.removeAll { $0 === child } }
        self.treeDidChange()
        child.base.parent = nil
    }

    func pipelineDidChange() { self.treeDidChange() }

    /// Tells the mapper that something here or below is no longer as it was.
    package func treeDidChange() {
        let (listener, parent) = self.protected.withLock { ($0.treeListener, $0.parent) }
        listener?()
        parent?.base.treeDidChange()
    }

    func childFailed(_ child: any Container, _ error: any Error) {
        CategoryLogger("org.apache.catalina.core.ContainerBase")
            .error("startInternal", "A child container failed during start or stop: [\(child.lifecycleName)]", error)
    }

    func backgroundFailed(_ error: any Error) {
        CategoryLogger("org.apache.catalina.core.ContainerBase")
            .error("backgroundProcess", "Exception processing periodic event", error)
    }

    /// Starts the timer for the background work of `container` and of all below it without one of their own.
    ///
    /// Held here and cancelled by ``stopBackground()``.
    package func startBackground(of container: any Container) {
        let delay = self.backgroundProcessorDelay
        guard delay > 0 else { return }
        let task = Task { [weak container] in
            while !Task.isCancelled {
                do { try await Task.sleep(for: .seconds(delay)) } catch { return }
                // Whoever ends the timer ends the waiting, not the work.
                await Task { [weak container] in await container?.backgroundProcessTree() }.value
            }
        }
        self.protected.withLock { $0.backgroundTask = task }
    }

    /// Changes the seconds between rounds of background work, also while the container runs.
    func setBackgroundProcessorDelay(_ delay: Int, of container: any Container) {
        guard delay != self.backgroundProcessorDelay else { return }
        self.backgroundProcessorDelay = delay
        guard container.state.isAvailable else { return }
        self.stopBackground()
        self.startBackground(of: container)
    }

    package func stopBackground() {
        self.protected.withLock { protected in
            protected.backgroundTask?.cancel()
            protected.backgroundTask = nil
        }
    }
}
