import NIOPosix
import Synchronization

/// Whether the connections of a protocol handler go on; outlives a change of its attributes.
final class Http11Phase: Sendable {
    let isPaused = Atomic<Bool>(false)
    /// Set once connections should end: responses then say `Connection: close`.
    let isStopping = Atomic<Bool>(false)
}

/// What the connections of one protocol handler share: its attributes, ready to use; replaced whole when one changes.
final class Http11Settings: Sendable {
    let adapter: any Adapter
    let configuration: Http11Protocol.Configuration
    let decoder: Http11Decoder.Settings
    /// Lower-case names that the application may see.
    let allowedTrailers: Set<String>
    /// The Server field's line, ready to send.
    let serverLine: [UInt8]
    /// What follows `Keep-Alive: `, or nil where the field is not sent.
    let keepAliveHint: String?
    let fileIO: NonBlockingFileIO
    let phase: Http11Phase

    /// Nanoseconds, or nil for no limit.
    let connectionTimeout: Int64?
    let keepAliveTimeout: Int64?
    let bodyTimeout: Int64?

    init(
        configuration: Http11Protocol.Configuration,
        adapter: any Adapter,
        threadPool: NIOThreadPool,
        phase: Http11Phase = Http11Phase()
    ) {
        self.phase = phase
        self.configuration = configuration
        self.adapter = adapter
        self.fileIO = NonBlockingFileIO(threadPool: threadPool)
        self.decoder = Http11Decoder.Settings(
            headSizeMaximum: configuration.effectiveRequestHeaderSize,
            headerCountMaximum: configuration.maxHeaderCount,
            rejectsIllegalHeaders: configuration.rejectIllegalHeader,
            characters: RequestTargetCharacters(
                relaxedPathChars: configuration.relaxedPathChars,
                relaxedQueryChars: configuration.relaxedQueryChars
            )
        )
        self.allowedTrailers = Set(
            configuration.allowedTrailerHeaders.utf8.split(separator: ASCII.comma).map { name in
                String(asciiLowercased: name.filter { !$0.isBlank })
            }
        )
        self.serverLine = configuration.server.map { Array("Server: \($0)\r\n".utf8) } ?? []
        let keepAlive = configuration.effectiveKeepAliveTimeout
        self.keepAliveHint =
            configuration.useKeepAliveResponseHeader && keepAlive > 0 ? "timeout=\(keepAlive / 1000)" : nil
        self.connectionTimeout = Self.nanos(milliseconds: configuration.connectionTimeout)
        self.keepAliveTimeout = Self.nanos(milliseconds: keepAlive)
        self.bodyTimeout = Self.nanos(
            milliseconds: configuration.disableUploadTimeout
                ? configuration.connectionTimeout : configuration.connectionUploadTimeout
        )
    }

    private static func nanos(milliseconds: Int) -> Int64? {
        milliseconds > 0 ? Int64(milliseconds) * 1_000_000 : nil
    }

    /// The user agents that are served as HTTP/1.0 clients; `nil` for none.
    ///
    /// - Throws: ``CoyoteError`` for a pattern that is none.
    func restrictedUserAgentPattern() throws(CoyoteError) -> UserAgentPattern? {
        guard let pattern = self.configuration.restrictedUserAgents else { return nil }
        return try UserAgentPattern(pattern)
    }
}
