package import Coyote
import Modeler
package import NIOCore
import NIOPosix
import Synchronization

/// Accepts requests by one protocol on one address and hands them to its service's engine.
///
/// Source: `org.apache.catalina.connector.Connector`.
package final class Connector: Lifecycle, ConfigurableComponent {
    package let lifecycle = LifecycleSupport()
    /// What its requests need to know.
    package let facts: ConnectorFacts
    package let handler: Http11Protocol
    /// Event loops that serve its connections, together with those of other connectors.
    let eventLoopCount: Int
    private let failure = Mutex<String?>(nil)

    /// `group` is the event loops, shared by all connectors of the process.
    package init(configuration: Configuration, group: any EventLoopGroup) {
        self.eventLoopCount = group.makeIterator().reduce(0) { count, _ in count + 1 }
        self.facts = ConnectorFacts(configuration)
        self.handler = Http11Protocol(
            configuration: configuration.http11,
            adapter: CoyoteAdapter(self.facts),
            group: group
        )
    }

    package convenience init(configuration: Configuration) {
        self.init(configuration: configuration, group: MultiThreadedEventLoopGroup.singleton)
    }

    package var configuration: Configuration { self.facts.settings }

    /// Changes what concerns requests, connections to come and threads; sockets and protocol are as the file made them.
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        _ = try self.facts.change { configuration in
            let before = configuration
            try change(&configuration)
            guard configuration.hasSameSockets(as: before), configuration.hasSameThreads(as: before) else {
                throw NotReconfigurable()
            }
            guard configuration.http11 != before.http11 else { return }
            try self.handler.apply(configuration.http11)
        }
    }

    /// Adds the Server's `portOffset` to the connector's own port and to the one that it redirects to.
    package func addPortOffset(_ offset: Int) throws {
        guard offset != 0, self.configuration.http11.port > 0 else { return }
        let configuration = try self.facts.change { configuration in
            configuration.http11.port += offset
            configuration.redirectPort += offset
        }
        self.handler.configuration = configuration.http11
    }

    /// `Connector["http-nio-8080"]`.
    package var lifecycleName: String { "Connector[\"\(self.handler.name)\"]" }

    /// Why the connector does not work, `nil` if it does.
    package var initializationFailure: String? {
        get { self.failure.withLock { $0 } }
        set { self.failure.withLock { $0 = newValue } }
    }

    /// Connections that are open now.
    package var openConnections: Int { self.handler.connectionCount }

    // MARK: Life

    package func initInternal() async throws {
        try self.checkProtocol()
        Self.log.info("init", "Initializing ProtocolHandler [\"\(self.handler.name)\"]")
        if self.configuration.http11.bindOnInit { try await self.bind() }
    }

    package func startInternal() async throws {
        try await self.enter(.starting)
        try await self.bind()
        Self.log.info("start", "Starting ProtocolHandler [\"\(self.handler.name)\"]")
        try await self.handler.start()
    }

    /// Accepts nothing more; requests under way go on.
    package func pause() {
        Self.log.info("pause", "Pausing ProtocolHandler [\"\(self.handler.name)\"]")
        self.handler.pause()
    }

    /// Accepts again after ``pause()``.
    package func resume() {
        Self.log.info("resume", "Resuming ProtocolHandler [\"\(self.handler.name)\"]")
        self.handler.resume()
    }

    package func stopInternal() async throws {
        try await self.enter(.stopping)
        Self.log.info("stop", "Stopping ProtocolHandler [\"\(self.handler.name)\"]")
        await self.handler.stop()
        await self.facts.workers.stop()
    }

    package func destroyInternal() async throws {
        Self.log.info("destroy", "Destroying ProtocolHandler [\"\(self.handler.name)\"]")
        await self.handler.unbind()
    }

    private static let log = CategoryLogger("org.apache.coyote.AbstractProtocol")

    /// Names of the protocol that is spoken; Tomcat's implementations of it differ only inside.
    private static let knownProtocols: Set<String> = [
        "HTTP/1.1", "org.apache.coyote.http11.Http11NioProtocol", "org.apache.coyote.http11.Http11Nio2Protocol",
        "org.apache.coyote.http11.Http11AprProtocol",
    ]

    /// What speaks another protocol must not become an open HTTP port.
    private func checkProtocol() throws(CoyoteError) {
        let name = self.configuration.protocolName
        guard !Self.knownProtocols.contains(name) else { return }
        let isAJP = name == "AJP/1.3" || name.hasPrefix("org.apache.coyote.ajp.")
        throw CoyoteError(
            .configuration,
            isAJP ? "protocol=\"\(name)\": AJP is not there yet" : "protocol=\"\(name)\" is unknown; there is HTTP/1.1"
        )
    }

    private func bind() async throws {
        let http11 = self.configuration.http11
        guard http11.port >= 0 || http11.unixDomainSocketPath != nil || http11.useInheritedChannel else {
            throw CoyoteError(.configuration, "port out of range:\(http11.port)")
        }
        if !self.handler.isBound { try await self.handler.bind() }
        self.facts.name = self.handler.name
    }
}
