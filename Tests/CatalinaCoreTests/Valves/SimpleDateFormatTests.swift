import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct SimpleDateFormatTests {
    /// 2026-11-08T04:05:06.007Z, a Sunday.
    static let moment: Int64 = 1_794_110_706_007

    @Test(
        "letters stand for the parts of a moment",
        arguments: [
            ("yyyy-MM-dd", "2026-11-08"), ("yy.M.d", "26.11.8"),
            ("dd/MMM/yyyy:HH:mm:ss Z", "08/Nov/2026:04:05:06 +0000"),
            ("EEE, EEEE", "Sun, Sunday"), ("MMMM", "November"), ("H:m:s.S", "4:5:6.7"),
            ("HH:mm:ss.SSS", "04:05:06.007"),
            ("h a", "4 AM"), ("k K", "4 4"), ("D DDD", "312 312"), ("u", "7"), ("z", "UTC"), ("X XX XXX", "Z Z Z"),
            ("'o''clock' ''", "o'clock '"), (".yyyy-MM-dd.HH", ".2026-11-08.04"), ("", ""), ("yyyyy", "02026"),
        ]
    )
    func formats(pattern: String, expected: String) throws {
        let format = try #require(SimpleDateFormat(pattern, isUTC: true))
        #expect(format.format(milliseconds: Self.moment) == expected)
    }

    @Test(
        "hours of half a day are counted from 12 or 0",
        arguments: [(0, "12 AM 24 0"), (12, "12 PM 12 0"), (13, "1 PM 13 1")]
    )
    func countsHours(hour: Int64, expected: String) throws {
        let format = try #require(SimpleDateFormat("h a k K", isUTC: true))
        #expect(format.format(milliseconds: hour * 3_600_000) == expected)
    }

    @Test(
        "a letter without meaning, or a quote left open, is no format",
        arguments: ["b", "yyyy-MM-ddTHH", "'open", "Q"]
    )
    func refuses(pattern: String) {
        #expect(SimpleDateFormat(pattern) == nil)
    }

    @Test("moments before 1970 are moments as well")
    func goesBack() throws {
        let format = try #require(SimpleDateFormat("yyyy-MM-dd HH:mm:ss.SSS", isUTC: true))
        #expect(format.format(milliseconds: -1) == "1969-12-31 23:59:59.999")
    }
}
