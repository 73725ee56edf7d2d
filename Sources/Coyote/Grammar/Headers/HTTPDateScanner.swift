/// Reads one date from left to right.
struct HTTPDateScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { self.bytes = Array(text.utf8) }

    /// Seconds from 1970.
    mutating func date() -> Int64? {
        guard self.weekday() else { return nil }
        let parts: Parts?
        if self.consume(ASCII.comma) {
            parts = self.dayFirst()
        } else {
            parts = self.monthFirst()
        }
        guard let parts else { return nil }
        let days = CivilDate.daysSinceEpoch(year: parts.year, month: parts.month, day: parts.day)
        return Int64(days) * 86_400 + Int64(parts.time - parts.zone)
    }

    private struct Parts {
        var year: Int
        var month: Int
        var day: Int
        /// Seconds of the day; may exceed it.
        var time: Int
        /// Seconds east of Greenwich.
        var zone = 0
    }

    /// `06 Nov 1994 08:49:37 GMT` and `06-Nov-94 08:49:37 GMT`.
    private mutating func dayFirst() -> Parts? {
        guard self.blanks(), let day = self.number() else { return nil }
        let hasHyphens = self.consume(ASCII.hyphen)
        guard hasHyphens || self.blanks(), let month = self.month() else { return nil }
        guard hasHyphens ? self.consume(ASCII.hyphen) : self.blanks() else { return nil }
        let start = self.index
        guard var year = self.number() else { return nil }
        if hasHyphens, self.index - start == 2 { year += year < 70 ? 2000 : 1900 }
        guard let time = self.time(), self.blanks(), let zone = self.zone() else { return nil }
        return Parts(year: year, month: month, day: day, time: time, zone: zone)
    }

    /// `Nov  6 08:49:37 1994`.
    private mutating func monthFirst() -> Parts? {
        guard self.blanks(), let month = self.month(), self.blanks(), let day = self.number(),
            let time = self.time(), self.blanks(), let year = self.number()
        else { return nil }
        return Parts(year: year, month: month, day: day, time: time)
    }

    private mutating func time() -> Int? {
        guard self.blanks(), let hour = self.number(), self.consume(ASCII.colon), let minute = self.number(),
            self.consume(ASCII.colon), let second = self.number()
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    private mutating func weekday() -> Bool {
        let names = ["sun", "mon", "tues", "wednes", "thurs", "fri", "satur"]
        let word = self.word()
        return names.contains { word == "\($0)day" || word == $0.prefix(3) }
    }

    private mutating func month() -> Int? {
        let names = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december",
        ]
        let word = self.word()
        return names.firstIndex { word == $0 || word == $0.prefix(3) }.map { $0 + 1 }
    }

    private mutating func zone() -> Int? {
        let isEast = self.peek == UInt8(ascii: "+")
        if isEast || self.peek == ASCII.hyphen {
            self.index += 1
            let start = self.index
            guard let digits = self.number(), self.index - start == 4 else { return nil }
            let seconds = digits / 100 * 3_600 + digits % 100 * 60
            return isEast ? seconds : -seconds
        }
        let hours = [
            "gmt": 0, "utc": 0, "ut": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
            "pst": -8, "pdt": -7,
        ]
        return hours[self.word()].map { $0 * 3_600 }
    }

    /// A run of letters in lower case.
    private mutating func word() -> String {
        let start = self.index
        while let byte = self.peek, byte.isAlpha { self.index += 1 }
        return String(decoding: self.bytes[start..<self.index].map(\.asciiLowercased), as: UTF8.self)
    }

    /// A number of at most six digits.
    private mutating func number() -> Int? {
        let start = self.index
        var value = 0
        while let byte = self.peek, byte.isDigit, self.index - start < 6 {
            value = value * 10 + Int(byte &- 0x30)
            self.index += 1
        }
        return self.index > start ? value : nil
    }

    private var peek: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard self.peek == byte else { return false }
        self.index += 1
        return true
    }

    /// Skips blanks; false if there is none.
    private mutating func blanks() -> Bool {
        let start = self.index
        while let byte = self.peek, byte.isBlank { self.index += 1 }
        return self.index > start
    }
}
