/// One JSON object per line: `time`, `level`, `thread`, `class`, `method`, `message`.
///
/// An error adds `throwable` (a list of lines), data adds `metadata` (an object; Tomcat has none).
/// Tomcat counterpart: `org.apache.juli.JsonFormatter`.
struct JsonFormatter: LogFormatter {
    static let timeFormat = "yyyy-MM-dd'T'HH:mm:ss.SSSX"

    let time: DateFormat
    let clock: LogClock

    func append(_ record: LogRecord, to bytes: inout [UInt8]) {
        bytes += #"{"time": ""#.utf8
        self.time.append(self.clock.calendar(record.time), millisecond: record.time.millisecondOfSecond, to: &bytes)
        bytes.append(0x22)
        Self.append("level", record.level.rawValue, to: &bytes)
        Self.append("thread", record.thread, to: &bytes)
        Self.append("class", record.sourceClass, to: &bytes)
        Self.append("method", record.sourceMethod ?? "null", to: &bytes)
        Self.append("message", record.message, to: &bytes)
        if !record.details.isEmpty { Self.append(record.details, to: &bytes) }
        if !record.thrown.isEmpty { Self.append(thrown: record.thrown, to: &bytes) }
        bytes += "}\n".utf8
    }

    private static func append(_ key: String, _ value: String, to bytes: inout [UInt8]) {
        bytes += ", \"\(key)\": ".utf8
        Escaping.appendJSON(value, to: &bytes)
    }

    private static func append(_ details: [LogRecord.Detail], to bytes: inout [UInt8]) {
        var separator = #", "metadata": {"#
        for detail in details {
            bytes += separator.utf8
            Escaping.appendJSON(detail.key, to: &bytes)
            bytes += ": ".utf8
            Escaping.appendJSON(detail.value, to: &bytes)
            separator = ", "
        }
        bytes.append(0x7d)
    }

    private static func append(thrown: [String], to bytes: inout [UInt8]) {
        var separator = #", "throwable": ["#
        for line in thrown {
            bytes += separator.utf8
            Escaping.appendJSON(line, to: &bytes)
            separator = ","
        }
        bytes.append(0x5d)
    }
}
