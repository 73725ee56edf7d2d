/// Somewhere that records go.
///
/// Isolation: any thread.
package protocol Handler: AnyObject, Sendable {
    /// What a record must at least be to be written here.
    var level: Level { get }

    /// Writes the record or queues it; a record that cannot be written is lost and said so once.
    func publish(_ record: LogRecord)

    /// Returns when everything published before is written, or cannot be.
    func flush()
}

/// Where the log says that the log itself is in trouble: one line each, without a line end.
package typealias LogDiagnostics = @Sendable (String) -> Void
