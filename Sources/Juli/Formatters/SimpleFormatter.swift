/// The JDK's format: two lines per record, or what `java.util.logging.SimpleFormatter.format` says.
///
/// JDK counterpart: `java.util.logging.SimpleFormatter`.
struct SimpleFormatter: LogFormatter {
    let template: SimpleTemplate
    let clock: LogClock

    func append(_ record: LogRecord, to bytes: inout [UInt8]) {
        var message: [UInt8] = []
        Escaping.appendMessage(record.message, to: &message)
        Escaping.appendDetails(record.details, to: &message)
        var thrown: [UInt8] = record.thrown.isEmpty ? [] : [0x0a]
        for line in record.thrown {
            Escaping.appendMessage(line, to: &thrown)
            thrown.append(0x0a)
        }
        let source = record.sourceMethod.map { "\(record.sourceClass) \($0)" } ?? record.logger
        self.template.append(
            [
                source, record.logger, record.level.rawValue, String(decoding: message, as: UTF8.self),
                String(decoding: thrown, as: UTF8.self),
            ],
            time: (record.time, self.clock.calendar(record.time)),
            to: &bytes
        )
    }
}

/// The part of Java's format strings that a log line needs, read once.
///
/// Shape: `%n`, `%%`, `%1$tX` for the date, `%2$s` to `%6$s` for source, logger, level, message and error, each
/// with an optional `-`, width and `.precision`; an upper-case conversion gives upper-case text.
package struct SimpleTemplate: Sendable, Equatable {
    package static let standard = "%1$tb %1$td, %1$tY %1$tl:%1$tM:%1$tS %1$Tp %2$s%n%4$s: %5$s%6$s%n"

    private enum Piece: Sendable, Equatable {
        case text(String)
        case date(Character, Layout)
        case argument(Int, Layout)
    }

    private struct Layout: Sendable, Equatable {
        var isLeft = false
        var width = 0
        var precision: Int?
        var isUppercase = false

        func apply(_ text: String) -> String {
            var text = self.precision.map { String(text.prefix($0)) } ?? text
            if self.isUppercase { text = text.uppercased() }
            let gap = String(repeating: " ", count: max(0, self.width - text.count))
            return self.isLeft ? text + gap : gap + text
        }
    }

    private let pieces: [Piece]

    /// - Throws: ``FormatError/illegalConversion(_:template:)``.
    package init(_ template: String) throws(FormatError) {
        var pieces: [Piece] = []
        var rest = template[...]
        while !rest.isEmpty {
            let text = rest.prefix { $0 != "%" }
            if !text.isEmpty { pieces.append(.text(String(text))) }
            rest = rest.dropFirst(text.count)
            guard rest.first == "%" else { continue }
            let conversion = rest
            guard let piece = Self.conversion(&rest) else {
                throw .illegalConversion(String(conversion.prefix(8)), template: template)
            }
            pieces.append(piece)
        }
        self.pieces = pieces
    }

    /// Appends a record whose `%2$s` to `%6$s` are the arguments.
    func append(_ arguments: [String], time: (Timestamp, CalendarTime), to bytes: inout [UInt8]) {
        for piece in self.pieces {
            switch piece {
            case .text(let text): bytes += text.utf8
            case .date(let letter, let layout): bytes += layout.apply(Self.date(letter, time.0, time.1)).utf8
            case .argument(let index, let layout): bytes += layout.apply(arguments[index]).utf8
            }
        }
    }

    private static func conversion(_ rest: inout Substring) -> Piece? {
        rest.removeFirst()
        switch rest.first {
        case "n":
            rest.removeFirst()
            return .text("\n")
        case "%":
            rest.removeFirst()
            return .text("%")
        default: break
        }
        guard let argument = Self.number(&rest), rest.popFirst() == "$" else { return nil }
        var layout = Layout()
        if rest.first == "-" {
            rest.removeFirst()
            layout.isLeft = true
        }
        layout.width = Self.number(&rest) ?? 0
        if rest.first == "." {
            rest.removeFirst()
            layout.precision = Self.number(&rest)
        }
        guard let letter = rest.popFirst() else { return nil }
        layout.isUppercase = letter.isUppercase
        switch letter {
        case "s", "S": return (2...6).contains(argument) ? .argument(argument - 2, layout) : nil
        case "t", "T":
            guard argument == 1, let field = rest.popFirst(), Self.dateLetters.contains(field) else { return nil }
            return .date(field, layout)
        default: return nil
        }
    }

    private static func number(_ rest: inout Substring) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        rest = rest.dropFirst(digits.count)
        return number
    }

    private static let dateLetters = Set("HIklMSLNpzZsQBbhAaCYyjmdeRTrDF")

    private static func date(_ letter: Character, _ moment: Timestamp, _ time: CalendarTime) -> String {
        switch letter {
        case "H", "I", "k", "l", "M", "S", "L", "N", "p", "s", "Q": Self.time(letter, moment, time)
        case "z": time.offsetText(separator: "")
        case "Z": time.zone
        case "B": CalendarNames.month(time.month, isShort: false)
        case "b", "h": CalendarNames.month(time.month, isShort: true)
        case "A": CalendarNames.weekday(time.weekday, isShort: false)
        case "a": CalendarNames.weekday(time.weekday, isShort: true)
        case "C": padded(time.year / 100, to: 2)
        case "Y": padded(time.year, to: 4)
        case "y": padded(time.year % 100, to: 2)
        case "j": padded(time.dayOfYear, to: 3)
        case "m": padded(time.month, to: 2)
        case "d": padded(time.day, to: 2)
        case "e": String(time.day)
        case "R": "HM".map { Self.date($0, moment, time) }.joined(separator: ":")
        case "T": "HMS".map { Self.date($0, moment, time) }.joined(separator: ":")
        case "r": "IMS".map { Self.date($0, moment, time) }.joined(separator: ":") + (time.hour < 12 ? " AM" : " PM")
        case "D": "mdy".map { Self.date($0, moment, time) }.joined(separator: "/")
        case "F": time.date
        default: ""
        }
    }

    private static func time(_ letter: Character, _ moment: Timestamp, _ time: CalendarTime) -> String {
        switch letter {
        case "H": padded(time.hour, to: 2)
        case "I": padded(time.hourOfClockFace, to: 2)
        case "k": String(time.hour)
        case "l": String(time.hourOfClockFace)
        case "M": padded(time.minute, to: 2)
        case "S": padded(time.second, to: 2)
        case "L": padded(moment.millisecondOfSecond, to: 3)
        case "N": padded(moment.nanoseconds, to: 9)
        case "p": time.hour < 12 ? "am" : "pm"
        case "s": String(moment.seconds)
        case "Q": String(moment.milliseconds)
        default: ""
        }
    }
}
