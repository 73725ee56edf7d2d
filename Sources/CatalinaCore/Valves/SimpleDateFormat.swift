import Glibc

/// Dates by a pattern of letters, as operators of Java programs write them, in the local time zone and in English.
///
/// Letters: `y M d D E u a H k K h m s S z Z X`, repeated for width; `''` is a quote, text between quotes stands for
/// itself, as does everything that is no letter.
/// Source: `java.text.SimpleDateFormat`.
package struct SimpleDateFormat: Sendable, Equatable {
    /// One piece of a pattern.
    private enum Field: Sendable, Equatable {
        case text(String)
        /// A letter and how often it is repeated.
        case letter(Character, Int)
    }

    private static let known: Set<Character> = [
        "y", "M", "d", "D", "E", "u", "a", "H", "k", "K", "h", "m", "s", "S", "z", "Z", "X",
    ]

    private let fields: [Field]
    /// Whether two moments of one second may be written differently.
    package let hasMilliseconds: Bool
    private let isUTC: Bool

    /// Returns `nil` for a letter without meaning and for a quote that is not closed.
    package init?(_ pattern: String, isUTC: Bool = false) {
        var fields: [Field] = []
        var text = ""
        var rest = Substring(pattern)
        while let first = rest.popFirst() {
            if first == "'" {
                guard let quoted = Self.quoted(&rest) else { return nil }
                text += quoted
            } else if first.isASCII, first.isLetter {
                guard Self.known.contains(first) else { return nil }
                var count = 1
                while rest.first == first {
                    rest.removeFirst()
                    count += 1
                }
                if !text.isEmpty { fields.append(.text(text)) }
                text = ""
                fields.append(.letter(first, count))
            } else {
                text.append(first)
            }
        }
        if !text.isEmpty { fields.append(.text(text)) }
        self.fields = fields
        self.isUTC = isUTC
        self.hasMilliseconds = fields.contains { if case .letter("S", _) = $0 { true } else { false } }
    }

    /// The text up to the closing quote; two quotes stand for one, inside and outside.
    private static func quoted(_ rest: inout Substring) -> String? {
        if rest.first == "'" {
            rest.removeFirst()
            return "'"
        }
        var text = ""
        while let next = rest.popFirst() {
            guard next == "'" else {
                text.append(next)
                continue
            }
            guard rest.first == "'" else { return text }
            rest.removeFirst()
            text.append("'")
        }
        return nil
    }

    /// A moment, in milliseconds since 1970, as the pattern writes it.
    package func format(milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000)
        let fraction = Int(milliseconds - Int64(seconds) * 1000)
        var parts = tm()
        if self.isUTC { gmtime_r(&seconds, &parts) } else { localtime_r(&seconds, &parts) }
        var text = ""
        for field in self.fields {
            switch field {
            case .text(let fixed): text += fixed
            case .letter(let letter, let count):
                text += Self.text(letter, count, DateParts(parts, milliseconds: fraction, isUTC: self.isUTC))
            }
        }
        return text
    }

    private static func text(_ letter: Character, _ count: Int, _ date: DateParts) -> String {
        switch letter {
        case "y": count == 2 ? self.padded(date.year % 100, 2) : self.padded(date.year, count)
        case "M" where count > 3: date.monthName
        case "M" where count == 3: String(date.monthName.prefix(3))
        case "M": self.padded(date.month, count)
        case "d": self.padded(date.day, count)
        case "D": self.padded(date.dayOfYear, count)
        case "E": count > 3 ? date.dayName : String(date.dayName.prefix(3))
        case "u": self.padded(date.weekday == 0 ? 7 : date.weekday, count)
        case "a": date.hour < 12 ? "AM" : "PM"
        case "H": self.padded(date.hour, count)
        case "k": self.padded(date.hour == 0 ? 24 : date.hour, count)
        case "K": self.padded(date.hour % 12, count)
        case "h": self.padded((date.hour + 11) % 12 + 1, count)
        case "m": self.padded(date.minute, count)
        case "s": self.padded(date.second, count)
        case "S": self.padded(date.millisecond, count)
        case "z": date.zone
        case "Z": date.offset(colon: false)
        default: date.offset == 0 ? "Z" : String(date.offset(colon: count == 3).prefix(count == 1 ? 3 : 6))
        }
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A moment taken apart.
private struct DateParts {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    private let parts: tm
    let millisecond: Int
    private let isUTC: Bool

    init(_ parts: tm, milliseconds: Int, isUTC: Bool) {
        self.parts = parts
        self.millisecond = milliseconds
        self.isUTC = isUTC
    }

    var year: Int { Int(self.parts.tm_year) + 1900 }
    var month: Int { Int(self.parts.tm_mon) + 1 }
    var monthName: String { Self.months[Int(self.parts.tm_mon)] }
    var day: Int { Int(self.parts.tm_mday) }
    var dayOfYear: Int { Int(self.parts.tm_yday) + 1 }
    var weekday: Int { Int(self.parts.tm_wday) }
    var dayName: String { Self.days[self.weekday] }
    var hour: Int { Int(self.parts.tm_hour) }
    var minute: Int { Int(self.parts.tm_min) }
    var second: Int { Int(self.parts.tm_sec) }
    /// Seconds east of Greenwich.
    var offset: Int { self.isUTC ? 0 : self.parts.tm_gmtoff }

    var zone: String {
        guard !self.isUTC, let name = self.parts.tm_zone else { return "UTC" }
        return String(cString: name)
    }

    /// `+0130`, or `+01:30`.
    func offset(colon: Bool) -> String {
        let minutes = abs(self.offset) / 60
        let (hours, rest) = (minutes / 60, minutes % 60)
        let sign = self.offset < 0 ? "-" : "+"
        return "\(sign)\(hours < 10 ? "0" : "")\(hours)\(colon ? ":" : "")\(rest < 10 ? "0" : "")\(rest)"
    }
}
