package import CatalinaCore
import JavaSerialization
import Modeler
package import NIOCore
import ServletAPI
import Synchronization
import Tribes

/// Attributes of an application in a map that all nodes share.
///
/// Reading asks nobody, since every node has a copy. Setting returns at once; as a valve, this has the answer of a request
/// wait until other nodes have what was set, unless messages are only queued.
/// Isolation: any thread.
/// Source: `org.apache.catalina.ha.context.ReplicatedContext.ReplApplContext`.
package final class ReplicatedAttributes: SharedAttributes, Valve, LifecycleListener, ReplicatedMapOwner {
    package typealias Value = ReplicatedAttribute

    /// Milliseconds to wait for an answer of another node.
    private static let rpcTimeout = TimeAmount.seconds(15)

    private struct Protected {
        var map: ReplicatedMap<ReplicatedAttribute>?
        var isAcknowledged = false
        /// Names of which other nodes are being told.
        var pending: Set<String> = []
        /// Names whose values stay here, of which that has been said; as many as the application has.
        var warned: Set<String> = []
    }

    private let protected = Mutex(Protected())
    private let log = CategoryLogger("org.apache.catalina.ha.context.ReplicatedContext")

    var map: ReplicatedMap<ReplicatedAttribute>? { self.protected.withLock { $0.map } }

    package var componentClassName: String { ReplicatedContext.descriptor.className }

    // MARK: Attributes

    package func value(_ name: String) -> (any Sendable)? { self.map?.peek(name)?.attribute.value }

    package var names: [String] { self.map?.keys ?? [] }

    package func set(_ name: String, _ value: any Sendable) -> Bool {
        guard let map = self.map else { return false }
        guard let java = SessionValue.java(value, replacing: map.peek(name)?.attribute.java) else {
            self.remove(name)
            self.warn(of: name, value, in: map.configuration.name)
            return false
        }
        self.willTell(name)
        map.enqueuePut(name, ReplicatedAttribute(SessionAttribute(value, java)))
        return true
    }

    package func remove(_ name: String) {
        guard let map = self.map, map.contains(name) else { return }
        self.willTell(name)
        map.enqueueRemove(name)
    }

    private func willTell(_ name: String) {
        self.protected.withLock { if $0.isAcknowledged { $0.pending.insert(name) } }
    }

    private func warn(of name: String, _ value: any Sendable, in context: String) {
        guard self.protected.withLock({ $0.warned.insert(name).inserted }) else { return }
        self.log.warning(
            "setAttribute",
            "The attribute [\(name)] of the application [\(context)] stays on this node: a value of the type "
                + "[\(type(of: value))] cannot be sent to others"
        )
    }

    package func makeValue(_ stream: ByteBuffer, key: String) throws -> ReplicatedAttribute {
        var input = try JavaObjectInputStream(stream)
        return ReplicatedAttribute(.received(try input.readObject()))
    }

    // MARK: Requests

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        do {
            try await next.invoke(request, response)
        } catch {
            await self.finish()
            throw error
        }
        await self.finish()
    }

    /// Waits until other nodes have what has been set and removed here.
    package func finish() async {
        let (map, names) = self.protected.withLock { protected in
            defer { protected.pending.removeAll() }
            return (protected.map, protected.pending)
        }
        guard let map else { return }
        for name in names { await map.finish(name) }
    }

    // MARK: Life

    package func lifecycleEvent(_ event: LifecycleEvent) async throws {
        guard let context = event.lifecycle as? StandardContext else { return }
        switch event.kind {
        case .start: try await self.start(context)
        case .afterStop: await self.stop()
        default: break
        }
    }

    private func start(_ context: StandardContext) async throws {
        guard let channel = (context.cluster as? SimpleTcpCluster)?.channel else {
            self.log.warning(
                "startInternal",
                "There is no cluster for the application [\(context.name)]: its attributes stay on this node"
            )
            return
        }
        try await self.start(named: context.name, context.configuration.mapSendOptions, on: channel)
        context.servletContext.share(self)
    }

    /// - Throws: `LifecycleError` if the channel does not run.
    func start(named name: String, _ options: SendOptions, on channel: GroupChannel) async throws {
        var configuration = ReplicatedMapConfiguration(name: name, kind: .copies)
        configuration.sendOptions = options
        configuration.rpcTimeout = Self.rpcTimeout
        let map = ReplicatedMap<ReplicatedAttribute>(configuration, channel: channel, owner: self)
        do {
            try await map.start()
        } catch {
            self.log.error("startInternal", "Unable to start ReplicatedContext: [\(name)]", error)
            throw LifecycleError("Failed to start ReplicatedContext: [\(name)]", cause: error)
        }
        self.protected.withLock { protected in
            protected.map = map
            protected.isAcknowledged = !options.contains(.asynchronous)
        }
    }

    /// The attributes go on living on the other nodes.
    func stop() async {
        let map = self.protected.withLock { protected in
            defer { protected = Protected() }
            return protected.map
        }
        await map?.stop()
    }
}

/// One attribute as a value of the map.
package final class ReplicatedAttribute: ReplicatedMapEntry {
    let attribute: SessionAttribute

    init(_ attribute: SessionAttribute) { self.attribute = attribute }

    package func encoded() throws -> ByteBuffer { try (self.attribute.java ?? .null).stream() }
}
