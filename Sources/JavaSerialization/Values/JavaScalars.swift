/// `java.sql.Timestamp`.
package struct JavaTimestamp: Sendable, Equatable {
    /// Milliseconds since 1970, a whole second.
    package let milliseconds: Int64
    /// Nanoseconds within that second.
    package let nanoseconds: Int32

    package init(milliseconds: Int64, nanoseconds: Int32) {
        self.milliseconds = milliseconds
        self.nanoseconds = nanoseconds
    }
}

/// `java.math.BigInteger`: any integer as sign and absolute value.
package struct JavaBigInteger: Sendable, Equatable {
    /// -1, 0 or 1.
    package let signum: Int32
    /// Absolute value, big-endian, without leading zeros; empty for 0.
    package let magnitude: [UInt8]

    package init(signum: Int32, magnitude: [UInt8]) {
        self.signum = signum
        self.magnitude = magnitude
    }

    package init(_ value: Int64) {
        self.signum = Int32(value.signum())
        self.magnitude = withUnsafeBytes(of: value.magnitude.bigEndian) { [UInt8]($0.drop { $0 == 0 }) }
    }
}

/// `java.math.BigDecimal`: the integer divided by a power of ten.
package struct JavaBigDecimal: Sendable, Equatable {
    package let unscaled: JavaBigInteger
    package let scale: Int32

    package init(unscaled: JavaBigInteger, scale: Int32) {
        self.unscaled = unscaled
        self.scale = scale
    }
}

/// `java.util.UUID`.
package struct JavaUUID: Sendable, Equatable {
    package let mostSignificant: Int64
    package let leastSignificant: Int64

    package init(mostSignificant: Int64, leastSignificant: Int64) {
        self.mostSignificant = mostSignificant
        self.leastSignificant = leastSignificant
    }
}

/// `java.util.Locale`.
package struct JavaLocale: Sendable, Equatable {
    package let language: String
    package let script: String
    package let country: String
    package let variant: String
    package let extensions: String

    package init(
        language: String,
        script: String = "",
        country: String = "",
        variant: String = "",
        extensions: String = ""
    ) {
        self.language = language
        self.script = script
        self.country = country
        self.variant = variant
        self.extensions = extensions
    }
}

/// A value of `java.time`, all of which share one form in a stream.
package enum JavaTime: Sendable, Equatable {
    package struct LocalDate: Sendable, Equatable {
        package let year: Int32
        package let month: UInt8
        package let day: UInt8

        package init(year: Int32, month: UInt8, day: UInt8) {
            self.year = year
            self.month = month
            self.day = day
        }
    }

    package struct LocalTime: Sendable, Equatable {
        package let hour: UInt8
        package let minute: UInt8
        package let second: UInt8
        package let nanosecond: Int32

        package init(hour: UInt8, minute: UInt8 = 0, second: UInt8 = 0, nanosecond: Int32 = 0) {
            self.hour = hour
            self.minute = minute
            self.second = second
            self.nanosecond = nanosecond
        }
    }

    /// `java.time.ZoneId`.
    package enum Zone: Sendable, Equatable {
        case region(String)
        /// Seconds east of UTC.
        case offset(Int32)
    }

    case duration(seconds: Int64, nanoseconds: Int32)
    /// Since 1970.
    case instant(seconds: Int64, nanoseconds: Int32)
    case localDate(LocalDate)
    case localTime(LocalTime)
    case localDateTime(LocalDate, LocalTime)
    case zonedDateTime(LocalDate, LocalTime, offset: Int32, Zone)
    case zone(Zone)
    case offsetTime(LocalTime, offset: Int32)
    case offsetDateTime(LocalDate, LocalTime, offset: Int32)
    case year(Int32)
    case yearMonth(Int32, UInt8)
    case monthDay(UInt8, UInt8)
    case period(years: Int32, months: Int32, days: Int32)
}
