/// A moment as a date of the proleptic Gregorian calendar in UTC.
package struct UTCDate: Sendable, Equatable {
    package let year: Int
    package let month: Int
    package let day: Int
    /// Milliseconds since midnight.
    package let millisecondOfDay: Int

    private static let millisecondsPerDay: Int64 = 86_400_000

    /// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
    package init(milliseconds: Int64) {
        var days = Int(milliseconds / Self.millisecondsPerDay)
        var rest = Int(milliseconds % Self.millisecondsPerDay)
        if rest < 0 {
            rest += Int(Self.millisecondsPerDay)
            days -= 1
        }
        self.millisecondOfDay = rest
        // Years are counted from March here, so that the day added in leap years is a year's last.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        self.month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private var fields: [String] {
        let seconds = self.millisecondOfDay / 1000
        return [
            Self.padded(self.year, 4), Self.padded(self.month, 2), Self.padded(self.day, 2),
            Self.padded(seconds / 3600, 2), Self.padded(seconds / 60 % 60, 2), Self.padded(seconds % 60, 2),
            Self.padded(self.millisecondOfDay % 1000, 3),
        ]
    }

    /// `yyyyMMddHHmmssSSS`, whose order as text is that of time.
    package var indexText: String { self.fields.joined() }

    /// `yyyy-MM-ddTHH:mm:ss.SSSZ`.
    package var iso8601Text: String {
        let part = self.fields
        return "\(part[0])-\(part[1])-\(part[2])T\(part[3]):\(part[4]):\(part[5]).\(part[6])Z"
    }
}
