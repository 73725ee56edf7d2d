import Glibc
import Synchronization

/// Writes to a file of limited size and keeps a number of older ones.
///
/// Shape: the pattern's `%t` is the temporary directory, `%h` the home directory, `%g` the generation, `%u` 0,
/// `%%` a percent sign; with several generations and no `%g`, `.%g` is appended.
/// JDK counterpart: `java.util.logging.FileHandler` | differs from it in: no lock file is kept, so two processes
/// must not share a pattern; the default formatter writes text, not XML.
package final class GenerationFileHandler: Handler {
    package struct Configuration: Sendable, Equatable {
        /// Path of the files, with the codes named above.
        package var pattern = "%h/java%u.log"
        /// Bytes after which the next generation begins; 0 never begins one.
        package var limit = 0
        /// Generations kept, the one being written included.
        package var count = 1
        /// Whether a start goes on with the file that is there.
        package var append = false

        package init() {}
    }

    /// What `%t` and `%h` stand for.
    package struct Places: Sendable {
        package var temporary: String
        package var home: String

        package init(temporary: String, home: String) {
            self.temporary = temporary
            self.home = home
        }
    }

    package let level: Level
    private let configuration: Configuration
    private let places: Places
    private let formatter: any LogFormatter
    private let diagnostics: LogDiagnostics
    private let state = Mutex(State())

    private struct State {
        var file: AppendingFile?
        var size = 0
        var isFailing = false
    }

    package init(
        level: Level,
        configuration: Configuration,
        places: Places,
        formatter: any LogFormatter,
        diagnostics: @escaping LogDiagnostics
    ) {
        self.level = level
        self.configuration = configuration
        self.places = places
        self.formatter = formatter
        self.diagnostics = diagnostics
        self.state.withLock { self.open(&$0, isRotating: !configuration.append) }
    }

    package func publish(_ record: LogRecord) {
        var bytes: [UInt8] = []
        self.formatter.append(record, to: &bytes)
        self.state.withLock { state in
            if state.file == nil { self.open(&state, isRotating: false) }
            guard let file = state.file else { return }
            do throws(LogError) {
                try file.write(bytes)
                state.size += bytes.count
                state.isFailing = false
            } catch {
                self.report(error, &state)
            }
            if self.configuration.limit > 0 && state.size >= self.configuration.limit {
                self.open(&state, isRotating: true)
            }
        }
    }

    package func flush() {}

    private func open(_ state: inout State, isRotating: Bool) {
        state.file = nil
        do throws(LogError) {
            if isRotating { try self.rotate() }
            let file = try AppendingFile(path: self.path(ofGeneration: 0), truncating: isRotating)
            state.size = file.size
            state.file = file
        } catch {
            self.report(error, &state)
        }
    }

    /// - Throws: ``LogError``; older generations may have moved.
    private func rotate() throws(LogError) {
        for generation in stride(from: self.configuration.count - 2, through: 0, by: -1) {
            let path = self.path(ofGeneration: generation)
            guard rename(path, self.path(ofGeneration: generation + 1)) == 0 || errno == ENOENT else {
                throw LogError(operation: .rename, path: path, number: errno)
            }
        }
    }

    package func path(ofGeneration generation: Int) -> String {
        var pattern = self.configuration.pattern
        if self.configuration.count > 1 && pattern.firstRange(of: "%g") == nil { pattern += ".%g" }
        var path = ""
        var rest = pattern[...]
        while let next = rest.popFirst() {
            guard next == "%", let letter = rest.first else {
                path.append(next)
                continue
            }
            rest.removeFirst()
            switch letter {
            case "t": path += self.places.temporary
            case "h": path += self.places.home
            case "g": path += String(generation)
            case "u": path += "0"
            case "%": path += "%"
            default: path += "%\(letter)"
            }
        }
        return path
    }

    private func report(_ error: LogError, _ state: inout State) {
        if !state.isFailing { self.diagnostics("\(error); its records are lost until it can be written") }
        state.isFailing = true
    }
}
