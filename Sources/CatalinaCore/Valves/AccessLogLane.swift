import Coyote
import Synchronization

/// The writer of a valve that is in force now: another one after each change, none while the valve is stopped.
///
/// Isolation: any thread; readers of a lane take no lock.
final class CurrentAccessLogWriter: Sendable {
    private let current = Mutex<AccessLogWriter?>(nil)
    private let changes = Atomic<Int>(0)

    var latest: AccessLogWriter? { self.current.withLock { $0 } }
    /// A number that is another one after each change.
    var version: Int { self.changes.load(ordering: .acquiring) }

    func change(_ body: (inout AccessLogWriter?) throws -> Void) rethrows {
        try self.current.withLock { try body(&$0) }
        self.changes.wrappingAdd(1, ordering: .releasing)
    }
}

/// What an event loop keeps for an access log, so that its requests share nothing with those of other loops but the file:
/// the writer that it read last, the room for a line, and the texts of this second.
///
/// Isolation: one event loop.
final class AccessLogLane {
    /// The text of a clock for a second.
    private struct Time {
        let clock: ObjectIdentifier
        var second: Int64
        var text: [UInt8]
    }

    private let source: CurrentAccessLogWriter
    /// Of the source, which is kept: comparing numbers touches nothing that loops share.
    private let sourceID: ObjectIdentifier
    private(set) var writer: AccessLogWriter?
    private var version = -1
    private var line: LogLine?
    private var times: [Time] = []

    init(_ source: CurrentAccessLogWriter) {
        self.source = source
        self.sourceID = ObjectIdentifier(source)
        self.refresh()
    }

    func reads(_ source: CurrentAccessLogWriter) -> Bool { self.sourceID == ObjectIdentifier(source) }

    /// Takes note of another writer.
    func refresh() {
        let version = self.source.version
        guard version != self.version else { return }
        self.version = version
        self.writer = self.source.latest
        self.times.removeAll()
    }

    /// Lends an empty line.
    func withLine(capacity: Int, _ body: (inout LogLine) -> Void) {
        var line = self.line.take() ?? LogLine(capacity: capacity)
        line.removeAll(keepingCapacity: LogLine.keptMaximum)
        body(&line)
        self.line = consume line
    }

    /// Appends what a clock says of a second; it is made once.
    func appendTime(of clock: AccessLogClock, second: Int64, to line: inout LogLine, _ make: () -> [UInt8]) {
        let id = ObjectIdentifier(clock)
        for index in self.times.indices where self.times[index].clock == id {
            if self.times[index].second != second {
                self.times[index].second = second
                self.times[index].text = make()
            }
            return line.append(contentsOf: self.times[index].text)
        }
        let text = make()
        self.times.append(Time(clock: id, second: second, text: text))
        line.append(contentsOf: text)
    }
}
