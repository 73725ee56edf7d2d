package import Coyote
package import Modeler

extension Connector {
    /// Attributes of `<Connector>`, named as in server.xml; times in milliseconds, sizes in bytes, -1 for no limit.
    package struct Configuration: Sendable {
        /// `HTTP/1.1` or a protocol handler's class name.
        package var protocolName = "HTTP/1.1"
        /// Name of the `<Executor>` whose threads servlets that block use.
        package var executor: String?
        /// Most servlets that may block at a time.
        package var maxThreads = 200
        /// Accepted; threads are made when the first servlet blocks.
        package var minSpareThreads = 10
        /// Longest form body turned into parameters.
        package var maxPostSize = 2_097_152
        /// Most parameters of a request.
        package var maxParameterCount = 10_000
        /// Longest body kept during a form login.
        package var maxSavePostSize = 4096
        /// Most parts of a multipart body.
        package var maxPartCount = 50
        /// Longest header of a part.
        package var maxPartHeaderSize = 512
        /// Most cookies of a request.
        package var maxCookieCount = 200
        /// Methods whose form bodies become parameters.
        package var parseBodyMethods = ["POST"]
        /// Charset of the decoded path and query.
        package var uriEncoding = "UTF-8"
        /// Whether the query has the body's charset.
        package var useBodyEncodingForURI = false
        /// What %2F in a path does: reject, decode, passthrough.
        package var encodedSolidusHandling = EncodedSolidusHandling.reject
        /// What %5C in a path does: reject, decode, passthrough.
        package var encodedReverseSolidusHandling = EncodedSolidusHandling.decode
        /// Whether a backslash in a path is a slash.
        package var allowBackslash = false
        /// Whether sequences the specification calls suspicious get 400.
        package var rejectSuspiciousURIs = false
        /// Whether TRACE is answered.
        package var allowTrace = false
        /// Time-out of asynchronous requests.
        package var asyncTimeout: Int64 = 30_000
        /// Whether clients are shown by name; the first request of a connection waits for it.
        package var enableLookups = false
        /// Whether the host is chosen by local address.
        package var useIPVHosts = false
        /// Server name shown to applications.
        package var proxyName: String?
        /// Server port shown to applications.
        package var proxyPort = 0
        /// Port to which confidential resources redirect.
        package var redirectPort = 443
        /// Whether answers name the specification.
        package var xpoweredBy = false
        /// Accepted; requests are always given up after use.
        package var discardFacades = true
        /// Accepted; the Connector never compresses answers.
        package var compression = "off"
        /// Accepted; the Connector never compresses answers.
        package var compressionMinSize = 2048
        /// Accepted; the Connector never compresses answers.
        package var compressibleMimeType =
            "text/html,text/xml,text/plain,text/css,text/javascript,application/javascript,application/json,application/xml"
        /// TLS as Tomcat 8.5 writes it.
        package var flatTLS = FlatTLS()
        /// What concerns the socket and the protocol.
        package var http11 = Http11Protocol.Configuration()

        package init() {}

        /// Whether everything is the same that is decided when the connector is made.
        func hasSameSockets(as other: Self) -> Bool {
            self.http11.hasSameSockets(as: other.http11) && self.protocolName == other.protocolName
                && self.executor == other.executor
                && self.flatTLS == other.flatTLS && self.compression == other.compression
                && self.compressionMinSize == other.compressionMinSize
                && self.compressibleMimeType == other.compressibleMimeType
        }

        /// Whether the threads are the same, or its own to change.
        func hasSameThreads(as other: Self) -> Bool { self.executor == nil || self.limits == other.limits }

        /// Threads for servlets that block.
        var limits: WorkerThreads.Limits {
            WorkerThreads.Limits(maximum: self.maxThreads, spare: self.minSpareThreads)
        }

        /// What the path of a request is read by.
        var pathRules: RequestPath.Options {
            var options = RequestPath.Options()
            options.encodedSolidusHandling = self.encodedSolidusHandling
            options.encodedReverseSolidusHandling = self.encodedReverseSolidusHandling
            options.allowBackslash = self.allowBackslash
            options.rejectSuspiciousURIs = self.rejectSuspiciousURIs
            options.charset = Charset(name: self.uriEncoding) ?? .utf8
            return options
        }
    }

    package static let descriptor = ComponentDescriptor<Connector>(
        className: "org.apache.catalina.connector.Connector",
        kind: .connector,
        "Accepts requests by one protocol on one address",
        defaults: Configuration(),
        attributes: Connector.ownAttributes + Connector.protocolAttributes.nested(in: \.http11)
            + FlatTLS.attributes.nested(in: \.flatTLS) + Connector.javaAttributes
    )

    private static let ownAttributes: [Attribute<Configuration>] = [
        Attribute("protocol", \.protocolName, "`HTTP/1.1` or a protocol handler's class name"),
        Attribute("executor", \.executor, "Name of the Executor whose threads servlets that block use"),
        Attribute("maxThreads", \.maxThreads, "Most servlets that may block at a time"),
        Attribute("minSpareThreads", \.minSpareThreads, "Threads that are kept; none before a servlet blocks"),
        Attribute("maxPostSize", \.maxPostSize, "Longest form body turned into parameters"),
        Attribute("maxParameterCount", \.maxParameterCount, "Most parameters of a request"),
        Attribute("maxSavePostSize", \.maxSavePostSize, "Longest body kept during a form login"),
        Attribute("maxPartCount", \.maxPartCount, "Most parts of a multipart body"),
        Attribute("maxPartHeaderSize", \.maxPartHeaderSize, "Longest header of a part"),
        Attribute("maxCookieCount", \.maxCookieCount, "Most cookies of a request"),
        Attribute("parseBodyMethods", \.parseBodyMethods, "Methods whose form bodies become parameters"),
        Attribute("URIEncoding", \.uriEncoding, "Charset of the decoded path and query"),
        Attribute("useBodyEncodingForURI", \.useBodyEncodingForURI, "Whether the query has the body's charset"),
        Attribute(
            "encodedSolidusHandling",
            \.encodedSolidusHandling,
            "What %2F in a path does: reject, decode, passthrough"
        ),
        Attribute(
            "encodedReverseSolidusHandling",
            \.encodedReverseSolidusHandling,
            "What %5C in a path does: reject, decode, passthrough"
        ),
        Attribute("allowBackslash", \.allowBackslash, "Whether a backslash in a path is a slash"),
        Attribute(
            "rejectSuspiciousURIs",
            \.rejectSuspiciousURIs,
            "Whether sequences the specification calls suspicious get 400"
        ),
        Attribute("allowTrace", \.allowTrace, "Whether TRACE is answered"),
        Attribute("asyncTimeout", \.asyncTimeout, "Time-out of asynchronous requests"),
        Attribute(
            "enableLookups",
            \.enableLookups,
            "Whether clients are shown by name; the first request of a connection waits for it"
        ),
        Attribute("useIPVHosts", \.useIPVHosts, "Whether the host is chosen by local address"),
        Attribute("proxyName", \.proxyName, "Server name shown to applications"),
        Attribute("proxyPort", \.proxyPort, "Server port shown to applications"),
        Attribute("redirectPort", \.redirectPort, "Port to which confidential resources redirect"),
        Attribute("xpoweredBy", \.xpoweredBy, "Whether answers name the specification"),
        Attribute("discardFacades", \.discardFacades, "Accepted; requests are always given up after use"),
        Attribute("compression", \.compression, "Accepted; the Connector never compresses answers"),
        Attribute("compressionMinSize", \.compressionMinSize, "Accepted; the Connector never compresses answers"),
        Attribute("compressibleMimeType", \.compressibleMimeType, "Accepted; the Connector never compresses answers"),
    ]

    static let protocolAttributes: [Attribute<Http11Protocol.Configuration>] = [
        Attribute("port", \.port, "TCP port; 0 for any free one; without one the Connector fails"),
        Attribute("address", \.address, "Local address; all if unset"),
        Attribute("unixDomainSocketPath", \.unixDomainSocketPath, "Path of a socket file instead of address and port"),
        Attribute(
            "unixDomainSocketPathPermissions",
            \.unixDomainSocketPathPermissions,
            "Permissions of the socket file, as rw-rw-rw-"
        ),
        Attribute("bindOnInit", \.bindOnInit, "Whether the socket is bound at initialisation, not at start"),
        Attribute("acceptCount", \.acceptCount, "Length of the listen backlog"),
        Attribute("maxConnections", \.maxConnections, "Connections served at a time"),
        Attribute("useInheritedChannel", \.useInheritedChannel, "Whether descriptor 3 is taken over from systemd"),
        Attribute("tcpNoDelay", \.tcpNoDelay, "Whether small packets are sent at once", aliases: ["socket.tcpNoDelay"]),
        Attribute("connectionLinger", \.connectionLinger, "SO_LINGER in seconds; -1 for off"),
        Attribute("socket.soKeepAlive", \.soKeepAlive, "SO_KEEPALIVE"),
        Attribute("socket.soReuseAddress", \.soReuseAddress, "SO_REUSEADDR"),
        Attribute("socket.rxBufSize", \.rxBufSize, "SO_RCVBUF; 0 leaves it to the system"),
        Attribute("socket.txBufSize", \.txBufSize, "SO_SNDBUF; 0 leaves it to the system"),
        Attribute("connectionTimeout", \.connectionTimeout, "Longest wait for the request"),
        Attribute(
            "keepAliveTimeout",
            \.keepAliveTimeout,
            "Longest wait for the next request; connectionTimeout if unset"
        ),
        Attribute("disableUploadTimeout", \.disableUploadTimeout, "Whether bodies have connectionTimeout too"),
        Attribute("connectionUploadTimeout", \.connectionUploadTimeout, "Longest wait within a body otherwise"),
        Attribute("maxKeepAliveRequests", \.maxKeepAliveRequests, "Requests of one connection"),
        Attribute(
            "useKeepAliveResponseHeader",
            \.useKeepAliveResponseHeader,
            "Whether answers name the keep-alive time"
        ),
        Attribute("maxHttpHeaderSize", \.maxHttpHeaderSize, "Default of the next two"),
        Attribute("maxHttpRequestHeaderSize", \.maxHttpRequestHeaderSize, "Request line and headers together"),
        Attribute("maxHttpResponseHeaderSize", \.maxHttpResponseHeaderSize, "Status line and headers together"),
        Attribute("maxHeaderCount", \.maxHeaderCount, "Headers of a request"),
        Attribute("maxTrailerSize", \.maxTrailerSize, "Trailer fields together"),
        Attribute("maxExtensionSize", \.maxExtensionSize, "Chunk extensions together"),
        Attribute("maxSwallowSize", \.maxSwallowSize, "Unread body that is read to keep a connection"),
        Attribute("processorCache", \.processorCache, "Recycled requests kept"),
        Attribute("relaxedPathChars", \.relaxedPathChars, "Further characters allowed in paths"),
        Attribute("relaxedQueryChars", \.relaxedQueryChars, "Further characters allowed in queries"),
        Attribute("rejectIllegalHeader", \.rejectIllegalHeader, "Whether a bad header line gets 400"),
        Attribute("allowHostHeaderMismatch", \.allowHostHeaderMismatch, "Whether target and Host may differ"),
        Attribute("allowedTrailerHeaders", \.allowedTrailerHeaders, "Trailer fields shown to applications"),
        Attribute(
            "continueResponseTiming",
            \.continueResponseTiming,
            "When 100 Continue is sent: immediately or onRead"
        ),
        Attribute("restrictedUserAgents", \.restrictedUserAgents, "User agents served as HTTP/1.0"),
        Attribute("server", \.server, "Server header"),
        Attribute(
            "serverRemoveAppProvidedValues",
            \.serverRemoveAppProvidedValues,
            "Whether an application's is removed"
        ),
        Attribute("useSendfile", \.useSendfile, "Whether files are sent without reading them"),
        Attribute("scheme", \.scheme, "Scheme shown to applications"),
        Attribute("secure", \.secure, "Whether requests are shown as secure"),
        Attribute("SSLEnabled", \.isSSLEnabled, "Whether the connector speaks TLS"),
        Attribute("defaultSSLHostConfigName", \.defaultSSLHostConfigName, "Host configuration for unknown names"),
        Attribute("strictSni", \.strictSni, "Whether SNI and Host must choose the same configuration"),
    ]

    private static let javaAttributes: [Attribute<Configuration>] = [
        "acceptorThreadPriority", "enforceEncodingInGetWriter", "executorTerminationTimeoutMillis", "maxQueueSize",
        "noCompressionEncodings", "noCompressionUserAgents", "pollerThreadPriority", "selectorTimeout", "sniParseLimit",
        "socket.appReadBufSize", "socket.appWriteBufSize", "socket.bufferPool", "socket.directBuffer",
        "socket.soLingerOn", "socket.soLingerTime", "socket.soTimeout", "socket.unlockTimeout", "sslImplementationName",
        "threadPriority", "threadsMaxIdleTime", "throwOnFailure", "unixDomainSocketPathParentOwner",
        "unixDomainSocketPathParentPermissions", "useAsyncIO", "useVirtualThreads",
    ].map { .ignored($0, "Accepted; nothing here depends on it") }
}

extension EncodedSolidusHandling: AttributeConvertible {}

extension Http11Protocol.ContinueResponseTiming: CaseIterable, AttributeConvertible {
    package static let allCases: [Self] = [.immediately, .onRead]
}
