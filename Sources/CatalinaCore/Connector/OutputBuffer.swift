import Coyote
import NIOCore
import ServletAPI

/// Collects the body until 8 KiB are there, so that a short answer goes out in one piece with its length.
///
/// Source: `org.apache.catalina.connector.OutputBuffer`.
final class OutputBuffer: ServletOutputStream, ServletWriter {
    /// Tomcat's default, in bytes.
    static let defaultCapacity = 8192

    private let coyote: Coyote.Response
    private var buffer = ByteBuffer()
    private(set) var capacity = OutputBuffer.defaultCapacity
    private(set) var isCommitted = false
    private var isClosed = false
    /// Whether what the application writes is dropped.
    var isSuspended = false
    private var charset: Charset?

    /// Whether something waits to be sent.
    var hasContent: Bool { self.buffer.readableBytes > 0 }

    init(_ coyote: Coyote.Response) {
        self.coyote = coyote
    }

    func recycle() {
        self.buffer.clear()
        if self.buffer.capacity > 2 * OutputBuffer.defaultCapacity { self.buffer = ByteBuffer() }
        self.capacity = OutputBuffer.defaultCapacity
        self.isCommitted = false
        self.isClosed = false
        self.isSuspended = false
        self.charset = nil
    }

    /// Gives up the memory of an idle connection.
    func release() { self.buffer = ByteBuffer() }

    func grow(to capacity: Int) { if capacity > self.capacity { self.capacity = capacity } }

    /// Sets the charset in which text is written.
    func encode(as name: String) throws {
        guard let charset = Charset(name: name) else { throw IllegalArgumentError("Unsupported encoding [\(name)]") }
        self.charset = charset
    }

    func discard() { self.buffer.clear() }

    func markCommitted() { self.isCommitted = true }

    func write(_ text: String) async throws {
        guard !self.isSuspended, !self.isClosed else { return }
        if self.charset == nil || self.charset == .utf8 {
            self.buffer.writeString(text)
        } else if let charset = self.charset {
            self.buffer.writeBytes(charset.encode(text))
        }
        if self.buffer.readableBytes > self.capacity { try await self.spill() }
    }

    func write(_ bytes: [UInt8]) async throws {
        guard !self.isSuspended, !self.isClosed else { return }
        self.buffer.writeBytes(bytes)
        if self.buffer.readableBytes > self.capacity { try await self.spill() }
    }

    /// Sends bytes that need no copy: alone if nothing is buffered, else behind what is.
    func writeThrough(_ bytes: ByteBuffer) async throws {
        guard !self.isClosed else { return }
        try await self.drain()
        self.isCommitted = true
        do { try await self.coyote.write(bytes) } catch { throw Self.failure(error) }
    }

    /// As ``writeThrough(_:)``, where nothing is buffered and the connection takes the bytes without waiting.
    ///
    /// - Returns: false if nothing was done.
    func writeThroughAtOnce(_ bytes: ByteBuffer) -> Bool {
        guard !self.isClosed, !self.hasContent, self.coyote.writeAtOnce(bytes) else { return false }
        self.isCommitted = true
        return true
    }

    func flush() async throws {
        guard !self.isSuspended, !self.isClosed else { return }
        try await self.drain()
        self.isCommitted = true
        do { try await self.coyote.flush() } catch { throw Self.failure(error) }
    }

    /// Sends what is buffered.
    func drain() async throws {
        guard self.buffer.readableBytes > 0 else { return }
        self.isCommitted = true
        let bytes = self.buffer
        self.buffer.clear()
        do { try await self.coyote.write(bytes) } catch { throw Self.failure(error) }
    }

    /// Ends the body, where that need not wait.
    ///
    /// - Returns: false if it has not ended.
    func closeAtOnce() -> Bool {
        guard !self.isClosed else { return true }
        if !self.isCommitted, self.coyote.trailerFields == nil, self.coyote.contentLength < 0 {
            self.coyote.contentLength = Int64(self.buffer.readableBytes)
        }
        guard self.coyote.finishAtOnce(self.buffer) else { return false }
        self.isClosed = true
        self.isCommitted = true
        self.buffer.clear()
        return true
    }

    /// Ends the body.
    func close() async throws {
        guard !self.closeAtOnce() else { return }
        self.isClosed = true
        try await self.drain()
        await self.coyote.finish()
    }

    static func failure(_ error: CoyoteError) -> any Error {
        switch error.code {
        case .clientAbort, .writeTimeout, .closed: ClientAbortError(error.message)
        default: ServletError(error.message, rootCause: error)
        }
    }

    /// Sends full pieces of the capacity and keeps the rest.
    private func spill() async throws {
        self.isCommitted = true
        while self.buffer.readableBytes > self.capacity, let piece = self.buffer.readSlice(length: self.capacity) {
            do { try await self.coyote.write(piece) } catch { throw Self.failure(error) }
        }
        self.buffer.discardReadBytes()
    }
}
