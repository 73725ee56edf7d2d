import Logging
import Synchronization

/// A log as logging.properties describes it: its handlers, and which of them each category reaches.
///
/// Isolation: any thread.
/// Tomcat counterpart: `org.apache.juli.ClassLoaderLogManager`.
package final class LogManager: Sendable {
    private let configuration: LogConfiguration
    private let handlers: [String: any Handler]
    private let writer: AsyncWriter?
    private let surroundings: LogSurroundings

    /// Opens the files that the properties name; what is wrong with the properties or the files is told to
    /// `surroundings.diagnostics`, and the rest works.
    package init(properties: LogProperties, surroundings: LogSurroundings = LogSurroundings()) {
        self.configuration = LogConfiguration(properties)
        self.surroundings = surroundings
        let place = properties.file.map { " (\($0))" } ?? ""
        var factory = HandlerFactory(properties: properties, surroundings: surroundings)
        var handlers: [String: any Handler] = [:]
        for name in self.configuration.handlers where handlers[name] == nil {
            handlers[name] = factory.handler(named: name)
        }
        self.handlers = handlers
        self.writer = factory.writer
        for problem in self.configuration.problems { surroundings.diagnostics(problem + place) }
    }

    /// What a logger of that category writes through.
    package func handler(label: String) -> JuliLogHandler {
        let category = self.configuration.category(label)
        return JuliLogHandler(
            label: label,
            level: category.level,
            handlers: category.handlers.compactMap { self.handlers[$0] },
            surroundings: self.surroundings
        )
    }

    /// Returns when all that was logged is in its file, or cannot be brought there.
    package func flush() {
        for handler in self.handlers.values { handler.flush() }
    }

    /// Flushes and ends the writing thread; logging goes on working, written by whoever logs.
    package func shutdown() {
        self.writer?.close()
        self.flush()
    }
}

extension LogManager {
    private static let current = Mutex<LogManager?>(nil)
    private static let isInstalled = Mutex(false)

    /// Makes this the process's log: every `Logger` made from now on writes through it.
    ///
    /// swift-log allows one installation per process; a second call replaces the log for loggers made after it
    /// and shuts the first one down.
    @discardableResult
    package static func bootstrap(
        properties: LogProperties,
        surroundings: LogSurroundings = LogSurroundings()
    ) -> LogManager {
        let manager = LogManager(properties: properties, surroundings: surroundings)
        let previous = self.current.withLock { current in
            defer { current = manager }
            return current
        }
        previous?.shutdown()
        let isFirst = self.isInstalled.withLock { isInstalled in
            defer { isInstalled = true }
            return !isInstalled
        }
        if isFirst { LoggingSystem.bootstrap { label in Self.installedHandler(label: label) } }
        return manager
    }

    /// Reads the file and makes it the process's log; without a readable file the log is the console.
    @discardableResult
    package static func bootstrap(
        configurationFile path: String?,
        surroundings: LogSurroundings = LogSurroundings()
    ) -> LogManager {
        guard let path else { return self.bootstrap(properties: .console, surroundings: surroundings) }
        do throws(LogError) {
            let properties = try LogProperties(contentsOf: path, replacing: surroundings.property)
            return self.bootstrap(properties: properties, surroundings: surroundings)
        } catch {
            surroundings.diagnostics("\(error); the log goes to the console")
            return self.bootstrap(properties: .console, surroundings: surroundings)
        }
    }

    private static func installedHandler(label: String) -> any LogHandler {
        self.current.withLock { $0 }?.handler(label: label) ?? SwiftLogNoOpLogHandler()
    }
}
