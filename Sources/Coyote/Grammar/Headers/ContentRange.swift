/// The value of `Content-Range` in a request that stores part of a file.
///
/// Source: RFC 9110 §14.4 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.ContentRange`.
package struct ContentRange: Sendable, Hashable {
    /// In lower case; a file has `bytes`.
    package let units: String
    package let start: Int64
    /// Included.
    package let end: Int64
    /// Of the complete file, more than `end`.
    package let length: Int64

    /// How many octets the body of the request has to have.
    package var count: Int64 { self.end - self.start + 1 }

    /// Nil if the value is malformed, or if its numbers do not fit each other.
    package init?(parsing text: String) {
        var cursor = FieldCursor(text)
        guard let units = cursor.token(), !units.isEmpty,
            case .value(let start) = cursor.number(), cursor.consume(ASCII.hyphen) == .found,
            case .value(let end) = cursor.number(), cursor.consume(ASCII.slash) == .found,
            case .value(let length) = cursor.number(), cursor.consume(0) == .atEnd
        else { return nil }
        guard start <= end, end < length else { return nil }
        self.units = units.asciiLowercased
        self.start = start
        self.end = end
        self.length = length
    }
}
