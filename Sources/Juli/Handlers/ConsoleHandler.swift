import Glibc
import Synchronization

/// Writes to standard error, which `catalina.sh start` sends to catalina.out.
///
/// A console that cannot be written (a closed pipe, a full disk below catalina.out) loses the record silently:
/// there is no other place to say so.
/// JDK counterpart: `java.util.logging.ConsoleHandler`.
package final class ConsoleHandler: Handler {
    package let level: Level
    private let formatter: any LogFormatter
    private let write: @Sendable ([UInt8]) -> Void

    package init(level: Level, formatter: any LogFormatter, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.level = level
        self.formatter = formatter
        self.write = write
    }

    package func publish(_ record: LogRecord) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        self.formatter.append(record, to: &bytes)
        self.write(bytes)
    }

    package func flush() {}
}

/// The process's standard error, one caller at a time so that lines do not mix.
package enum StandardError {
    private static let lock = Mutex(())

    package static func write(_ bytes: [UInt8]) {
        self.lock.withLock { _ in
            do throws(LogError) {
                try writeAll(bytes, to: STDERR_FILENO, path: "stderr")
            } catch {
                return  // Nothing is left to say it to.
            }
        }
    }
}
