import Glibc

/// Moments as operators' tools expect them, in the local time zone.
package enum DateText {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// As Java's `Date.toString`: `Sat Nov 21 09:54:59 UTC 2026`.
    package static func java(milliseconds: Int64) -> String {
        let time = self.local(milliseconds)
        let zone = time.tm_zone.map { String(cString: $0) } ?? ""
        return "\(self.weekdays[Int(time.tm_wday)]) \(self.months[Int(time.tm_mon)]) \(self.two(time.tm_mday)) "
            + "\(self.clock(time)) \(zone) \(time.tm_year + 1900)"
    }

    /// `2026-11-21 09:55:00.240`.
    package static func stamp(milliseconds: Int64) -> String {
        let time = self.local(milliseconds)
        let fraction = String(((milliseconds % 1000) + 1000) % 1000 + 1000).dropFirst()
        return "\(time.tm_year + 1900)-\(self.two(time.tm_mon + 1))-\(self.two(time.tm_mday)) "
            + "\(self.clock(time)).\(fraction)"
    }

    /// `21-Nov-2026 09:55:00`.
    static func seconds(milliseconds: Int64) -> String {
        let time = self.local(milliseconds)
        return "\(self.two(time.tm_mday))-\(self.months[Int(time.tm_mon)])-\(time.tm_year + 1900) \(self.clock(time))"
    }

    private static func local(_ milliseconds: Int64) -> tm {
        var seconds = time_t(milliseconds.quotientAndRemainder(dividingBy: 1000).quotient)
        var time = tm()
        localtime_r(&seconds, &time)
        return time
    }

    private static func clock(_ time: tm) -> String {
        "\(self.two(time.tm_hour)):\(self.two(time.tm_min)):\(self.two(time.tm_sec))"
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : String(number) }
}
