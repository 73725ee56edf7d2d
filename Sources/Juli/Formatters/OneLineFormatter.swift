/// Tomcat's own format: `dd-MMM-yyyy HH:mm:ss.SSS LEVEL [thread] class.method message`.
///
/// Data follows the message as ` key=value`, an error on lines of its own that begin with a tab.
/// Tomcat counterpart: `org.apache.juli.OneLineFormatter`.
package struct OneLineFormatter: LogFormatter {
    private let time: DateFormat
    private let clock: LogClock

    package init(time: DateFormat, clock: LogClock) {
        self.time = time
        self.clock = clock
    }

    package func append(_ record: LogRecord, to bytes: inout [UInt8]) {
        self.time.append(self.clock.calendar(record.time), millisecond: record.time.millisecondOfSecond, to: &bytes)
        bytes.append(0x20)
        bytes += record.level.rawValue.utf8
        bytes += " [".utf8
        Escaping.appendInline(record.thread, to: &bytes)
        bytes += "] ".utf8
        Escaping.appendInline(record.source, to: &bytes)
        bytes.append(0x20)
        Escaping.appendMessage(record.message, to: &bytes)
        Escaping.appendDetails(record.details, to: &bytes)
        bytes.append(0x0a)
        for line in record.thrown {
            bytes.append(0x09)
            Escaping.appendMessage(line, to: &bytes)
            bytes.append(0x0a)
        }
    }
}
