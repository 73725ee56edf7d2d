import Glibc

/// Builds the handlers that logging.properties lists.
///
/// A handler's name may begin with a digit: then all up to its first dot sets it apart from others of its class.
/// A setting `X` of the handler `1catalina.CLASS` is read from `1catalina.CLASS.X`, else from `CLASS.X`.
/// Source: `org.apache.juli.ClassLoaderLogManager`.
struct HandlerFactory {
    let properties: LogProperties
    let surroundings: LogSurroundings
    /// Made when the first handler needs it.
    private(set) var writer: AsyncWriter?

    init(properties: LogProperties, surroundings: LogSurroundings) {
        self.properties = properties
        self.surroundings = surroundings
    }

    /// One handler's name in its parts.
    struct Name: Equatable {
        let prefix: String
        let className: String

        init(_ text: String) {
            guard let first = text.utf8.first, (0x30...0x39).contains(first), let dot = text.firstIndex(of: ".") else {
                self.prefix = ""
                self.className = text
                return
            }
            self.prefix = String(text[...dot])
            self.className = String(text[text.index(after: dot)...])
        }
    }

    /// Nil, and a line of diagnostics, for a class that there is not.
    mutating func handler(named text: String) -> (any Handler)? {
        let name = Name(text)
        let settings = Settings(name: name, properties: self.properties, diagnostics: self.surroundings.diagnostics)
        switch name.className {
        case "java.util.logging.ConsoleHandler":
            return ConsoleHandler(
                level: settings.level(default: .info),
                formatter: self.formatter(settings, default: "java.util.logging.SimpleFormatter"),
                write: self.surroundings.console
            )
        case "java.util.logging.FileHandler":
            return self.generationFileHandler(settings)
        case "org.apache.juli.FileHandler":
            return self.fileHandler(settings)
        case "org.apache.juli.AsyncFileHandler":
            return AsyncFileHandler(file: self.fileHandler(settings), writer: self.sharedWriter())
        default:
            let place = self.properties.file.map { " (\($0))" } ?? ""
            self.surroundings.diagnostics("Unknown log handler [\(text)]\(place)")
            return nil
        }
    }

    private func fileHandler(_ settings: Settings) -> FileHandler {
        var configuration = FileHandler.Configuration()
        configuration.directory = settings["directory"] ?? configuration.directory
        configuration.prefix = settings["prefix"] ?? configuration.prefix
        configuration.suffix = settings["suffix"] ?? configuration.suffix
        configuration.rotatable = settings.flag("rotatable", default: configuration.rotatable)
        configuration.maxDays = settings.number("maxDays", default: configuration.maxDays)
        configuration.bufferSize = settings.number("bufferSize", default: configuration.bufferSize)
        return FileHandler(
            level: settings.level(default: .all),
            configuration: configuration,
            formatter: self.formatter(settings, default: "org.apache.juli.OneLineFormatter"),
            clock: self.surroundings.clock,
            diagnostics: self.surroundings.diagnostics
        )
    }

    private func generationFileHandler(_ settings: Settings) -> GenerationFileHandler {
        var configuration = GenerationFileHandler.Configuration()
        configuration.pattern = settings["pattern"] ?? configuration.pattern
        configuration.limit = max(0, settings.number("limit", default: configuration.limit))
        configuration.count = max(1, settings.number("count", default: configuration.count))
        configuration.append = settings.flag("append", default: configuration.append)
        return GenerationFileHandler(
            level: settings.level(default: .all),
            configuration: configuration,
            places: GenerationFileHandler.Places(
                temporary: self.surroundings.property("java.io.tmpdir") ?? "/tmp",
                home: self.surroundings.environment("HOME") ?? "."
            ),
            formatter: self.formatter(settings, default: "java.util.logging.SimpleFormatter"),
            diagnostics: self.surroundings.diagnostics
        )
    }

    private func formatter(_ settings: Settings, default standard: String) -> any LogFormatter {
        let name = settings["formatter"].map(trimmed) ?? standard
        do throws(FormatError) {
            return try self.formatter(named: name, settings)
        } catch {
            self.surroundings.diagnostics("\(error); the one-line format is used instead")
            return OneLineFormatter(time: .standard, clock: self.surroundings.clock)
        }
    }

    private func formatter(named name: String, _ settings: Settings) throws(FormatError) -> any LogFormatter {
        try FormatterRegistry.formatter(
            named: name,
            setting: { settings.prefixed($0) },
            clock: self.surroundings.clock,
            isJournal: self.surroundings.isJournal
        )
    }

    private mutating func sharedWriter() -> AsyncWriter {
        if let writer { return writer }
        let capacity = self.surroundings.property("org.apache.juli.AsyncMaxRecordCount").flatMap(Int.init)
        let policy = self.surroundings.property("org.apache.juli.AsyncOverflowDropType").flatMap(Int.init)
        let writer = AsyncWriter(
            capacity: capacity.map { max(1, $0) } ?? AsyncWriter.capacity,
            policy: policy.flatMap(OverflowPolicy.init(rawValue:)) ?? .dropLast,
            diagnostics: self.surroundings.diagnostics
        )
        self.writer = writer
        return writer
    }
}

/// The settings of one handler; a value that cannot be read gives a line of diagnostics and the default.
private struct Settings {
    let name: HandlerFactory.Name
    let properties: LogProperties
    let diagnostics: LogDiagnostics

    subscript(key: String) -> String? { self.prefixed(self.name.className + "." + key) }

    /// With the handler's digit prefix first, without it second.
    func prefixed(_ key: String) -> String? {
        self.properties[self.name.prefix + key] ?? self.properties[key]
    }

    func level(default standard: Level) -> Level {
        self.value("level", default: standard) { Level($0) }
    }

    func number(_ key: String, default standard: Int) -> Int {
        self.value(key, default: standard) { Int($0) }
    }

    func flag(_ key: String, default standard: Bool) -> Bool {
        self.value(key, default: standard) { $0.lowercased() == "true" }
    }

    private func value<Value>(_ key: String, default standard: Value, read: (String) -> Value?) -> Value {
        guard let text = self[key] else { return standard }
        guard let value = read(trimmed(text)) else {
            self.diagnostics(
                "Cannot read [\(text)] as [\(key)] of log handler [\(self.name.prefix)\(self.name.className)]"
            )
            return standard
        }
        return value
    }
}
