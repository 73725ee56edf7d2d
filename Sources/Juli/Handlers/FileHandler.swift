import Synchronization

/// Writes to a file per day and deletes those that have grown too old.
///
/// Shape: `directory/prefix` `yyyy-MM-dd` `suffix`, rotated at the first record after local midnight.
/// A file that cannot be opened or written gives one line on standard error; its records are lost until it can
/// be written again, which is tried at most once per second.
/// Tomcat counterpart: `org.apache.juli.FileHandler`.
package final class FileHandler: Handler {
    package struct Configuration: Sendable, Equatable {
        /// Below the working directory unless it begins with a slash; made when it is missing.
        package var directory = "logs"
        /// What the names of the files begin with.
        package var prefix = "juli."
        /// What the names of the files end with.
        package var suffix = ".log"
        /// Whether the date is part of the name; else there is one file for ever.
        package var rotatable = true
        /// Days after which a file is deleted when another is opened; zero or less keeps all.
        package var maxDays = -1
        /// Bytes held back before they are written; negative writes each record at once, 0 means 8192.
        package var bufferSize = -1

        package init() {}
    }

    package let level: Level
    private let configuration: Configuration
    private let formatter: any LogFormatter
    private let clock: LogClock
    private let diagnostics: LogDiagnostics
    private let state: Mutex<State>

    private struct State {
        var file: AppendingFile?
        var date = ""
        var buffer: [UInt8] = []
        var isFailing = false
        var endsInsideLine = false
        /// Second before which opening is not tried again.
        var retry = Int.min
    }

    /// Opens today's file, so that what is wrong with it shows at once.
    package init(
        level: Level,
        configuration: Configuration,
        formatter: any LogFormatter,
        clock: LogClock,
        diagnostics: @escaping LogDiagnostics
    ) {
        self.level = level
        self.configuration = configuration
        self.formatter = formatter
        self.clock = clock
        self.diagnostics = diagnostics
        self.state = Mutex(State())
        self.state.withLock { self.open(&$0, at: clock.now()) }
    }

    package func publish(_ record: LogRecord) {
        self.state.withLock { state in
            self.append(record, to: &state)
            if self.configuration.bufferSize < 0 { self.write(&state) }
        }
    }

    /// Writes many records with as few system calls as the settings allow.
    package func publish(_ records: some Sequence<LogRecord>) {
        self.state.withLock { state in
            for record in records { self.append(record, to: &state) }
            if self.configuration.bufferSize < 0 { self.write(&state) }
        }
    }

    package func flush() {
        self.state.withLock { self.write(&$0) }
    }

    // MARK: Below: holding the lock

    /// Bytes gathered before they are written, whatever the settings say.
    private static let bufferSizeMaximum = 65_536

    private var capacity: Int {
        switch self.configuration.bufferSize {
        case ..<0: Self.bufferSizeMaximum
        case 0: 8192
        case let size: min(size, Self.bufferSizeMaximum)
        }
    }

    private func append(_ record: LogRecord, to state: inout State) {
        if state.file == nil || self.date(at: record.time) != state.date { self.reopen(&state, at: record.time) }
        self.formatter.append(record, to: &state.buffer)
        if state.buffer.count >= self.capacity { self.write(&state) }
    }

    private func date(at time: Timestamp) -> String {
        self.configuration.rotatable ? self.clock.calendar(time).date : ""
    }

    private func reopen(_ state: inout State, at time: Timestamp) {
        guard time.seconds >= state.retry || self.date(at: time) != state.date else { return }
        if state.file != nil { self.write(&state) }
        self.open(&state, at: time)
    }

    private func open(_ state: inout State, at time: Timestamp) {
        state.date = self.date(at: time)
        state.file = nil
        do throws(LogError) {
            try createDirectories(self.configuration.directory)
            state.file = try AppendingFile(path: self.path(forDate: state.date))
            state.endsInsideLine = false
        } catch {
            state.retry = time.seconds + 1
            self.report(error, &state)
        }
        if state.file != nil { self.deleteExpired(before: self.clock.calendar(time)) }
    }

    private func path(forDate date: String) -> String {
        "\(self.configuration.directory)/\(self.configuration.prefix)\(date)\(self.configuration.suffix)"
    }

    private func write(_ state: inout State) {
        guard !state.buffer.isEmpty else { return }
        defer { state.buffer.removeAll(keepingCapacity: state.buffer.count <= Self.bufferSizeMaximum) }
        guard let file = state.file else { return }
        do throws(LogError) {
            let before = file.size
            do throws(LogError) {
                try file.write(state.endsInsideLine ? [0x0a] + state.buffer : state.buffer)
            } catch {
                if file.size != before { state.endsInsideLine = true }
                throw error
            }
            state.endsInsideLine = false
            state.isFailing = false
        } catch {
            self.report(error, &state)
        }
    }

    private func report(_ error: LogError, _ state: inout State) {
        if !state.isFailing { self.diagnostics("\(error); its records are lost until it can be written") }
        state.isFailing = true
    }
}

extension FileHandler {
    private func deleteExpired(before today: CalendarTime) {
        guard self.configuration.rotatable, self.configuration.maxDays > 0 else { return }
        let directory = self.configuration.directory
        for name in names(inDirectory: directory) where self.isExpired(name, today: today) {
            do throws(LogError) {
                try deleteFile(directory + "/" + name)
            } catch {
                self.diagnostics("\(error)")
            }
        }
    }

    /// Whether this is a file of this handler from more than `maxDays` days ago.
    private func isExpired(_ name: String, today: CalendarTime) -> Bool {
        let prefix = self.configuration.prefix
        let suffix = self.configuration.suffix
        guard name.utf8.count > prefix.utf8.count + suffix.utf8.count, name.hasPrefix(prefix), name.hasSuffix(suffix)
        else { return false }
        let date = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard let day = Self.dayNumber(ofDate: date) else { return false }
        return day < today.dayNumber - self.configuration.maxDays
    }

    /// Day of `yyyy-M-d`, whose month and day may have one digit or two.
    private static func dayNumber(ofDate text: Substring) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1...].allSatisfy({ (1...2).contains($0.utf8.count) }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        return CalendarTime.dayNumber(year: year, month: month, day: day)
    }
}
