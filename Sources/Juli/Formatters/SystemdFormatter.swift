/// The journal's format: a priority in angle brackets, then the message; time and thread are the journal's.
///
/// Used only where the process runs as a systemd unit, that is where both `INVOCATION_ID` and
/// `JOURNAL_STREAM` are set; elsewhere the same name gives the one-line format.
/// Debian counterpart: `org.apache.juli.SystemdFormatter` | differs from it in: continuation lines carry the
/// priority too.
struct SystemdFormatter: LogFormatter {
    func append(_ record: LogRecord, to bytes: inout [UInt8]) {
        let priority = "<\(Self.priority(of: record.level))>"
        bytes += priority.utf8
        Escaping.appendMessage(record.message, continuation: "\n\(priority)\t", to: &bytes)
        Escaping.appendDetails(record.details, to: &bytes)
        bytes.append(0x0a)
        for line in record.thrown {
            bytes += priority.utf8
            bytes.append(0x09)
            Escaping.appendMessage(line, continuation: "\n\(priority)\t", to: &bytes)
            bytes.append(0x0a)
        }
    }

    private static func priority(of level: Level) -> Int {
        switch level {
        case .off: 0
        case .severe: 2
        case .warning: 4
        case .info, .config: 6
        case .fine, .finer, .finest, .all: 7
        }
    }
}
