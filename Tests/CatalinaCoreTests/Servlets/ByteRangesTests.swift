import Coyote
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct ByteRangesTests {
    @Test("a Range field selects bytes, or does not", arguments: Vectors.rows("04/04_range.jsonl"))
    func parses(row: VectorRow) {
        let length: Int64 = 934
        var outcome = ByteRanges.parse(row["range"].string ?? "", length: length)
        if let line = row["if_range"].string {
            var conditions = Preconditions()
            conditions.hasRange = true
            conditions.ifRange = [line]
            if let date = HTTPDate.milliseconds(line) { conditions.ifRangeDate = .date(date) }
            // The rows with a strong tag were recorded with useStrongETags.
            let own = line.hasPrefix("\"66cb") ? line : PreconditionsTests.weak
            let validators = Preconditions.Validators(
                eTag: EntityTag(parsing: own),
                lastModified: PreconditionsTests.lastModified
            )
            switch conditions.evaluate(method: "GET", validators) {
            case .proceed(usesRange: false): outcome = .whole
            case .proceed: break
            default: return row.expect(400, equals: row["status"].int ?? 0)
            }
        }
        var found: (status: Int, length: Int64?, ranges: [String]) = (200, length, [""])
        switch outcome {
        case .whole: break
        case .unsatisfiable: found = (416, nil, ["*/934"])
        case .partial(let ranges):
            // Of an answer in several parts the row holds the range of one of them.
            let texts = ranges.map { String(ByteRanges.contentRange($0, of: length).dropFirst("bytes ".count)) }
            found = (206, ranges.count == 1 ? ranges[0].upperBound - ranges[0].lowerBound : nil, texts)
        }
        let recordedLength = row["content_length"].string.flatMap { Int64($0) }
        let agrees =
            found.status == row["status"].int && found.ranges.contains(row["content_range"].string ?? "")
            && (recordedLength == nil || recordedLength == found.length)
        row.expect(agrees, "got \(found)")
    }

    @Test(
        "ranges may overlap once",
        arguments: [
            ("bytes=1-100,30-50", true), ("bytes=1-100,30-50,40-45", false), ("bytes=1-100,200-300,250-260", true),
            ("bytes=1-100,90-150,400-500,450-460", false), ("bytes=0-0,0-0", true), ("bytes=0-0,0-0,0-0", false),
            ("bytes=5-3", false), ("bytes=0-4,5000-6000", false), ("bytes=-0", false), ("bytes=0-,", false),
            ("bytes=0-1 , 3-4", true), ("BYTES=0-1", true), ("bytes=0-9223372036854775807", true),
            ("bytes=-9223372036854775807", true),
        ]
    )
    func limitsOverlaps(field: String, isAccepted: Bool) {
        #expect((ByteRanges.parse(field, length: 1092) != .unsatisfiable) == isAccepted)
    }

    @Test("a file without bytes has no ranges")
    func ignoresEmptyFiles() {
        #expect(ByteRanges.parse("bytes=0-1", length: 0) == .whole)
    }

    @Test("the length of an answer to several ranges counts every byte of it")
    func countsMultipart() {
        let ranges: [Range<Int64>] = [0..<4, 10..<13]
        #expect(ByteRanges.multipartLength(ranges, of: 1092, contentType: "text/html") == 209)
        let without = ByteRanges.partHead(0..<1, of: 5, contentType: nil)
        #expect(without == "\r\n--CATALINA_MIME_BOUNDARY\r\nContent-Range: bytes 0-0/5\r\n\r\n")
    }
}
