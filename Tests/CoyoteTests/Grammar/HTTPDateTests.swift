import Coyote
import TestSupport
import Testing

@Suite struct HTTPDateTests {
    @Test("dates in every format, and what is none", arguments: Vectors.rows("02/recorded_dates.jsonl"))
    func parse(_ row: VectorRow) throws {
        let recorded = row["milliseconds"].double
        row.expect(HTTPDate.parse(try row.string("input")).map { Double($0) * 1000 } ?? -1, equals: recorded)
    }

    @Test(
        "dates are written as RFC 1123 says",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (10, "Thu, 01 Jan 1970 00:00:10 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
        ] as [(Int64, String)]
    )
    func format(seconds: Int64, text: String) {
        #expect(HTTPDate.format(seconds) == text)
        #expect(HTTPDate.parse(text) == seconds)
        #expect(HTTPDate.format(milliseconds: seconds * 1000 + 999) == text)
        #expect(HTTPDate.milliseconds(text) == seconds * 1000)
        #expect(HTTPDate.octets(seconds).count == HTTPDate.count)
    }

    @Test("what is written is read back", arguments: [7, 8, 9] as [UInt64])
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let seconds = Int64.random(in: -62_135_596_800...253_402_300_799, using: &generator)
            #expect(HTTPDate.parse(HTTPDate.format(seconds)) == seconds)
        }
    }

    @Test("years that four digits cannot say are written as the nearest", arguments: [Int64.min, .max])
    func extremes(number: Int64) {
        let nearest = number < 0 ? "Mon, 01 Jan 0001 00:00:00 GMT" : "Fri, 31 Dec 9999 23:59:59 GMT"
        #expect(HTTPDate.format(number) == nearest)
        #expect(HTTPDate.format(milliseconds: number) == nearest)
    }

    @Test("the cache follows the clock in both directions")
    func cache() {
        var cache = HTTPDateCache()
        for second in [0, 0, 1, 1, 0] as [Int64] {
            #expect(cache.octets(at: second) == HTTPDate.octets(second))
        }
    }
}
