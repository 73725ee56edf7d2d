package import Logging

/// What a swift-log `Logger` talks to: its category's level and handlers, found when the logger was made.
package struct JuliLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let label: String
    private let isOff: Bool
    private let handlers: [any Handler]
    private let surroundings: LogSurroundings

    init(label: String, level: Level, handlers: [any Handler], surroundings: LogSurroundings) {
        self.label = label
        self.logLevel = level.threshold ?? .critical
        self.isOff = level.threshold == nil
        self.handlers = handlers
        self.surroundings = surroundings
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        guard !self.isOff, self.handlers.contains(where: { $0.level.admits(event.level) }) else { return }
        let record = self.record(of: event)
        for handler in self.handlers where handler.level.admits(event.level) { handler.publish(record) }
    }

    private func record(of event: LogEvent) -> LogRecord {
        var record = LogRecord(
            time: self.surroundings.clock.now(),
            level: Level(printing: event.level),
            thread: self.surroundings.threadName(),
            logger: self.label,
            method: Self.method(ofFunction: event.function),
            message: event.message.description
        )
        var metadata = self.metadata
        if let provider = self.metadataProvider { metadata.merge(provider.get()) { $1 } }
        if let own = event.metadata { metadata.merge(own) { $1 } }
        if let source = metadata.removeValue(forKey: SourceKey.source) { record.sourceClass = source.description }
        if let method = metadata.removeValue(forKey: SourceKey.method) { record.sourceMethod = method.description }
        record.details = metadata.sorted { $0.key < $1.key }.map { LogRecord.Detail($0.key, $0.value.description) }
        if let error = event.error {
            record.thrown = String(describing: error).split(separator: "\n").map(String.init)
        }
        return record
    }

    /// `start(port:)` is `start`; an initializer is what Java calls it.
    private static func method(ofFunction function: String) -> String? {
        let name = function.prefix { $0 != "(" }
        if name.isEmpty { return nil }
        return name == "init" ? "<init>" : String(name)
    }
}
