import Glibc
import Synchronization
import TestSupport

@testable import Juli

/// A clock that a test sets, in a zone of fixed offset; and what a log said about itself and to the console.
final class LogFixture: Sendable {
    private struct State {
        var now = Timestamp(seconds: 1_795_232_731, nanoseconds: 166_000_000)
        var diagnostics: [String] = []
        var console: [UInt8] = []
    }

    private let state = Mutex(State())

    var now: Timestamp {
        get { self.state.withLock { $0.now } }
        set { self.state.withLock { $0.now = newValue } }
    }

    var diagnostics: [String] { self.state.withLock { $0.diagnostics } }
    var console: String { self.state.withLock { String(decoding: $0.console, as: UTF8.self) } }

    func clock(offset: Int = 0) -> LogClock {
        LogClock(now: { self.now }, calendar: { Self.calendar($0, offset: offset) })
    }

    /// Isolation: any thread.
    func note(_ line: String) { self.state.withLock { $0.diagnostics.append(line) } }

    func surroundings(
        properties: [String: String] = [:],
        environment: [String: String] = [:]
    ) -> LogSurroundings {
        var surroundings = LogSurroundings()
        surroundings.clock = self.clock()
        surroundings.threadName = { "main" }
        surroundings.property = { properties[$0] }
        surroundings.environment = { environment[$0] }
        surroundings.console = { bytes in self.state.withLock { $0.console += bytes } }
        surroundings.diagnostics = { self.note($0) }
        return surroundings
    }

    /// The calendar of a zone without daylight saving.
    static func calendar(_ time: Timestamp, offset: Int) -> CalendarTime {
        var seconds = time_t(time.seconds + offset)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var calendar = CalendarTime(parts, zone: "UTC")
        calendar.offset = offset
        return calendar
    }
}

extension Timestamp {
    init(milliseconds: Int) {
        self.init(seconds: milliseconds / 1000, nanoseconds: milliseconds % 1000 * 1_000_000)
    }
}

extension LogRecord {
    /// A record as Tomcat's start writes it.
    static func sample(_ message: String, level: Level = .info, at time: Timestamp) -> LogRecord {
        LogRecord(
            time: time,
            level: level,
            thread: "main",
            logger: "org.apache.catalina.startup.Catalina",
            method: "start",
            message: message
        )
    }
}
