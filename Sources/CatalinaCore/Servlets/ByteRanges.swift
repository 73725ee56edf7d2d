import Coyote

/// Which bytes of a file a `Range` field asks for.
///
/// Source: RFC 9110 §14 | Tomcat counterpart: `DefaultServlet.parseRange`.
enum ByteRanges {
    /// Separates the parts of an answer to several ranges.
    static let boundary = "CATALINA_MIME_BOUNDARY"
    /// Pairs of ranges that may overlap; a request with more is taken for an attack.
    static let overlapsMaximum = 1

    enum Outcome: Equatable {
        /// The field does not count: the whole file is the answer.
        case whole
        /// One or more ranges, in the order asked for.
        case partial([Range<Int64>])
        /// 416
        case unsatisfiable
    }

    /// Reads a field for a file of some length.
    ///
    /// Complexity: one comparison per pair of ranges, until the second overlap is found.
    static func parse(_ field: String, length: Int64) -> Outcome {
        guard length > 0, !field.isEmpty else { return .whole }
        guard let header = RangeHeader(parsing: field) else { return .unsatisfiable }
        guard header.units == "bytes" else { return .whole }
        var ranges: [Range<Int64>] = []
        var overlaps = 0
        for entry in header.entries {
            guard let range = self.range(entry, length: length) else { return .unsatisfiable }
            for other in ranges where other.overlaps(range) {
                overlaps += 1
                guard overlaps <= self.overlapsMaximum else { return .unsatisfiable }
            }
            ranges.append(range)
        }
        return .partial(ranges)
    }

    private static func range(_ entry: RangeHeader.Entry, length: Int64) -> Range<Int64>? {
        guard let start = entry.start else {
            guard let suffix = entry.end, suffix > 0 else { return nil }
            return max(0, length - suffix)..<length
        }
        guard start < length else { return nil }
        return start..<min(entry.end.map { $0 < .max ? $0 + 1 : $0 } ?? length, length)
    }

    /// The value of `Content-Range` for one range.
    static func contentRange(_ range: Range<Int64>, of length: Int64) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
    }

    /// What precedes a range's bytes in an answer to several.
    static func partHead(_ range: Range<Int64>, of length: Int64, contentType: String?) -> String {
        let type = contentType.map { "Content-Type: \($0)\r\n" } ?? ""
        return "\r\n--\(self.boundary)\r\n\(type)Content-Range: \(self.contentRange(range, of: length))\r\n\r\n"
    }

    /// What ends an answer to several ranges.
    static let end = "\r\n--\(boundary)--"

    /// The length of the whole answer to several ranges.
    static func multipartLength(_ ranges: [Range<Int64>], of length: Int64, contentType: String?) -> Int64 {
        ranges.reduce(Int64(self.end.utf8.count)) { sum, range in
            sum + Int64(self.partHead(range, of: length, contentType: contentType).utf8.count)
                + (range.upperBound - range.lowerBound)
        }
    }
}
