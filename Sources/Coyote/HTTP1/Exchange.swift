import NIOCore

/// The objects of one request, lent to its connection while there is one.
///
/// Isolation: its connection's event loop.
final class Exchange {
    let request = Request()
    let response = Response()
    let settings: Http11Settings
    var decoder: Http11Decoder
    var body = BodyDecoder.none
    /// Whether the connection may serve another request after this one.
    var keepsAlive = true
    /// Whether the client asked for keep-alive by name.
    var asksForKeepAlive = false
    /// Whether the answer ends the connection because of a fault, which is not announced where the status says it.
    var isFaulty = false
    /// The head as received and its host, for the status page: the request itself may be in use on another thread.
    var head: ByteBuffer?
    var host = ""
    /// The task that serves this object's requests, one after the other.
    private let service: ServiceTask
    /// Whether the request did not end in the turn of the loop in which it came.
    var isSuspended = false
    /// Whether the connection is done with it, though its task may not be.
    var isReleased = false
    /// Where the task waits for body bytes.
    let reader = Parking()
    var isReading = false
    /// Where the task waits until more can be written.
    let writer = Parking()
    var isWriting = false
    /// Why the next read or write fails.
    var failure: CoyoteError?

    /// An object for the connections of one loop.
    init(settings: Http11Settings, eventLoop: any EventLoop, actor: LoopActor, notes: LoopNotes) {
        self.settings = settings
        self.decoder = Http11Decoder(settings: settings.decoder)
        self.service = ServiceTask(actor)
        self.request.loopNotes = notes
        self.request.eventLoop = eventLoop
    }

    /// Whether the task is busy with a request.
    var isServing: Bool { self.service.isServing }

    /// Whether the object may serve further requests: a task that was cancelled cannot.
    var isReusable: Bool { !self.service.isCancelled }

    /// Serves the request, here and now as far as that goes without suspending.
    func serve(_ processor: Http11Processor) { self.service.run(processor, self) }

    /// Tells the request that it is not worth going on.
    func cancel() { self.service.cancel() }

    /// Ends the task of an object that is not used any more.
    func retire() { self.service.end() }

    func recycle() {
        self.request.recycle()
        self.response.recycle()
        self.decoder.reset()
        self.body = .none
        self.keepsAlive = true
        self.asksForKeepAlive = false
        self.isFaulty = false
        self.head = nil
        self.host = ""
        self.isSuspended = false
        self.isReleased = false
        self.failure = nil
    }

    /// Waits for body bytes, or for what keeps them from coming.
    func waitForInput() async {
        await self.reader.wait()
        self.isReading = false
    }

    /// Waits until more can be written, or never will be.
    func waitForOutput() async {
        self.isWriting = true
        await self.writer.wait()
        self.isWriting = false
    }

    func resumeReader() {
        if self.isReading { self.reader.goOn(on: self.service.actor) }
    }

    func resumeWriter() {
        if self.isWriting { self.writer.goOn(on: self.service.actor) }
    }
}
