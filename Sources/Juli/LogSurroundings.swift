import Glibc

/// What a log takes from the process around it; a test passes its own.
package struct LogSurroundings: Sendable {
    package var clock = LogClock.system
    /// Name of the calling thread.
    package var threadName: @Sendable () -> String = { CurrentThread.name }
    /// A system property (`-Dname=value`).
    package var property: @Sendable (String) -> String? = { _ in nil }
    /// An environment variable.
    package var environment: @Sendable (String) -> String? = { getenv($0).map { String(cString: $0) } }
    /// Where console handlers write.
    package var console: @Sendable ([UInt8]) -> Void = { StandardError.write($0) }
    /// Where trouble with the log itself is told.
    package var diagnostics: LogDiagnostics = { StandardError.write(Array("juli: \($0)\n".utf8)) }

    package init() {}

    /// Whether standard error is read by systemd's journal.
    var isJournal: Bool {
        self.environment("INVOCATION_ID") != nil && self.environment("JOURNAL_STREAM") != nil
    }
}
