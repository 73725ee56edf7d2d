import NIOCore

/// The objects of one request, lent to its connection while there is one.
///
/// Isolation: its connection's event loop.
final class Exchange {
    let request = Request()
    let response = Response()
    var decoder: Http11Decoder
    var body = BodyDecoder.none
    /// Whether the connection may serve another request after this one.
    var keepsAlive = true
    /// Whether the client asked for keep-alive by name.
    var asksForKeepAlive = false
    /// Whether the answer ends the connection because of a fault, which is not announced where the status says it.
    var isFaulty = false
    /// The head as received and its host, for the status page: the request itself may be in use on another thread.
    var head = ByteBuffer()
    var host = ""
    /// The request's task, while it is suspended.
    var task: Task<Void, Never>?
    /// The task waiting for body bytes.
    var reader: UnsafeContinuation<Void, Never>?
    /// The task waiting until more can be written.
    var writer: UnsafeContinuation<Void, Never>?
    /// Why the next read or write fails.
    var failure: CoyoteError?

    init(settings: Http11Settings) {
        self.decoder = Http11Decoder(settings: settings.decoder)
    }

    func recycle() {
        self.request.recycle()
        self.response.recycle()
        self.decoder.reset()
        self.body = .none
        self.keepsAlive = true
        self.asksForKeepAlive = false
        self.isFaulty = false
        self.head = ByteBuffer()
        self.host = ""
        self.task = nil
        self.failure = nil
    }

    func resumeReader() {
        self.reader.take()?.resume()
    }

    func resumeWriter() {
        self.writer.take()?.resume()
    }
}
