package import Logging
import Synchronization

/// Keeps what the tested code logs instead of printing it, so that a run shows only what the tests say.
///
/// Isolation: any thread; all tests of a process share it, so look for texts that one test alone can cause.
package struct TestLog: LogHandler {
    private static let lines = Mutex<[String]>([])
    private static let linesMaximum = 10_000
    private static let isInstalled: Bool = {
        LoggingSystem.bootstrap { TestLog(label: $0) }
        return true
    }()

    private let label: String
    package var metadata: Logger.Metadata = [:]
    package var logLevel = Logger.Level.info

    /// From now on nothing is printed; what has been logged before stays where it is.
    package static func install() { precondition(self.isInstalled) }

    /// The last lines, `level category message key=value…`, that have a text.
    package static func lines(with text: String) -> [String] {
        self.lines.withLock { $0.filter { $0.contains(text) } }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let data = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let error = event.error.map { "\n\($0)" } ?? ""
        let line = "\(event.level) \(self.label) \(event.message)\(data)\(error)"
        Self.lines.withLock { lines in
            if lines.count == Self.linesMaximum { lines.removeFirst(Self.linesMaximum / 2) }
            lines.append(line)
        }
    }
}
