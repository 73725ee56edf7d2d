/// The value of `Range`.
///
/// Source: RFC 9110 §14.2 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.Ranges`.
package struct RangeHeader: Sendable, Hashable {
    /// One range; at least one of both is there.
    package struct Entry: Sendable, Hashable {
        /// Nil in a suffix range, whose length `end` then is.
        package let start: Int64?
        /// Included; nil up to the end.
        package let end: Int64?

        package init(start: Int64?, end: Int64?) {
            self.start = start
            self.end = end
        }
    }

    /// In lower case.
    package let units: String
    package let entries: [Entry]

    /// Nil if the value is no range.
    package init?(parsing text: String) {
        var cursor = FieldCursor(text)
        guard let units = cursor.token(), !units.isEmpty, cursor.consume(ASCII.equals) == .found else { return nil }
        var entries: [Entry] = []
        var next = FieldCursor.Match.found
        while next == .found {
            let start = cursor.number()
            guard cursor.consume(ASCII.hyphen) == .found else { return nil }
            let end = cursor.number()
            switch (start, end) {
            case (.value(let start), .missing): entries.append(Entry(start: start, end: nil))
            case (.missing, .value(let end)): entries.append(Entry(start: nil, end: end))
            case (.value(let start), .value(let end)) where start <= end:
                entries.append(Entry(start: start, end: end))
            default: return nil
            }
            next = cursor.consume(ASCII.comma)
        }
        guard next == .atEnd else { return nil }
        self.units = units.asciiLowercased
        self.entries = entries
    }
}
