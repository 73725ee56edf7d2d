import Modeler
import NIOCore

@testable import CatalinaCore
@testable import Coyote

/// The connection of a request that no socket carries: gives out a body and takes an answer.
final class RecordingHook: ActionHook {
    private var pieces: [ByteBuffer]
    private(set) var body = ByteBuffer()
    /// Storage of the buffers that were handed over, to see which were not copied.
    private(set) var writes: [ByteBuffer] = []
    private(set) var files: [(offset: Int64, length: Int64)] = []
    private(set) var isFinished = false
    /// How often the client was asked for its body.
    private(set) var acknowledged = 0
    private(set) var isAborted = false
    /// After so many bytes of body the client is gone.
    var breaksAfter = Int.max
    /// What reading fails with once the pieces of the body are used up.
    var bodyFailure: CoyoteError?

    init(body: [[UInt8]] = []) { self.pieces = body.map { ByteBuffer(bytes: $0) } }

    func readBody(_ request: Coyote.Request) async throws(CoyoteError) -> ByteBuffer? {
        if self.pieces.isEmpty {
            if let failure = self.bodyFailure { throw failure }
            return nil
        }
        return self.pieces.removeFirst()
    }

    func acknowledgeExpectation(_ request: Coyote.Request) async throws(CoyoteError) { self.acknowledged += 1 }

    private func commit(_ response: Coyote.Response) {
        guard !response.isCommitted else { return }
        response.isCommitted = true
        response.commitTimeNanos = MonotonicClock.now()
    }

    func write(_ buffer: ByteBuffer, _ response: Coyote.Response) async throws(CoyoteError) {
        self.commit(response)
        guard self.body.readableBytes < self.breaksAfter else { throw CoyoteError(.clientAbort, "The client left") }
        var buffer = buffer
        if response.contentLength >= 0 {
            let room = Int(response.contentLength - response.contentWritten)
            buffer = buffer.getSlice(at: buffer.readerIndex, length: min(room, buffer.readableBytes)) ?? buffer
        }
        self.writes.append(buffer)
        self.body.writeImmutableBuffer(buffer)
        response.contentWritten += Int64(buffer.readableBytes)
        response.bytesWritten += Int64(buffer.readableBytes)
    }

    func writeFile(
        _ file: NIOFileHandle,
        offset: Int64,
        length: Int64,
        _ response: Coyote.Response
    ) async throws(CoyoteError) {
        self.commit(response)
        self.files.append((offset: offset, length: length))
        response.contentWritten += length
        response.bytesWritten += length
    }

    func sendInformational(status: Int, _ response: Coyote.Response) async throws(CoyoteError) {}

    func flush(_ response: Coyote.Response) async throws(CoyoteError) { self.commit(response) }

    func finish(_ response: Coyote.Response) async {
        self.commit(response)
        self.isFinished = true
    }

    func abort() { self.isAborted = true }
}
