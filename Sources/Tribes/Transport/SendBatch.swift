import NIOCore

/// Messages that leave in one write, and whose answers are read together.
///
/// Those that ask for no answer come first, so that what is sent again after a broken connection keeps its order.
struct SendBatch {
    /// Bytes of one batch, so that it fits the receive buffer of a member; a larger message goes alone.
    static let bytesMaximum = 32 << 10

    private(set) var jobs: [SendJob] = []
    private(set) var package = ByteBuffer()
    /// Bytes that are off the queue now: those of the package, and of messages that somebody gave up.
    private(set) var takenBytes = 0

    /// Takes what may leave now off the queue.
    init(takingFrom queue: inout CircularBuffer<SendJob>, loop: ChannelLoop) {
        while let job = queue.first {
            if !job.isDone(loop) {
                guard self.takes(job) else { return }
                self.append(job)
            }
            queue.removeFirst()
            self.takenBytes += job.package.readableBytes
        }
    }

    private func takes(_ job: SendJob) -> Bool {
        guard let last = self.jobs.last else { return true }
        return self.package.readableBytes + job.package.readableBytes <= Self.bytesMaximum
            && (job.awaitsAcknowledgement || !last.awaitsAcknowledgement)
    }

    private mutating func append(_ job: SendJob) {
        if self.jobs.isEmpty {
            self.package = job.package
        } else {
            self.package.writeImmutableBuffer(job.package)
        }
        self.jobs.append(job)
    }
}
