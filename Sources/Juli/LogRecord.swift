import Logging

/// One thing that was logged, complete: formatting it needs nothing from the thread that logged it.
package struct LogRecord: Sendable {
    /// When it was logged.
    package var time: Timestamp
    /// What it is printed with.
    package var level: Level
    /// Name of the thread that logged it.
    package var thread: String
    /// Category it was logged under, as the operator configures it.
    package var logger: String
    /// What Tomcat prints as the class; the category unless the caller passed `source`.
    package var sourceClass: String
    /// What Tomcat prints as the method; nil when unknown.
    package var sourceMethod: String?
    /// The sentence.
    package var message: String
    /// Data of the sentence, in the order in which it is printed.
    package var details: [Detail] = []
    /// Lines that describe the error, the first being the error itself.
    package var thrown: [String] = []

    /// One piece of metadata.
    package struct Detail: Sendable, Equatable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    package init(
        time: Timestamp,
        level: Level,
        thread: String,
        logger: String,
        method: String? = nil,
        message: String
    ) {
        self.time = time
        self.level = level
        self.thread = thread
        self.logger = logger
        self.sourceClass = logger
        self.sourceMethod = method
        self.message = message
    }

    /// Class and method as Tomcat's one-line format joins them.
    package var source: String {
        guard let sourceMethod else { return self.sourceClass }
        return self.sourceClass + "." + sourceMethod
    }
}

/// Metadata keys that say where a record comes from instead of being printed as data.
package enum SourceKey {
    /// Overrides the class, which is otherwise the category: container loggers name the class that speaks.
    package static let source = "source"
    /// Overrides the method, which is otherwise the Swift function's base name.
    package static let method = "method"
}
