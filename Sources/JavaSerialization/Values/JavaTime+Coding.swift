extension JavaTime {
    /// The first byte of each kind.
    private enum Tag {
        static let duration: UInt8 = 1
        static let instant: UInt8 = 2
        static let localDate: UInt8 = 3
        static let localTime: UInt8 = 4
        static let localDateTime: UInt8 = 5
        static let zonedDateTime: UInt8 = 6
        static let zoneRegion: UInt8 = 7
        static let zoneOffset: UInt8 = 8
        static let offsetTime: UInt8 = 9
        static let offsetDateTime: UInt8 = 10
        static let year: UInt8 = 11
        static let yearMonth: UInt8 = 12
        static let monthDay: UInt8 = 13
        static let period: UInt8 = 14
    }

    /// Offsets that are a multiple of it, and less than 127 times it, take one byte.
    private static let offsetUnit: Int32 = 900
    private static let longOffset: Int8 = 127

    /// Reads what `java.time.Ser` wrote.
    ///
    /// - Throws: ``JavaSerializationError``, for an unknown kind `invalidValue`.
    package init(from input: inout JavaObjectData) throws(JavaSerializationError) {
        switch try input.readByte() {
        case Tag.duration: self = .duration(seconds: try input.readLong(), nanoseconds: try input.readInt())
        case Tag.instant: self = .instant(seconds: try input.readLong(), nanoseconds: try input.readInt())
        case Tag.localDate: self = .localDate(try Self.date(&input))
        case Tag.localTime: self = .localTime(try Self.time(&input))
        case Tag.localDateTime: self = .localDateTime(try Self.date(&input), try Self.time(&input))
        case Tag.zonedDateTime:
            self = .zonedDateTime(
                try Self.date(&input),
                try Self.time(&input),
                offset: try Self.offset(&input),
                try Self.zone(try input.readByte(), &input)
            )
        case Tag.zoneRegion: self = .zone(.region(try input.readUTF()))
        case Tag.zoneOffset: self = .zone(.offset(try Self.offset(&input)))
        case Tag.offsetTime: self = .offsetTime(try Self.time(&input), offset: try Self.offset(&input))
        case Tag.offsetDateTime:
            self = .offsetDateTime(try Self.date(&input), try Self.time(&input), offset: try Self.offset(&input))
        case Tag.year: self = .year(try input.readInt())
        case Tag.yearMonth: self = .yearMonth(try input.readInt(), try input.readByte())
        case Tag.monthDay: self = .monthDay(try input.readByte(), try input.readByte())
        case Tag.period:
            self = .period(years: try input.readInt(), months: try input.readInt(), days: try input.readInt())
        default: throw .invalidValue(className: JavaClasses.time.name)
        }
    }

    /// Writes what `java.time.Ser` writes.
    ///
    /// - Throws: ``JavaSerializationError/textTooLong(_:)`` for the name of a region.
    func write(to output: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        switch self {
        case .duration(let seconds, let nanoseconds):
            Self.write(Tag.duration, seconds, nanoseconds, to: &output)
        case .instant(let seconds, let nanoseconds):
            Self.write(Tag.instant, seconds, nanoseconds, to: &output)
        case .localDate(let date): Self.write(Tag.localDate, date, to: &output)
        case .localTime(let time):
            output.writeByte(Tag.localTime)
            Self.write(time, to: &output)
        case .localDateTime(let date, let time):
            Self.write(Tag.localDateTime, date, to: &output)
            Self.write(time, to: &output)
        case .zonedDateTime(let date, let time, let offset, let zone):
            Self.write(Tag.zonedDateTime, date, to: &output)
            Self.write(time, to: &output)
            Self.write(offset: offset, to: &output)
            try Self.write(zone, to: &output)
        case .zone(let zone): try Self.write(zone, to: &output)
        case .offsetTime(let time, let offset):
            output.writeByte(Tag.offsetTime)
            Self.write(time, to: &output)
            Self.write(offset: offset, to: &output)
        case .offsetDateTime(let date, let time, let offset):
            Self.write(Tag.offsetDateTime, date, to: &output)
            Self.write(time, to: &output)
            Self.write(offset: offset, to: &output)
        case .year(let year):
            output.writeByte(Tag.year)
            output.writeInt(year)
        case .yearMonth(let year, let month):
            output.writeByte(Tag.yearMonth)
            output.writeInt(year)
            output.writeByte(month)
        case .monthDay(let month, let day): output.writeBytes([Tag.monthDay, month, day])
        case .period(let years, let months, let days):
            output.writeByte(Tag.period)
            output.writeInt(years)
            output.writeInt(months)
            output.writeInt(days)
        }
    }

    private static func date(_ input: inout JavaObjectData) throws(JavaSerializationError) -> LocalDate {
        LocalDate(year: try input.readInt(), month: try input.readByte(), day: try input.readByte())
    }

    /// Trailing zeros are left out, and the last number that is there is then its complement.
    private static func time(_ input: inout JavaObjectData) throws(JavaSerializationError) -> LocalTime {
        let hour = Int8(bitPattern: try input.readByte())
        guard hour >= 0 else { return LocalTime(hour: UInt8(~hour)) }
        let minute = Int8(bitPattern: try input.readByte())
        guard minute >= 0 else { return LocalTime(hour: UInt8(hour), minute: UInt8(~minute)) }
        let second = Int8(bitPattern: try input.readByte())
        guard second >= 0 else {
            return LocalTime(hour: UInt8(hour), minute: UInt8(minute), second: UInt8(~second))
        }
        return LocalTime(
            hour: UInt8(hour),
            minute: UInt8(minute),
            second: UInt8(second),
            nanosecond: try input.readInt()
        )
    }

    private static func offset(_ input: inout JavaObjectData) throws(JavaSerializationError) -> Int32 {
        let units = Int8(bitPattern: try input.readByte())
        return units == Self.longOffset ? try input.readInt() : Int32(units) * Self.offsetUnit
    }

    private static func zone(_ tag: UInt8, _ input: inout JavaObjectData) throws(JavaSerializationError) -> Zone {
        switch tag {
        case Tag.zoneRegion: .region(try input.readUTF())
        case Tag.zoneOffset: .offset(try Self.offset(&input))
        default: throw .invalidValue(className: JavaClasses.time.name)
        }
    }

    private static func write(
        _ tag: UInt8,
        _ seconds: Int64,
        _ nanoseconds: Int32,
        to output: inout JavaObjectOutputStream
    ) {
        output.writeByte(tag)
        output.writeLong(seconds)
        output.writeInt(nanoseconds)
    }

    private static func write(_ tag: UInt8, _ date: LocalDate, to output: inout JavaObjectOutputStream) {
        output.writeByte(tag)
        output.writeInt(date.year)
        output.writeByte(date.month)
        output.writeByte(date.day)
    }

    private static func write(_ time: LocalTime, to output: inout JavaObjectOutputStream) {
        if time.nanosecond != 0 {
            output.writeBytes([time.hour, time.minute, time.second])
            output.writeInt(time.nanosecond)
        } else if time.second != 0 {
            output.writeBytes([time.hour, time.minute, ~time.second])
        } else if time.minute != 0 {
            output.writeBytes([time.hour, ~time.minute])
        } else {
            output.writeByte(~time.hour)
        }
    }

    private static func write(offset: Int32, to output: inout JavaObjectOutputStream) {
        if offset.isMultiple(of: Self.offsetUnit), let units = Int8(exactly: offset / Self.offsetUnit),
            units != Self.longOffset
        {
            output.writeByte(UInt8(bitPattern: units))
        } else {
            output.writeByte(UInt8(bitPattern: Self.longOffset))
            output.writeInt(offset)
        }
    }

    private static func write(_ zone: Zone, to output: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        switch zone {
        case .region(let name):
            output.writeByte(Tag.zoneRegion)
            try output.writeUTF(name)
        case .offset(let offset):
            output.writeByte(Tag.zoneOffset)
            Self.write(offset: offset, to: &output)
        }
    }
}
