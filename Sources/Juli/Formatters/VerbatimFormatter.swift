/// The message and nothing else, byte for byte, and a line end.
///
/// Tomcat counterpart: `org.apache.juli.VerbatimFormatter`.
struct VerbatimFormatter: LogFormatter {
    func append(_ record: LogRecord, to bytes: inout [UInt8]) {
        bytes += record.message.utf8
        bytes.append(0x0a)
    }
}
