/// A ``FileHandler`` whose writing is done by a thread of its own, so that no request waits for a disk.
///
/// All such handlers of a log share one thread and one bounded queue.
/// Tomcat counterpart: `org.apache.juli.AsyncFileHandler`.
package final class AsyncFileHandler: Handler {
    package var level: Level { self.file.level }
    private let file: FileHandler
    private let writer: AsyncWriter

    package init(file: FileHandler, writer: AsyncWriter) {
        self.file = file
        self.writer = writer
    }

    package func publish(_ record: LogRecord) {
        if !self.writer.offer(record, to: self.file) { self.file.publish(record) }
    }

    package func flush() {
        self.writer.drain()
        self.file.flush()
    }
}
