package import NIOCore
import Synchronization

/// One request as it came off the wire: its line, its fields, its body, and who sent it.
///
/// Nothing is decoded before someone asks: the target, the query and the fields are ranges of the retained
/// head. Objects are recycled; none may be used after its ``Adapter/service(_:_:)`` has returned.
///
/// Isolation: the request's task.
/// Tomcat counterpart: `org.apache.coyote.Request`.
package final class Request {
    /// As sent and case-sensitive; names up to 15 bytes take no allocation.
    package var method = "GET" { didSet { self.lineRange = 0..<0 } }
    package var protocolVersion = ProtocolVersion.http11 {
        didSet { self.protocolName = self.protocolVersion.name }
    }
    /// What `getProtocol()` shows; for a version that is not served, the version as sent.
    package var protocolName = ProtocolVersion.http11.name
    /// Set when the head was refused; the adapter then only writes the error page.
    package var rejection: Rejection?

    package let headers = MimeHeaders()

    /// Host of the Host field or of an absolute target; empty for an empty field.
    package var serverName = ""
    /// -1 where the client named none: the scheme's default port applies.
    package var serverPort = -1
    package var scheme = "http"
    package var isSecure = false

    package var addresses = SocketAddresses()
    /// Address of the peer of the socket; unlike ``remoteAddress`` no valve changes it.
    package var peerAddress = ""

    /// -1 when unknown.
    package var contentLength: Int64 = -1
    package var isChunked = false
    /// Trailer fields that `allowedTrailerHeaders` lists, names in lower case; complete once the body has been read.
    package var trailerFields: [(name: String, value: String)] = []
    /// Body bytes handed over so far, after removing the transfer coding.
    package var bytesRead: Int64 = 0
    /// Whether the client waits for `100 Continue` before it sends the body.
    package var expectsContinue = false
    /// The place of the first `Cookie` field as the head came; nil without cookies.
    package var firstCookieField: Int?
    package var isContinueSent = false

    /// Monotonic clock at the first byte of the request, in nanoseconds.
    package var startTimeNanos: Int64 = 0
    /// When the container was done with the request, in the same nanoseconds; 0 if it did not say.
    package var endTimeNanos: Int64 = 0
    package var sslSupport: SSLSupport?

    package var eventLoop: (any EventLoop)?
    /// Counts connections of this process.
    package var connectionID: UInt64 = 0
    /// Counts requests of this process.
    package var requestID: UInt64 = 0
    /// Set from the event loop when the connection broke or the client left while the request was running.
    private let aborted = Atomic<Bool>(false)
    /// Where the request stands, for the status page's workers.
    package var stage = Stage.new
    /// What the adapter keeps for all requests of this one's event loop and connector; nil for requests of no loop.
    package var loopNotes: LoopNotes?

    /// Waits in the request's task until a future of its event loop or of another one has succeeded.
    ///
    /// - Throws: what the future fails with.
    package func completion(of future: EventLoopFuture<Void>) async throws {
        guard let actor = self.loopNotes?.actor else { return try await future.get() }
        let parking = self.spareParking.take() ?? Parking()
        defer { self.spareParking = parking }
        try await actor.completion(of: future, parkedAt: parking)
    }

    /// Where the request's task waited last; nil before, and while it waits.
    private var spareParking: Parking?

    /// The adapter's own recycled objects.
    package var notes: AnyObject?
    /// The connection; nil for a request that none carries.
    package var hook: (any ActionHook)?

    /// Ranges of `headers.head` that hold the path and the query.
    var targetRange = 0..<0 { didSet { self.lineRange = 0..<0 } }
    /// Where the request line stands in the head, while it is what the request says of itself, with single blanks.
    var lineRange = 0..<0
    var queryRange: Range<Int>?
    private var requestURIText: String?
    private var queryText: String??

    package enum Stage: Int, Sendable {
        case new = 0
        case parse = 1
        case prepare = 2
        case service = 3
        case endInput = 4
        case endOutput = 5
        case keepAlive = 6
        case ended = 7
    }

    package init() {}

    /// The path as sent, percent-encoding, parameters and all; without scheme, authority and query.
    package var requestURI: String {
        get {
            if let text = self.requestURIText { return text }
            let text = self.withRequestURIBytes { String(latin1: $0) }
            self.requestURIText = text
            return text
        }
        set {
            self.requestURIText = newValue
            self.lineRange = 0..<0
        }
    }

    /// What follows the first `?`, as sent; nil without a `?`.
    package var queryString: String? {
        get {
            if let text = self.queryText { return text }
            let text = self.queryRange.map { range in
                self.headers.withHead { String(latin1: $0[range]) }
            }
            self.queryText = .some(text)
            return text
        }
        set {
            self.queryText = .some(newValue)
            self.lineRange = 0..<0
        }
    }

    /// Lends the bytes of the path as sent.
    package func withRequestURIBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        if let text = self.requestURIText {
            return try Array(text.utf8).withUnsafeBytes(body)
        }
        let range = self.targetRange
        return try self.headers.withHead { try body(.init(rebasing: $0[range])) }
    }

    /// Lends the request line as it was sent.
    ///
    /// - Returns: nil where the request was made to say something else, or the parts stand apart by more than one blank or tab.
    package func withRequestLine<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        let range = self.lineRange
        guard !range.isEmpty else { return nil }
        return self.headers.withHead { body(.init(rebasing: $0[range])) }
    }

    /// Whether the connection broke or the client left while the request was running.
    package var isAborted: Bool {
        get { self.aborted.load(ordering: .relaxed) }
        set { self.aborted.store(newValue, ordering: .relaxed) }
    }

    package var remoteAddress: String {
        get { self.addresses.remoteAddress }
        set { self.addresses.remoteAddress = newValue }
    }

    package var remotePort: Int { self.addresses.remotePort }
    package var localAddress: String { self.addresses.localAddress }
    package var localPort: Int { self.addresses.localPort }

    /// The Content-Type field's text.
    package var contentType: String? { self.headers.first("content-type") }

    /// The next piece of the body, or nil at its end.
    ///
    /// Suspends until bytes arrive; the socket is read no faster than this is called.
    /// - Throws: ``CoyoteError``: `badRequest` for broken framing, `readTimeout`, `clientAbort`.
    package func read() async throws(CoyoteError) -> ByteBuffer? {
        guard let hook = self.hook else { return nil }
        return try await hook.readBody(self)
    }

    /// Tells a client that waits for it to send the body, unless `continueResponseTiming` leaves that to the first read.
    ///
    /// The container calls this once it knows that a servlet will answer.
    package func acknowledgeExpectation() async throws(CoyoteError) {
        guard self.expectsContinue, !self.isContinueSent, let hook = self.hook else { return }
        try await hook.acknowledgeExpectation(self)
    }

    /// Makes the object as new, keeping the room it took and `notes`.
    package func recycle() {
        self.method = "GET"
        if self.protocolVersion != .http11 { self.protocolVersion = .http11 }
        self.protocolName = ProtocolVersion.http11.name
        self.rejection = nil
        self.headers.removeAll()
        self.serverName = ""
        self.serverPort = -1
        self.scheme = "http"
        self.isSecure = false
        self.contentLength = -1
        self.isChunked = false
        if !self.trailerFields.isEmpty { self.trailerFields.removeAll() }
        self.bytesRead = 0
        self.expectsContinue = false
        self.firstCookieField = nil
        self.isContinueSent = false
        self.startTimeNanos = 0
        self.endTimeNanos = 0
        self.sslSupport = nil
        self.isAborted = false
        self.stage = .new
        self.hook = nil
        self.targetRange = 0..<0
        self.lineRange = 0..<0
        self.queryRange = nil
        self.requestURIText = nil
        self.queryText = nil
    }
}
