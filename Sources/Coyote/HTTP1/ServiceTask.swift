/// A task that serves the requests of one exchange, one after the other: starting a task for each request would cost
/// a tenth of what a small one costs in all.
///
/// Isolation: the event loop of its actor.
final class ServiceTask {
    private struct Work {
        let processor: Http11Processor
        let exchange: Exchange
    }

    let actor: LoopActor
    private var task: Task<Void, Never>?
    private var work: Work?
    /// Where the task waits for work.
    private let parking = Parking()
    private var isWaiting = false
    private(set) var isServing = false
    private(set) var isCancelled = false
    private var isEnded = false

    init(_ actor: LoopActor) {
        self.actor = actor
    }

    /// Serves a request, here and now as far as that goes without suspending.
    func run(_ processor: Http11Processor, _ exchange: Exchange) {
        self.work = Work(processor: processor, exchange: exchange)
        self.isServing = true
        if self.isWaiting {
            self.isWaiting = false
            self.parking.goOnAtOnce(on: self.actor)
        } else {
            // SAFETY: the task runs on the event loop, and so does whoever holds this object.
            nonisolated(unsafe) let service = self
            self.task = self.actor.start { await service.serveAll() }
        }
    }

    func cancel() {
        guard self.isServing else { return }
        self.isCancelled = true
        self.task?.cancel()
    }

    /// Ends the task; only while it has no work, or with the work that it has just done.
    func end() {
        self.task = nil
        self.isEnded = true
        guard self.isWaiting else { return }
        self.isWaiting = false
        self.parking.goOn(on: self.actor)
    }

    private func serveAll() async {
        while let work = self.work.take() {
            await work.processor.settings.adapter.service(work.exchange.request, work.exchange.response)
            work.processor.serviceEnded(work.exchange)
            self.isServing = false
            // By whoever had the task of the request at hand: it must not stay cancelled for the next one.
            if Task.isCancelled { self.isCancelled = true }
            work.processor.loop.serviceEnded(work.exchange)
            guard !self.isCancelled, !self.isEnded else { return }
            self.isWaiting = true
            await self.parking.wait()
        }
    }
}
