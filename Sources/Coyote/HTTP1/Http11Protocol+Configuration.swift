extension Http11Protocol {
    /// The attributes of a `<Connector protocol="HTTP/1.1">` that concern its socket and its protocol.
    ///
    /// They are named as in server.xml. Times are in milliseconds and sizes in bytes, as operators write them; -1 means no limit.
    package struct Configuration: Sendable, Equatable {
        // MARK: Where it listens

        /// TCP port; 0 takes a free one, and without one the connector fails.
        package var port = -1
        /// Local address; nil listens on every address, IPv6 and IPv4.
        package var address: String?
        /// Path of a Unix domain socket; `address` and `port` are then ignored.
        package var unixDomainSocketPath: String?
        /// Permissions of the socket file as in `rw-rw-rw-`; nil leaves them to the umask.
        package var unixDomainSocketPathPermissions: String?
        /// Whether `bind` happens in `init` rather than in `start`.
        package var bindOnInit = true
        /// Length of the listen backlog.
        package var acceptCount = 100
        /// Connections served at once; more wait in the backlog.
        package var maxConnections = 8192
        /// Takes file descriptor 3 as handed over by systemd instead of binding.
        package var useInheritedChannel = false

        // MARK: Socket options

        /// Whether small segments leave at once (`TCP_NODELAY`).
        package var tcpNoDelay = true
        /// SO_LINGER in seconds; -1 leaves it off.
        package var connectionLinger = -1
        /// `socket.soKeepAlive`.
        package var soKeepAlive = false
        /// `socket.soReuseAddress`.
        package var soReuseAddress = true
        /// `socket.rxBufSize`; 0 leaves it to the system.
        package var rxBufSize = 0
        /// `socket.txBufSize`; 0 leaves it to the system.
        package var txBufSize = 0

        // MARK: Time

        /// Longest wait for the request line, between reads of the head and, with `disableUploadTimeout`, of the body.
        package var connectionTimeout = 60_000
        /// Longest wait for the next request; nil is `connectionTimeout`.
        package var keepAliveTimeout: Int?
        /// Whether bodies are read under `connectionTimeout` rather than `connectionUploadTimeout`.
        package var disableUploadTimeout = true
        /// Milliseconds between two parts of a body, where `disableUploadTimeout` is false.
        package var connectionUploadTimeout = 300_000
        /// Requests served on one connection; 1 turns keep-alive off.
        package var maxKeepAliveRequests = 100
        /// Whether a request that asks for keep-alive is told how long it lasts.
        package var useKeepAliveResponseHeader = true

        // MARK: Limits

        /// Default of the two limits below.
        package var maxHttpHeaderSize = 8192
        /// Request line and fields together; nil is `maxHttpHeaderSize`.
        package var maxHttpRequestHeaderSize: Int?
        /// Status line and fields together; nil is `maxHttpHeaderSize`.
        package var maxHttpResponseHeaderSize: Int?
        /// Most header fields of a request; negative for no limit.
        package var maxHeaderCount = 100
        /// All trailer fields of one body together.
        package var maxTrailerSize = 8192
        /// All chunk extensions of one body together.
        package var maxExtensionSize = 8192
        /// Unread body bytes that are drained to keep a connection.
        package var maxSwallowSize = 2 * 1024 * 1024
        /// Recycled request objects kept per event loop.
        package var processorCache = 200

        // MARK: Grammar

        /// Characters of `"<>[\]^`{|}` that a path may hold unencoded.
        package var relaxedPathChars = ""
        /// Characters of `"<>[\]^`{|}` that a query may hold unencoded.
        package var relaxedQueryChars = ""
        /// Whether a malformed field refuses the request rather than being skipped.
        package var rejectIllegalHeader = true
        /// Whether an absolute target may name another host than the Host field; the target then wins.
        package var allowHostHeaderMismatch = false
        /// Comma list of the trailer fields that the application may see.
        package var allowedTrailerHeaders = ""
        /// When `100 Continue` is sent.
        package var continueResponseTiming = ContinueResponseTiming.immediately
        /// Regular expression of user agents treated as HTTP/1.0 clients.
        package var restrictedUserAgents: String?

        // MARK: Answers

        /// The Server field; nil sends none.
        package var server: String?
        /// Whether a Server field set by an application is removed.
        package var serverRemoveAppProvidedValues = false
        /// Whether files leave by sendfile(2) on clear connections.
        package var useSendfile = true
        /// What the application is told that the client uses.
        package var scheme = "http"
        /// Whether the application is told that the connection is secure.
        package var secure = false

        // MARK: TLS

        /// Whether connections speak TLS.
        package var isSSLEnabled = false
        /// The host configuration for clients that name no known host.
        package var defaultSSLHostConfigName = "_default_"
        /// Whether a request whose Host selects another host configuration than its SNI gets 400.
        package var strictSni = true
        /// Bytes of a first TLS message that are searched for the host name.
        package var sniParseLimit = 65_536
        /// Protocols offered by ALPN, the preferred one first.
        package var applicationProtocols = ["http/1.1"]

        package init() {}
    }

    package enum ContinueResponseTiming: String, Sendable {
        case immediately
        case onRead
    }
}

extension Http11Protocol.Configuration {
    /// Whether everything is the same that is decided when the socket is opened.
    package func hasSameSockets(as other: Self) -> Bool {
        self.port == other.port && self.address == other.address
            && self.unixDomainSocketPath == other.unixDomainSocketPath
            && self.unixDomainSocketPathPermissions == other.unixDomainSocketPathPermissions
            && self.bindOnInit == other.bindOnInit && self.acceptCount == other.acceptCount
            && self.useInheritedChannel == other.useInheritedChannel && self.soKeepAlive == other.soKeepAlive
            && self.soReuseAddress == other.soReuseAddress && self.rxBufSize == other.rxBufSize
            && self.txBufSize == other.txBufSize && self.isSSLEnabled == other.isSSLEnabled
            && self.defaultSSLHostConfigName == other.defaultSSLHostConfigName && self.strictSni == other.strictSni
            && self.sniParseLimit == other.sniParseLimit && self.applicationProtocols == other.applicationProtocols
    }

    package var effectiveKeepAliveTimeout: Int { self.keepAliveTimeout ?? self.connectionTimeout }
    package var effectiveRequestHeaderSize: Int { self.maxHttpRequestHeaderSize ?? self.maxHttpHeaderSize }
    package var effectiveResponseHeaderSize: Int { self.maxHttpResponseHeaderSize ?? self.maxHttpHeaderSize }
}
