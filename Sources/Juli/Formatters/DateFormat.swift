/// A pattern of `java.text.SimpleDateFormat`, read once, with English names.
///
/// Shape: letters `G y M d D E u a H k K h m s S z Z X` repeated to set width, `'…'` for literal text, `''` for
/// an apostrophe.
package struct DateFormat: Sendable, Equatable {
    private enum Piece: Sendable, Equatable {
        case text(String)
        case field(Character, width: Int)
    }

    private let pieces: [Piece]

    /// `dd-MMM-yyyy HH:mm:ss.SSS`, Tomcat's.
    package static let standard = DateFormat(pieces: [
        .field("d", width: 2), .text("-"), .field("M", width: 3), .text("-"), .field("y", width: 4), .text(" "),
        .field("H", width: 2), .text(":"), .field("m", width: 2), .text(":"), .field("s", width: 2), .text("."),
        .field("S", width: 3),
    ])

    private init(pieces: [Piece]) {
        self.pieces = pieces
    }

    /// - Throws: ``FormatError`` for a letter that is not listed above and for a quote that does not end.
    package init(_ pattern: String) throws(FormatError) {
        var pieces: [Piece] = []
        var rest = pattern[...]
        while let first = rest.first {
            if first == "'" {
                guard let text = Self.quoted(&rest) else { throw .unterminatedQuote(pattern: pattern) }
                pieces.append(.text(text))
            } else if first.isASCII && first.isLetter {
                guard Self.letters.contains(first) else { throw .illegalLetter(first, pattern: pattern) }
                let run = rest.prefix { $0 == first }
                pieces.append(.field(first, width: run.count))
                rest = rest.dropFirst(run.count)
            } else {
                pieces.append(.text(String(rest.removeFirst())))
            }
        }
        self.pieces = pieces
    }

    package func append(_ time: CalendarTime, millisecond: Int, to bytes: inout [UInt8]) {
        for piece in self.pieces {
            switch piece {
            case .text(let text): bytes += text.utf8
            case .field(let letter, let width):
                bytes += Self.text(of: letter, width: width, time: time, millisecond: millisecond).utf8
            }
        }
    }

    private static let letters = Set("GyMdDEuaHkKhmsSzZX")

    private static func quoted(_ rest: inout Substring) -> String? {
        rest.removeFirst()
        guard rest.first != "'" else {
            rest.removeFirst()
            return "'"
        }
        var text = ""
        while let next = rest.popFirst() {
            if next != "'" {
                text.append(next)
            } else if rest.first == "'" {
                text.append(rest.removeFirst())
            } else {
                return text
            }
        }
        return nil
    }

    private static func text(of letter: Character, width: Int, time: CalendarTime, millisecond: Int) -> String {
        switch letter {
        case "G": "AD"
        case "y": width == 2 ? padded(time.year % 100, to: 2) : padded(time.year, to: width)
        case "M" where width >= 3: CalendarNames.month(time.month, isShort: width == 3)
        case "M": padded(time.month, to: width)
        case "d": padded(time.day, to: width)
        case "D": padded(time.dayOfYear, to: width)
        case "E": CalendarNames.weekday(time.weekday, isShort: width <= 3)
        case "u": padded(time.weekday == 0 ? 7 : time.weekday, to: width)
        case "a": time.hour < 12 ? "AM" : "PM"
        case "H": padded(time.hour, to: width)
        case "k": padded(time.hour == 0 ? 24 : time.hour, to: width)
        case "K": padded(time.hour % 12, to: width)
        case "h": padded(time.hourOfClockFace, to: width)
        case "m": padded(time.minute, to: width)
        case "s": padded(time.second, to: width)
        case "S": padded(millisecond, to: width)
        case "z": time.zone
        case "Z": time.offsetText(separator: "")
        case "X": Self.isoOffset(time, width: width)
        default: ""
        }
    }

    /// One letter means hours only, in Java too, whatever the zone's minutes are.
    private static func isoOffset(_ time: CalendarTime, width: Int) -> String {
        if time.offset == 0 { return "Z" }
        let text = time.offsetText(separator: width >= 3 ? ":" : "")
        return width == 1 ? String(text.dropLast(2)) : text
    }
}

/// English names of months and days; a log does not change with the operator's locale.
enum CalendarNames {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    static func month(_ number: Int, isShort: Bool) -> String {
        isShort ? String(Self.months[number - 1].prefix(3)) : Self.months[number - 1]
    }

    static func weekday(_ number: Int, isShort: Bool) -> String {
        isShort ? String(Self.weekdays[number].prefix(3)) : Self.weekdays[number]
    }
}

extension CalendarTime {
    /// 1 to 12.
    var hourOfClockFace: Int { self.hour % 12 == 0 ? 12 : self.hour % 12 }

    /// 1 to 366.
    var dayOfYear: Int { self.dayNumber - Self.dayNumber(year: self.year, month: 1, day: 1) + 1 }

    func offsetText(separator: String) -> String {
        let minutes = abs(self.offset) / 60
        return (self.offset < 0 ? "-" : "+") + padded(minutes / 60, to: 2) + separator + padded(minutes % 60, to: 2)
    }
}
