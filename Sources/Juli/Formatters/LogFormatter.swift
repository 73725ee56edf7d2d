/// Turns a record into the bytes of a log.
///
/// Isolation: any thread; a formatter holds settings only.
package protocol LogFormatter: Sendable {
    /// Appends the record, its line ends included.
    func append(_ record: LogRecord, to bytes: inout [UInt8])
}

/// The formatters that logging.properties may name.
package enum FormatterRegistry {
    /// Builds the formatter of that class.
    ///
    /// - Throws: ``FormatError`` when there is no such class or one of its settings cannot be read.
    package static func formatter(
        named name: String,
        setting: (String) -> String?,
        clock: LogClock,
        isJournal: Bool
    ) throws(FormatError) -> any LogFormatter {
        let timeFormat = setting(name + ".timeFormat")
        switch name {
        case "org.apache.juli.OneLineFormatter":
            return OneLineFormatter(time: try timeFormat.map(DateFormat.init) ?? .standard, clock: clock)
        case "org.apache.juli.SystemdFormatter":
            if isJournal { return SystemdFormatter() }
            return OneLineFormatter(time: try timeFormat.map(DateFormat.init) ?? .standard, clock: clock)
        case "org.apache.juli.JsonFormatter":
            return JsonFormatter(time: try DateFormat(timeFormat ?? JsonFormatter.timeFormat), clock: clock)
        case "org.apache.juli.VerbatimFormatter":
            return VerbatimFormatter()
        case "org.apache.juli.JdkLoggerFormatter":
            return JdkLoggerFormatter()
        case "java.util.logging.SimpleFormatter":
            return SimpleFormatter(
                template: try SimpleTemplate(setting(name + ".format") ?? SimpleTemplate.standard),
                clock: clock
            )
        default:
            throw .unknownClass(name)
        }
    }
}

/// Why a formatter could not be built from its settings.
package enum FormatError: Error, Equatable, CustomStringConvertible {
    case unknownClass(String)
    case illegalLetter(Character, pattern: String)
    case unterminatedQuote(pattern: String)
    case illegalConversion(String, template: String)

    package var description: String {
        switch self {
        case .unknownClass(let name): "Unknown formatter [\(name)]"
        case .illegalLetter(let letter, let pattern): "Illegal pattern character [\(letter)] in [\(pattern)]"
        case .unterminatedQuote(let pattern): "Unterminated quote in [\(pattern)]"
        case .illegalConversion(let text, let template): "Illegal conversion [\(text)] in [\(template)]"
        }
    }
}
