/// Dates of header fields: three formats are read, one is written.
///
/// Source: RFC 9110 §5.6.7 | Tomcat counterpart: `org.apache.tomcat.util.http.FastHttpDateFormat`.
package enum HTTPDate {
    /// Octets of a written date.
    package static let count = 29

    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`; the argument counts seconds from 1970.
    package static func format(_ seconds: Int64) -> String {
        String(decoding: self.octets(seconds), as: UTF8.self)
    }

    /// The same of milliseconds, as servlets count; they are rounded down.
    package static func format(milliseconds: Int64) -> String {
        self.format(milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0))
    }

    /// Milliseconds from 1970 of a date in any of the three formats; nil if it is none.
    package static func milliseconds(_ text: String) -> Int64? { self.parse(text).map { $0 * 1000 } }

    /// What four digits of a year can say: the years 1 to 9999.
    private static let writable: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The octets of a written date; the nearest that can be written for years before 1 and after 9999.
    package static func octets(_ seconds: Int64) -> [UInt8] {
        let seconds = min(max(seconds, self.writable.lowerBound), self.writable.upperBound)
        let date = CivilDate(secondsSinceEpoch: seconds)
        var octets: [UInt8] = []
        octets.reserveCapacity(self.count)
        octets.append(contentsOf: self.weekdays[date.weekday].utf8)
        octets.append(contentsOf: [ASCII.comma, ASCII.space])
        self.append(date.day, digits: 2, to: &octets)
        octets.append(ASCII.space)
        octets.append(contentsOf: self.months[date.month - 1].utf8)
        octets.append(ASCII.space)
        self.append(date.year, digits: 4, to: &octets)
        octets.append(ASCII.space)
        self.append(date.hour, digits: 2, to: &octets)
        octets.append(ASCII.colon)
        self.append(date.minute, digits: 2, to: &octets)
        octets.append(ASCII.colon)
        self.append(date.second, digits: 2, to: &octets)
        octets.append(contentsOf: " GMT".utf8)
        return octets
    }

    private static func append(_ value: Int, digits: Int, to octets: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            octets.append(0x30 + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    /// Seconds from 1970 of a date in any of the three formats; nil if it is none.
    ///
    /// As lenient as Tomcat: the day of the week need not fit, a time that is too large runs over, `UTC`,
    /// `+0100` and the zones of North America are zones, and what follows the date is not looked at. Years of
    /// two digits are those from 1970 to 2069.
    package static func parse(_ text: String) -> Int64? {
        if let seconds = self.parseFixed(text.utf8.span) { return seconds }
        var scanner = HTTPDateScanner(text)
        return scanner.date()
    }

    /// A date exactly as it is written, which nearly all are; nil for any other text.
    private static func parseFixed(_ text: Span<UInt8>) -> Int64? {
        guard text.count == self.count, text[3] == ASCII.comma, text[4] == ASCII.space, text[7] == ASCII.space,
            text[11] == ASCII.space, text[16] == ASCII.space, text[19] == ASCII.colon, text[22] == ASCII.colon,
            self.name(text, at: 25) == self.word(" GM"), text[28] == UInt8(ascii: "T"),
            self.weekdayWords.contains(self.name(text, at: 0)),
            let month = self.monthWords.firstIndex(of: self.name(text, at: 8)),
            let day = self.number(text, 5..<7), let year = self.number(text, 12..<16),
            let hour = self.number(text, 17..<19), let minute = self.number(text, 20..<22),
            let second = self.number(text, 23..<25)
        else { return nil }
        let days = CivilDate.daysSinceEpoch(year: year, month: month + 1, day: day)
        return Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    private static let weekdayWords = Self.weekdays.map(Self.word)
    private static let monthWords = Self.months.map(Self.word)

    /// Three letters as one number.
    private static func word(_ text: String) -> UInt32 { text.utf8.reduce(0) { $0 << 8 | UInt32($1) } }

    private static func name(_ text: Span<UInt8>, at index: Int) -> UInt32 {
        UInt32(text[index]) << 16 | UInt32(text[index + 1]) << 8 | UInt32(text[index + 2])
    }

    private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            guard text[index].isDigit else { return nil }
            value = value * 10 + Int(text[index] &- 0x30)
        }
        return value
    }
}

/// A moment in the proleptic Gregorian calendar, in UTC.
struct CivilDate: Equatable {
    let year: Int
    /// 1 to 12.
    let month: Int
    /// 1 to 31.
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    /// 0 on Sunday.
    let weekday: Int

    init(secondsSinceEpoch seconds: Int64) {
        let days = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
        let time = Int(seconds) - days * 86_400
        // Days are counted from 1 March of year 0, so that leap days end the years of an era of 400.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        self.month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        self.year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
        self.hour = time / 3_600
        self.minute = time / 60 % 60
        self.second = time % 60
        self.weekday = ((days + 4) % 7 + 7) % 7
    }

    /// Days from 1 January 1970; a day beyond the month runs over.
    static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
