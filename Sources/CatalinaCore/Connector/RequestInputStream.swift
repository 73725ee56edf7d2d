import Coyote
import NIOCore
import ServletAPI

/// The body of a request, as bytes.
///
/// Source: `org.apache.catalina.connector.CoyoteInputStream`.
final class RequestInputStream: ServletInputStream {
    private let coyote: Coyote.Request
    private var pending = ByteBuffer()
    private(set) var isFinished = false
    /// Bytes given instead of the connection's: a request saved by a form login.
    private var replacement: ByteBuffer?
    /// Is told when the client's body turns out to be broken.
    var onFailure: ((BodyReadError) -> Void)?

    init(_ coyote: Coyote.Request) {
        self.coyote = coyote
    }

    func recycle() {
        if self.pending.capacity > 0 { self.pending = ByteBuffer() }
        self.isFinished = false
        self.replacement = nil
    }

    /// Lets the body be `bytes` instead of what the connection brings.
    func replace(with bytes: ByteBuffer) {
        self.replacement = bytes
        self.isFinished = false
    }

    func read(upTo maximum: Int) async throws -> [UInt8]? {
        guard let next = try await self.readBuffer(upTo: maximum) else { return nil }
        return Array(next.readableBytesView)
    }

    /// As ``read(upTo:)``, without copying.
    func readBuffer(upTo maximum: Int) async throws -> ByteBuffer? {
        if self.pending.readableBytes == 0 {
            guard !self.isFinished, let more = try await self.nextPiece() else {
                self.isFinished = true
                return nil
            }
            self.pending = more
        }
        return self.pending.readSlice(length: min(maximum, self.pending.readableBytes))
    }

    private func nextPiece() async throws -> ByteBuffer? {
        if let replacement = self.replacement {
            self.replacement = ByteBuffer()
            return replacement.readableBytes > 0 ? replacement : nil
        }
        do {
            while let piece = try await self.coyote.read() {
                if piece.readableBytes > 0 { return piece }
            }
            return nil
        } catch {
            let error = BodyReadError(error)
            self.onFailure?(error)
            throw error
        }
    }
}

/// Reading the request body failed.
struct BodyReadError: NamedException {
    let cause: CoyoteError
    var message: String { self.cause.message }
    var exceptionTypes: [String] {
        let own =
            switch self.cause.code {
            case .badRequest: ["org.apache.catalina.connector.BadRequestException"]
            case .readTimeout: ["java.net.SocketTimeoutException"]
            default: ["org.apache.catalina.connector.ClientAbortException"]
            }
        return own + ["java.io.IOException", "java.lang.Exception", "java.lang.Throwable"]
    }

    init(_ cause: CoyoteError) { self.cause = cause }

    /// Whether the body is malformed or late, rather than the connection gone.
    var isClientsFault: Bool { self.cause.code == .badRequest || self.cause.code == .readTimeout }
}
