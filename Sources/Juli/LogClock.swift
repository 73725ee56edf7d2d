import Glibc

/// A moment of the wall clock.
package struct Timestamp: Sendable, Equatable {
    /// Since 1970-01-01T00:00:00Z, leap seconds not counted.
    package var seconds: Int
    package var nanoseconds: Int

    package init(seconds: Int, nanoseconds: Int = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package var millisecondOfSecond: Int { self.nanoseconds / 1_000_000 }
    package var milliseconds: Int { self.seconds * 1000 + self.millisecondOfSecond }
}

/// A moment as the server's time zone shows it.
package struct CalendarTime: Sendable, Equatable {
    package var year: Int
    /// 1 to 12.
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    /// 0 is Sunday.
    package var weekday: Int
    /// East of Greenwich, in seconds.
    package var offset: Int
    package var zone: String

    /// `yyyy-MM-dd`, as rotated files carry it.
    package var date: String {
        "\(padded(self.year, to: 4))-\(padded(self.month, to: 2))-\(padded(self.day, to: 2))"
    }
}

/// What the log reads the time from; a test passes one that stands still.
package struct LogClock: Sendable {
    package var now: @Sendable () -> Timestamp
    package var calendar: @Sendable (Timestamp) -> CalendarTime

    package init(
        now: @escaping @Sendable () -> Timestamp,
        calendar: @escaping @Sendable (Timestamp) -> CalendarTime
    ) {
        self.now = now
        self.calendar = calendar
    }

    /// The machine's clock in the machine's time zone: the one place of this target that reads either.
    package static let system = LogClock(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
        },
        calendar: { time in
            var seconds = time_t(time.seconds)
            var parts = tm()
            localtime_r(&seconds, &parts)
            return CalendarTime(
                parts,
                zone: parts.tm_zone.map { String(cString: $0) } ?? "UTC"
            )
        }
    )
}

extension CalendarTime {
    init(_ parts: tm, zone: String) {
        self.init(
            year: Int(parts.tm_year) + 1900,
            month: Int(parts.tm_mon) + 1,
            day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour),
            minute: Int(parts.tm_min),
            second: Int(parts.tm_sec),
            weekday: Int(parts.tm_wday),
            offset: parts.tm_gmtoff,
            zone: zone
        )
    }

    /// Days since 1970-01-01 of a date in the Gregorian calendar.
    package static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        // Years begin in March here, so that the leap day is the last one.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    package var dayNumber: Int { Self.dayNumber(year: self.year, month: self.month, day: self.day) }
}

/// The number with zeros before it, at least `width` digits long.
package func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    guard digits.utf8.count < width else { return digits }
    return String(repeating: "0", count: width - digits.utf8.count) + digits
}
