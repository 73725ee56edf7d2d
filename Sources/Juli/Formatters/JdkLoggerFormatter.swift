/// A terse line: milliseconds since 1970, one letter for the level, the last part of the category, the message.
///
/// Tomcat counterpart: `org.apache.juli.JdkLoggerFormatter`.
struct JdkLoggerFormatter: LogFormatter {
    private static let nameWidth = 20

    func append(_ record: LogRecord, to bytes: inout [UInt8]) {
        bytes += "\(record.time.milliseconds) \(Self.letter(of: record.level)) ".utf8
        let name = record.logger.split(separator: ".").last.map(String.init) ?? ""
        Escaping.appendInline(name, to: &bytes)
        bytes += repeatElement(0x20, count: max(1, Self.nameWidth - name.utf8.count))
        Escaping.appendMessage(record.message, to: &bytes)
        Escaping.appendDetails(record.details, to: &bytes)
        bytes.append(0x0a)
        for line in record.thrown {
            Escaping.appendMessage(line, to: &bytes)
            bytes.append(0x0a)
        }
    }

    private static func letter(of level: Level) -> Character {
        switch level {
        case .severe: "E"
        case .warning: "W"
        case .info: "I"
        case .fine: "D"
        case .finer: "T"
        case .off, .config, .finest, .all: " "
        }
    }
}
