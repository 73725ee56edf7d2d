import Coyote
package import Modeler

extension Connector: ManagedBean {
    package static let beanInfo = BeanInfo<Connector>(
        type: "Connector",
        className: "org.apache.catalina.mbeans.ConnectorMBean",
        attributes: [
            .stateName,
            .value("portWithOffset", "TCP port") { $0.configuration.http11.port },
            .value("portOffset", "Always 0; the Server's is in the port already") { _ in 0 },
            .text("address", "Local address") { $0.shownAddress },
            .value("maxThreads", "Most servlets that may block at a time; -1 where an Executor says so") {
                $0.ownThreads(\.maxThreads)
            }.ofConnector,
            .value("minSpareThreads", "Threads kept for servlets that block; -1 where an Executor says so") {
                $0.ownThreads(\.minSpareThreads)
            }.ofConnector,
            .value("localPort", "TCP port listened on; -1 if none") { $0.handler.localPort ?? -1 },
            .value("redirectPortWithOffset", "Port to which confidential resources redirect") {
                $0.configuration.redirectPort
            },
            .text("protocolHandlerClassName", "The protocol handler") { _ in Connector.handlerClassName },
            .text("executorName", "Whose threads servlets that block use") {
                $0.configuration.executor ?? "Internal"
            },
            .text("failure", "Why the connector does not work") { $0.initializationFailure },
            .value("keepAliveTimeout", "Longest wait for the next request") {
                $0.configuration.http11.effectiveKeepAliveTimeout
            }.ofConnector,
        ],
        operations: .lifecycle() + [
            ManagedOperation("pause", "Accepts nothing more; requests under way go on") { connector, _ in
                connector.pause()
            },
            ManagedOperation("resume", "Accepts again") { connector, _ in connector.resume() },
        ]
    )

    static let handlerClassName = "org.apache.coyote.http11.Http11NioProtocol"

    /// The handler's name without the port that the system chose: it stays the same for the connector's life.
    package var poolName: String {
        let name = self.handler.name
        guard self.configuration.http11.port == 0, let port = self.handler.localPort else { return name }
        let suffix = "-\(port)"
        return name.hasSuffix(suffix) ? String(name.dropLast(suffix.utf8.count)) : name
    }

    /// `port` and, if the connector has one, `address`.
    func beanProperties(_ type: String) -> [(String, String)] {
        let http11 = self.configuration.http11
        if let path = http11.unixDomainSocketPath {
            return [("type", type), ("port", "0"), ("address", ObjectName.quote(path))]
        }
        let address = http11.address.map { [("address", ObjectName.quote($0))] } ?? []
        guard http11.port == 0 else { return [("type", type), ("port", String(http11.port))] + address }
        let index = self.poolName.split(separator: "-").last ?? ""
        return [("type", type), ("port", "auto-\(index)")] + address
    }

    /// Registers the connector, its handler, its threads and its requests.
    func registerBeans(in domain: BeanDomain) {
        domain.register(self, as: self.beanProperties("Connector"))
        let handler = self.beanProperties("ProtocolHandler")
        let name = ("name", ObjectName.quote(self.poolName))
        domain.register(ProtocolHandlerBean(connector: self, objectName: domain.objectName(handler)), as: handler)
        domain.register(ThreadPoolBean(connector: self), as: [("type", "ThreadPool"), name])
        domain.register(RequestGroupBean(connector: self), as: [("type", "GlobalRequestProcessor"), name])
        let group = domain.objectName([("type", "GlobalRequestProcessor"), name])
        let worker = [("type", "RequestProcessor"), ("worker", ObjectName.quote(self.poolName))]
        domain.registry.register(sourceOf: domain.pattern(worker)) { [weak self] in
            let infos = await self?.handler.requestInfos() ?? []
            return infos.enumerated().map { index, info in
                let name = domain.objectName(worker + [("name", "HttpRequest\(index + 1)")])
                return RegisteredBean(RequestProcessorBean(info: info, name: name, group: group), as: name)
            }
        }
        for host in self.handler.sslHostConfigs {
            SSLHostConfigBean.register(host, of: self, in: domain)
        }
    }
}

/// The protocol behind a connector, as management clients see it.
///
/// Source: `org.apache.coyote.AbstractProtocol`.
struct ProtocolHandlerBean: ManagedBean, ConnectorPart {
    let connector: Connector
    let objectName: ObjectName

    static let beanInfo = BeanInfo<ProtocolHandlerBean>(
        type: "ProtocolHandler",
        attributes: Connector.protocolAttributes.map { attribute in
            attribute.shown { (bean: ProtocolHandlerBean) in bean.connector.configuration.http11 }.ofConnector
        } + [
            .text("name", "Protocol, address and port") { ObjectName.quote($0.connector.poolName) },
            .value("objectName", "The bean's own name") { $0.objectName },
            .text("domain", "The domain of the beans") { $0.objectName.domain },
            .value("maxThreads", "Most servlets that may block at a time; -1 where an Executor says so") {
                $0.connector.ownThreads(\.maxThreads)
            }.ofConnector,
            .value("minSpareThreads", "Threads kept for servlets that block; -1 where an Executor says so") {
                $0.connector.ownThreads(\.minSpareThreads)
            }.ofConnector,
            .value("portOffset", "Always 0; the Server's is in the port already") { _ in 0 },
            .value("sendfileSupported", "Always true") { _ in true },
            .text("compression", "When answers are compressed") { $0.connector.configuration.compression },
            .value("compressionMinSize", "Shortest body that is compressed") {
                $0.connector.configuration.compressionMinSize
            },
            .text("compressibleMimeType", "Media types that are compressed") {
                $0.connector.configuration.compressibleMimeType
            },
            .value("maxSavePostSize", "Longest body kept during a form login") {
                $0.connector.configuration.maxSavePostSize
            }.ofConnector,
            .value("connectionCount", "Connections that are open") { $0.connector.openConnections },
            .value("localPort", "TCP port listened on; -1 if none") { $0.connector.handler.localPort ?? -1 },
            .value("paused", "Whether nothing is accepted") { $0.connector.handler.isPaused.beanValue },
            .value("sSLEnabled", "Whether it speaks TLS") { $0.connector.configuration.http11.isSSLEnabled },
            .value("portWithOffset", "TCP port") { $0.connector.configuration.http11.port },
            .value("keepAliveTimeout", "Longest wait for the next request") {
                $0.connector.configuration.http11.effectiveKeepAliveTimeout
            }.ofConnector,
            .value("maxHttpRequestHeaderSize", "Request line and headers together") {
                $0.connector.configuration.http11.effectiveRequestHeaderSize
            }.ofConnector,
            .value("maxHttpResponseHeaderSize", "Status line and headers together") {
                $0.connector.configuration.http11.effectiveResponseHeaderSize
            }.ofConnector,
            .value("globalRequestProcessorMBeanName", "The bean that counts requests") { bean in
                ObjectName(
                    safeDomain: bean.objectName.domain,
                    [("type", "GlobalRequestProcessor"), ("name", ObjectName.quote(bean.connector.poolName))]
                )
            },
        ],
        operations: [
            ManagedOperation("pause", "Accepts nothing more; requests under way go on") { bean, _ in
                bean.connector.pause()
            },
            ManagedOperation("resume", "Accepts again") { bean, _ in bean.connector.resume() },
        ]
    )

    let componentClassName = Connector.handlerClassName
}

/// Connections and threads of a connector.
///
/// Requests share the event loops; threads in Tomcat's sense serve only servlets that block. A busy thread is a
/// request being served, as clients that watch the load expect.
/// Source: `org.apache.tomcat.util.net.AbstractEndpoint`.
struct ThreadPoolBean: ManagedBean, ConnectorPart {
    let connector: Connector

    static let beanInfo = BeanInfo<ThreadPoolBean>(
        type: "ThreadPool",
        className: "org.apache.catalina.mbeans.ClassNameMBean",
        attributes: [
            .text("name", "Protocol, address and port") { $0.connector.poolName },
            .gauge("currentThreadsBusy", "Requests being served") {
                $0.connector.handler.requestGroupInfo.currentThreadsBusy
            },
            .gauge("currentThreadCount", "Event loops and threads for servlets that block") {
                $0.connector.threadCount
            },
            .gauge("maxThreads", "Most servlets that may block at a time; -1 where an Executor says so") {
                $0.connector.ownThreads(\.maxThreads)
            }.ofConnector,
            .value("minSpareThreads", "Threads kept for servlets that block; -1 where an Executor says so") {
                $0.connector.ownThreads(\.minSpareThreads)
            }.ofConnector,
            .gauge("connectionCount", "Connections that are open") { $0.connector.openConnections },
            .gauge("keepAliveCount", "Connections that wait for their next request") {
                $0.connector.handler.requestGroupInfo.keepAliveCount
            },
            .gauge("maxConnections", "Connections served at a time") { $0.http11.maxConnections }.ofConnector,
            .value("acceptCount", "Length of the listen backlog") { $0.http11.acceptCount },
            .flag("running", "Whether it has been started") { $0.connector.state.isAvailable },
            .flag("paused", "Whether nothing is accepted") { $0.connector.handler.isPaused },
            .value("port", "TCP port") { $0.http11.port },
            .value("portWithOffset", "TCP port") { $0.http11.port },
            .value("portOffset", "Always 0; the Server's is in the port already") { _ in 0 },
            .value("localPort", "TCP port listened on; -1 if none") { $0.connector.handler.localPort ?? -1 },
            .text("address", "Local address") { $0.connector.shownAddress },
            .value("useInheritedChannel", "Whether the socket comes from systemd") { $0.http11.useInheritedChannel },
            .value("bindOnInit", "Whether the socket is bound at initialisation") { $0.http11.bindOnInit },
            .value("useSendfile", "Whether files are sent without reading them") { $0.http11.useSendfile }.ofConnector,
            .value("sSLEnabled", "Whether it speaks TLS") { $0.http11.isSSLEnabled },
            .value("tcpNoDelay", "Whether small packets are sent at once") { $0.http11.tcpNoDelay }.ofConnector,
            .value("connectionLinger", "SO_LINGER in seconds; -1 for off") { $0.http11.connectionLinger }.ofConnector,
            .value("connectionTimeout", "Longest wait for the request") { $0.http11.connectionTimeout }.ofConnector,
            .value("keepAliveTimeout", "Longest wait for the next request") { $0.http11.effectiveKeepAliveTimeout }
                .ofConnector,
            .value("maxKeepAliveRequests", "Requests of one connection") { $0.http11.maxKeepAliveRequests }.ofConnector,
            .text("defaultSSLHostConfigName", "Host configuration for unknown names") {
                $0.http11.defaultSSLHostConfigName
            },
        ]
    )

    let componentClassName = "org.apache.tomcat.util.net.NioEndpoint"

    private var http11: Http11Protocol.Configuration { self.connector.configuration.http11 }
}

/// Sums over all requests of a connector.
///
/// Source: `org.apache.coyote.RequestGroupInfo`.
struct RequestGroupBean: ManagedBean {
    let connector: Connector

    static let beanInfo = BeanInfo<RequestGroupBean>(
        type: "GlobalRequestProcessor",
        attributes: [
            .counter("requestCount", "Requests served") { $0.info.requestCount },
            .counter("errorCount", "Of them, those answered with an error") { $0.info.errorCount },
            .counter("bytesSent", "Bytes of bodies sent") { $0.info.bytesSent },
            .counter("bytesReceived", "Bytes of bodies received") { $0.info.bytesReceived },
            .counter("processingTime", "Milliseconds spent on requests") { $0.info.processingTime.milliseconds },
            .gauge("maxTime", "Milliseconds of the longest request") { $0.info.maxTime.milliseconds },
        ],
        operations: [
            ManagedOperation("resetCounters", "Starts the counters anew") { bean, _ in
                bean.connector.handler.resetCounters()
            }
        ]
    )

    let componentClassName = "org.apache.coyote.RequestGroupInfo"

    private var info: RequestGroupInfo { self.connector.handler.requestGroupInfo }
}

/// A request being served, as it stood when somebody asked.
///
/// Source: `org.apache.coyote.RequestInfo`.
struct RequestProcessorBean: ManagedBean {
    let info: RequestInfo
    let name: ObjectName
    let group: ObjectName

    static let beanInfo = BeanInfo<RequestProcessorBean>(
        type: "RequestProcessor",
        attributes: [
            .value("rpName", "The bean's own name") { $0.name },
            .value("stage", "How far the request has come: 3 is in the application") { $0.info.stage.rawValue },
            .value("requestProcessingTime", "Milliseconds since its first byte") {
                $0.info.requestProcessingTime.milliseconds
            },
            .value("requestBytesSent", "Bytes of its answer sent") { $0.info.requestBytesSent },
            .value("requestBytesReceived", "Bytes of its body received") { $0.info.requestBytesReceived },
            .text("remoteAddr", "The client's address") { $0.info.remoteAddress },
            .text("virtualHost", "Host that it asks for") { $0.info.virtualHost },
            .text("method", "Its method") { $0.info.line.method },
            .text("currentUri", "Its path") { $0.info.line.path },
            .text("currentQueryString", "Its query") { $0.info.line.query },
            .text("protocol", "Its protocol") { $0.info.line.protocolName },
            .value("contentLength", "Length of its body as announced; -1 without") { $0.info.contentLength },
            .value("serverPort", "Port of the connector") { $0.info.serverPort },
            .text("peerAddr", "Address at the other end of the connection") { $0.info.remoteAddress },
            .value("requestCount", "Requests that its connection had before it") { Int64($0.info.requestCount) },
            .value("globalProcessor", "The bean that sums up requests") { $0.group },
        ]
    )

    let componentClassName = "org.apache.coyote.RequestInfo"
}

/// A connector, or what management clients see of one.
protocol ConnectorPart {
    var connector: Connector { get }
}

extension Connector: ConnectorPart {
    var connector: Connector { self }
}

extension BeanAttribute where Bean: ConnectorPart & SendableMetatype {
    /// The same attribute, which sets the connector's of its name.
    fileprivate var ofConnector: Self {
        guard let attribute = Connector.descriptor.attributes.first(where: { $0.info.name == self.info.name }) else {
            preconditionFailure("A Connector has no attribute [\(self.info.name)]")
        }
        return self.set { bean, text in try bean.connector.reconfigure { try attribute.write(&$0, text) } }
    }
}

extension Connector {
    /// A number of threads, unless an Executor decides on them.
    fileprivate func ownThreads(_ number: KeyPath<Configuration, Int>) -> Int {
        let configuration = self.configuration
        return configuration.executor == nil ? configuration[keyPath: number] : -1
    }

    /// The address as Java prints one: a name, which numbers have none of, before a slash.
    fileprivate var shownAddress: String? { self.configuration.http11.address.map { "/" + $0 } }

    /// Event loops, and threads that exist for servlets that block.
    package var threadCount: Int { self.eventLoopCount + self.facts.workers.poolSize }
}

extension Duration {
    /// Whole milliseconds, for figures that Tomcat gives in them.
    package var milliseconds: Int64 {
        self.components.seconds * 1000 + self.components.attoseconds / 1_000_000_000_000_000
    }
}
