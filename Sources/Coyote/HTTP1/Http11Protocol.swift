import Logging
package import NIOCore
package import NIOPosix
import Synchronization

/// The protocol handler behind `<Connector protocol="HTTP/1.1">`: listens, accepts, and runs one
/// processor per connection.
///
/// Life: `bind` → `start` → (`pause` ⇄ `resume`) → `stop` → `unbind`. A second life starts with `bind` again.
///
/// Isolation: any thread; the life-cycle calls must not overlap.
/// Tomcat counterpart: `org.apache.coyote.http11.Http11NioProtocol`, `org.apache.tomcat.util.net.NioEndpoint`.
package final class Http11Protocol: Sendable {
    /// Numbers the connectors that take a free port, as their names show.
    private static let autoPortCount = Atomic<Int>(0)
    static let connectionIDs = Atomic<UInt64>(0)

    private struct State {
        var configuration: Configuration
        var sslHostConfigs: [SSLHostConfig] = []
        var autoIndex = 0
        /// One for each event loop, on one socket.
        var listeners: [any Channel] = []
        var acceptors: AcceptorGroup?
        var settings: Http11Settings?
        var tls: CurrentTLSContexts?
        var loops = LoopTable(contexts: [:])
        /// Counters of earlier lives.
        var past = RequestGroupInfo()
    }

    private let state: Mutex<State>
    private let numericAddress = NumericAddress()
    private let group: any EventLoopGroup
    private let threadPool: NIOThreadPool
    private let adapter: any Adapter
    let logger = Logger(label: "org.apache.coyote.http11.Http11NioProtocol")

    /// A handler that nobody has bound yet.
    ///
    /// - Parameters:
    ///   - configuration: the connector's attributes.
    ///   - adapter: answers the requests.
    ///   - group: event loops, shared by all protocol handlers of a server.
    ///   - threadPool: reads files where the connection cannot take them from the descriptor.
    package init(
        configuration: Configuration,
        adapter: any Adapter,
        group: any EventLoopGroup,
        threadPool: NIOThreadPool = .singleton
    ) {
        self.state = Mutex(State(configuration: configuration))
        self.adapter = adapter
        self.group = group
        self.threadPool = threadPool
    }

    /// The attributes; a change takes effect with the next `bind`, and before that as far as ``apply(_:)`` makes it.
    package var configuration: Configuration {
        get { self.state.withLock { $0.configuration } }
        set { self.state.withLock { $0.configuration = newValue } }
    }

    /// The TLS hosts; with `SSLEnabled` there must be one for `defaultSSLHostConfigName`.
    package var sslHostConfigs: [SSLHostConfig] {
        get { self.state.withLock { $0.sslHostConfigs } }
        set { self.state.withLock { $0.sslHostConfigs = newValue } }
    }

    /// `http-nio-8080`, `https-openssl-nio-127.0.0.1-8443`, `http-nio-auto-1-41234`, `http-nio-/run/socket`.
    package var name: String {
        let configuration = self.configuration
        let prefix = configuration.isSSLEnabled ? "https-openssl-nio-" : "http-nio-"
        if let path = configuration.unixDomainSocketPath { return prefix + path }
        let address = configuration.address.map { self.numericAddress.text(of: $0) + "-" } ?? ""
        guard configuration.port == 0 else { return prefix + address + String(configuration.port) }
        let bound = self.localPort.map { "-\($0)" } ?? ""
        return prefix + address + "auto-\(self.autoIndex)" + bound
    }

    private var autoIndex: Int {
        self.state.withLock { state in
            if state.autoIndex == 0 {
                state.autoIndex = Self.autoPortCount.add(1, ordering: .relaxed).newValue
            }
            return state.autoIndex
        }
    }

    /// The port listened on, once bound to one.
    package var localPort: Int? {
        self.state.withLock { $0.listeners.first?.localAddress?.port }
    }

    /// Whether the socket is open.
    package var isBound: Bool { self.state.withLock { !$0.listeners.isEmpty } }
}

// MARK: - Life cycle

extension Http11Protocol {
    /// Opens the listening socket; connections wait in its backlog until `start`.
    ///
    /// - Throws: ``CoyoteError``: `configuration` for attributes that cannot be used, `bind` for the address.
    package func bind() async throws(CoyoteError) {
        let (configuration, hosts) = self.state.withLock { ($0.configuration, $0.sslHostConfigs) }
        let settings = Http11Settings(
            configuration: configuration,
            adapter: self.adapter,
            threadPool: self.threadPool
        )
        let tls = configuration.isSSLEnabled ? CurrentTLSContexts(try TLSContexts(hosts, configuration)) : nil
        let loops = try LoopTable(group: self.group, settings: settings)
        let acceptors = AcceptorGroup(maximum: configuration.maxConnections)
        acceptors.acceptors = self.group.makeIterator().map {
            Acceptor(group: acceptors, eventLoop: $0, logger: self.logger)
        }
        let current: @Sendable () -> Configuration = { [weak self] in self?.configuration ?? configuration }
        let listener = Listener(configuration: configuration, current: current)
        let listeners = try await listener.open(acceptors.acceptors) { channel in
            loops.start(channel, tls: tls)
        }
        self.state.withLock { state in
            state.listeners = listeners
            state.acceptors = acceptors
            state.settings = settings
            state.tls = tls
            state.loops = loops
        }
    }

    /// Changes attributes while connections are open: for their next requests, and for new connections.
    ///
    /// What concerns the sockets themselves must be the same, see ``Configuration/hasSameSockets(as:)``.
    /// - Throws: ``CoyoteError`` `configuration` for attributes that cannot be used; nothing is changed then.
    package func apply(_ configuration: Configuration) throws(CoyoteError) {
        let (bound, acceptors, loops) = self.state.withLock { ($0.settings, $0.acceptors, $0.loops) }
        precondition(configuration.hasSameSockets(as: self.configuration))
        if let bound {
            let settings = Http11Settings(
                configuration: configuration,
                adapter: self.adapter,
                threadPool: self.threadPool,
                phase: bound.phase
            )
            try loops.use(settings)
            self.state.withLock { $0.settings = settings }
            acceptors?.maximum = configuration.maxConnections
        }
        self.configuration = configuration
    }

    /// Accepts connections.
    package func start() async throws(CoyoteError) {
        if !self.isBound { try await self.bind() }
        self.setAccepting(true)
    }

    private func setAccepting(_ isAccepting: Bool) {
        for acceptor in self.state.withLock({ $0.acceptors })?.acceptors ?? [] { acceptor.setAccepting(isAccepting) }
    }

    /// Stops accepting; requests that still come on open connections get 503.
    package func pause() {
        self.setAccepting(false)
        self.state.withLock { $0.settings }?.phase.isPaused.store(true, ordering: .relaxed)
    }

    package func resume() {
        self.state.withLock { $0.settings }?.phase.isPaused.store(false, ordering: .relaxed)
        self.setAccepting(true)
    }

    /// Reads certificates, keys and authorities anew; connections made from now on use them.
    ///
    /// - Throws: ``CoyoteError`` `configuration`; the old ones then stay in use.
    package func reloadSSLHostConfigs() throws(CoyoteError) {
        let (configuration, hosts, tls) = self.state.withLock { ($0.configuration, $0.sslHostConfigs, $0.tls) }
        guard let tls else { return }
        tls.value = try TLSContexts(hosts, configuration)
    }

    /// Closes the listening socket only, so that clients are refused while requests go on.
    package func closeServerSocket() async {
        let listeners = self.state.withLock { state in
            defer { state.listeners = [] }
            return state.listeners
        }
        guard !listeners.isEmpty else { return }
        for listener in listeners {
            do {
                try await listener.close()
            } catch {
                self.logger.debug("The listening socket was closed already", metadata: ["error": "\(error)"])
            }
        }
        Listener(configuration: self.configuration).cleanUp()
    }

    /// Closes idle connections, lets running requests finish, and ends what is left after the grace period.
    package func stop(gracePeriod: Duration = .seconds(5)) async {
        let (settings, loops) = self.state.withLock { ($0.settings, $0.loops) }
        self.setAccepting(false)
        settings?.phase.isStopping.store(true, ordering: .relaxed)
        await loops.drain(gracePeriod: gracePeriod)
    }

    /// Closes the listening socket; the handler can then be bound anew.
    package func unbind() async {
        await self.closeServerSocket()
        let loops = self.state.withLock { $0.loops }
        loops.retire()
        self.state.withLock { state in
            loops.add(to: &state.past, withGauges: false)
            state.loops = LoopTable(contexts: [:])
            state.acceptors?.acceptors = []
            state.acceptors = nil
            state.settings = nil
            state.tls = nil
        }
    }
}

// MARK: - Status

extension Http11Protocol {
    /// Sums over all requests since the handler was made or its counters were reset.
    package var requestGroupInfo: RequestGroupInfo {
        self.state.withLock { state in
            var info = state.past
            state.loops.add(to: &info, withGauges: true)
            return info
        }
    }

    /// Starts the counters anew.
    package func resetCounters() {
        self.state.withLock { state in
            state.past = RequestGroupInfo()
            state.loops.resetCounters()
        }
    }

    /// What each connection with a request is doing.
    ///
    /// Suspends until every event loop has answered.
    package func requestInfos() async -> [RequestInfo] {
        await self.state.withLock { $0.loops }.requestInfos()
    }

    /// The TLS hosts in use; nil without TLS or before `bind`.
    var tlsContexts: TLSContexts? { self.state.withLock { $0.tls }?.value }

    /// Whether ``pause()`` was called and ``resume()`` was not.
    package var isPaused: Bool {
        self.state.withLock { $0.settings }?.phase.isPaused.load(ordering: .relaxed) ?? false
    }

    /// Connections that are open.
    package var connectionCount: Int {
        self.state.withLock { $0.acceptors }?.connectionCount ?? 0
    }
}
