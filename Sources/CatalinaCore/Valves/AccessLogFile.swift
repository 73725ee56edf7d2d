import Glibc
import Logging
import Modeler
import Synchronization

/// A log file that changes its name with the date, written in large pieces away from the event loops.
///
/// Lines gather in memory; when ``pieceSize`` bytes are there, at every background tick, and at once without
/// buffering, they are handed to a thread that may block. Only one piece is on its way at a time, so lines keep
/// their order. Bound: ``pendingMaximum`` bytes; if the disk is so slow that more is waiting, lines are dropped and
/// counted, and the next piece says in the server's log how many.
/// Isolation: any thread.
final class AccessLogFile: Sendable {
    struct Configuration: Sendable, Equatable {
        /// Absolute.
        var directory = ""
        /// What the names of the files begin with.
        var prefix = "access_log"
        /// What the names of the files end with.
        var suffix = ""
        /// Date in the names of the files, as SimpleDateFormat.
        var fileDateFormat = ".yyyy-MM-dd"
        /// Whether a new file begins when the date in its name changes.
        var rotatable = true
        /// Whether a file gets the date when it is finished.
        var renameOnRotate = false
        /// Days after which old files are removed; negative keeps them.
        var maxDays = -1
        /// Whether lines are written together.
        var buffered = true
        /// Whether a file that someone removed is made anew.
        var checkExists = false
        /// Written at the top of each file that is empty.
        var header = ""
    }

    /// Bytes that are written together.
    static let pieceSize = 65_536
    /// Bytes that may wait.
    static let pendingMaximum = 8 * 1_048_576

    /// Lines that belong into one file.
    private struct Piece {
        let dateStamp: String
        let bytes: [UInt8]
    }

    private struct State {
        /// Lines of days that are over.
        var finished: [Piece] = []
        /// Lines that belong into the file of `dateStamp`.
        var bytes: [UInt8] = []
        var count = 0
        var isScheduled = false
        var dropped = 0
        var second: Int64 = .min
        var dateStamp = ""
        var isBuffered = true

        /// Lines to come belong into the file of this date.
        mutating func begin(_ dateStamp: String) {
            guard dateStamp != self.dateStamp else { return }
            self.finishPiece()
            self.dateStamp = dateStamp
        }

        mutating func takePieces() -> [Piece] {
            self.finishPiece()
            self.count = 0
            defer { self.finished = [] }
            return self.finished
        }

        private mutating func finishPiece() {
            guard !self.bytes.isEmpty else { return }
            self.finished.append(Piece(dateStamp: self.dateStamp, bytes: self.bytes))
            self.bytes = []
        }
    }

    /// The open file; touched by one thread at a time.
    private struct Output: ~Copyable {
        var file: DescriptorOwner?
        var dateStamp = ""
        var checksOldFiles = true
    }

    private let settings: Mutex<(configuration: Configuration, format: SimpleDateFormat?)>
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())
    private let output = Mutex(Output())
    private let logger = Logger(label: "org.apache.catalina.valves.AccessLogValve")

    /// - Throws: `LifecycleError` for a `fileDateFormat` that is none.
    init(
        _ configuration: Configuration,
        now: @escaping @Sendable () -> Int64 = { WallClock.milliseconds() }
    ) throws {
        self.settings = Mutex((configuration, try Self.format(of: configuration)))
        self.now = now
        self.state.withLock { $0.isBuffered = configuration.buffered }
    }

    private static func format(of configuration: Configuration) throws -> SimpleDateFormat? {
        let format = SimpleDateFormat(configuration.fileDateFormat)
        guard format != nil || !configuration.rotatable else {
            throw LifecycleError("The fileDateFormat [\(configuration.fileDateFormat)] is no format for a date")
        }
        return format
    }

    private var configuration: Configuration { self.settings.withLock { $0.configuration } }

    /// Goes on with other attributes; lines that wait go to the new place, too.
    ///
    /// - Throws: for a date format that is none; nothing changes then.
    func use(_ configuration: Configuration) throws {
        let format = try Self.format(of: configuration)
        let isSamePlace = self.output.withLock { output in
            let before = self.configuration
            self.settings.withLock { $0 = (configuration, format) }
            let isSamePlace =
                before.directory == configuration.directory && before.prefix == configuration.prefix
                && before.suffix == configuration.suffix && before.fileDateFormat == configuration.fileDateFormat
                && before.rotatable == configuration.rotatable && before.renameOnRotate == configuration.renameOnRotate
            if !isSamePlace {
                output.file = nil
                output.dateStamp = ""
            }
            return isSamePlace
        }
        self.state.withLock { state in
            state.isBuffered = configuration.buffered
            state.second = .min
            guard !isSamePlace else { return }
            state.bytes = state.finished.flatMap(\.bytes) + state.bytes
            state.finished = []
            state.dateStamp = self.dateStamp
        }
    }

    // MARK: Lines

    /// Adds a line without its end; never blocks.
    ///
    /// `milliseconds` says when, since 1970; the clock is read if it is not given.
    func append(_ line: UnsafeRawBufferPointer, at milliseconds: Int64? = nil) {
        let second = (milliseconds ?? self.now()) / 1000
        let isDue = self.state.withLock { state in
            guard state.count + line.count < Self.pendingMaximum else {
                state.dropped += 1
                return false
            }
            if state.second != second {
                state.second = second
                state.begin(self.dateStamp)
            }
            state.bytes.append(contentsOf: line)
            state.bytes.append(UInt8(ascii: "\n"))
            state.count += line.count + 1
            guard state.count >= Self.pieceSize || !state.isBuffered, !state.isScheduled else {
                return false
            }
            state.isScheduled = true
            return true
        }
        if isDue { FileIO.submit { self.writePending() } }
    }

    /// Writes what waits, and returns when it is in the file.
    func flush() async throws {
        try await FileIO.run { self.writePending() }
    }

    /// Writes what waits and removes old files.
    func backgroundProcess() async throws {
        try await FileIO.run {
            self.writePending()
            self.removeOldFiles()
        }
    }

    /// Writes until nothing waits; who holds the file keeps the order.
    private func writePending() {
        self.output.withLock { output in
            while true {
                let (pieces, dropped) = self.state.withLock { state in
                    let pieces = state.takePieces()
                    state.isScheduled = false
                    defer { state.dropped = 0 }
                    return (pieces, state.dropped)
                }
                if dropped > 0 {
                    self.logger.error(
                        "The access log is too slow; lines were dropped",
                        metadata: ["count": "\(dropped)"]
                    )
                }
                guard !pieces.isEmpty else { return }
                for piece in pieces { self.write(piece, &output) }
            }
        }
    }

    private func write(_ piece: Piece, _ output: inout Output) {
        self.followDate(piece.dateStamp, &output)
        if self.configuration.checkExists, FileStatus(self.path(output.dateStamp)) == nil { output.file = nil }
        if output.file == nil { self.open(&output) }
        do {
            try output.file?.append(piece.bytes)
        } catch {
            self.logger.error("Failed to write log message", metadata: ["error": "\(error)"])
            output.file = nil
        }
    }

    // MARK: Files

    /// Opens the file; what fails is logged and tried again with the next piece.
    func open() async throws { try await FileIO.run { self.output.withLock { self.open(&$0) } } }

    /// Writes what waits and closes the file.
    func close() async throws {
        try await FileIO.run {
            self.writePending()
            self.output.withLock { $0.file = nil }
        }
    }

    private func open(_ output: inout Output) {
        if output.dateStamp.isEmpty { output.dateStamp = self.dateStamp }
        let path = self.path(output.dateStamp)
        do throws(FileError) {
            let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            try FileIO.makeDirectories(folder)
            let file = try DescriptorOwner(path, O_WRONLY | O_CREAT | O_APPEND)
            if !self.configuration.header.isEmpty, try file.status().size == 0 {
                try file.append(Array(self.configuration.header.utf8))
            }
            output.file = consume file
            output.checksOldFiles = true
        } catch {
            self.logger.error("Failed to open access log file [\(path)]", metadata: ["error": "\(error)"])
        }
    }

    private var dateStamp: String {
        let (configuration, format) = self.settings.withLock { $0 }
        guard configuration.rotatable, let format else { return "" }
        return format.format(milliseconds: self.now())
    }

    private func path(_ dateStamp: String) -> String {
        self.datedPath(self.configuration.renameOnRotate ? "" : dateStamp)
    }

    /// Goes over to another file when the date has changed.
    private func followDate(_ now: String, _ output: inout Output) {
        guard self.configuration.rotatable, !output.dateStamp.isEmpty, now != output.dateStamp else { return }
        output.file = nil
        if self.configuration.renameOnRotate {
            let (old, new) = (self.path(""), self.datedPath(output.dateStamp))
            if FileStatus(new) != nil {
                self.logger.error("Failed to rename access log from [\(old)] to [\(new)], file already exists.")
            } else if !FileIO.move(old, to: new) {
                self.logger.error("Failed to rename access log from [\(old)] to [\(new)]")
            }
        }
        output.dateStamp = now
    }

    private func datedPath(_ dateStamp: String) -> String {
        let configuration = self.configuration
        return "\(configuration.directory)/\(configuration.prefix)\(dateStamp)\(configuration.suffix)"
    }

    /// Closes the file, renames it if it still has its name, and begins another.
    ///
    /// - Parameter name: the name for the old file; `nil` lets it keep its own.
    /// - Returns: whether a file was renamed.
    /// - Throws: nothing while the process runs.
    func rotate(to name: String?) async throws -> Bool {
        try await FileIO.run {
            self.writePending()
            return self.output.withLock { output in
                output.file = nil
                let isRenamed = name.map { FileIO.move(self.path(output.dateStamp), to: $0) } ?? false
                output.dateStamp = self.dateStamp
                self.open(&output)
                return isRenamed
            }
        }
    }

    /// Removes files that have not been written to for `maxDays` days, once per file that is opened.
    private func removeOldFiles() {
        let configuration = self.configuration
        let isDue = self.output.withLock { output in
            defer { output.checksOldFiles = false }
            return output.checksOldFiles
        }
        guard isDue, configuration.rotatable, configuration.maxDays > 0,
            !configuration.prefix.isEmpty || !configuration.suffix.isEmpty
        else { return }
        let limit = self.now() - Int64(configuration.maxDays) * 86_400_000
        for name in FileIO.names(in: configuration.directory) ?? []
        where name.hasPrefix(configuration.prefix) && name.hasSuffix(configuration.suffix) {
            let path = configuration.directory + "/" + name
            guard let status = FileStatus(path, followLink: false), status.kind == .file, status.lastModified < limit
            else { continue }
            if !FileIO.delete(path) { self.logger.warning("Failed to delete old access log [\(path)]") }
        }
    }
}
