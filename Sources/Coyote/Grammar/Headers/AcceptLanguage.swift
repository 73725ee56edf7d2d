/// One member of `Accept-Language`.
///
/// Source: RFC 9110 §12.5.4 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.AcceptLanguage`.
package struct AcceptLanguage: Sendable, Hashable {
    /// With the case of RFC 5646: `de-DE`, `zh-Hant-TW`; `und` for `*` and for what is no tag.
    package let tag: String
    /// Above 0, at most 1.
    package let quality: Double

    package init(tag: String, quality: Double) {
        self.tag = tag
        self.quality = quality
    }

    /// The languages of a field in the order in which they stand; malformed and refused ones are dropped.
    package static func parse(_ value: String) -> [AcceptLanguage] {
        var languages: [AcceptLanguage] = []
        var cursor = FieldCursor(value)
        while true {
            guard let tag = cursor.token() else {
                cursor.skip(past: ASCII.comma)
                continue
            }
            guard !tag.isEmpty else { return languages }
            let quality = cursor.consume(ASCII.semicolon) == .found ? cursor.weight(before: ASCII.comma) : 1
            if quality > 0 { languages.append(AcceptLanguage(tag: LanguageTag.canonical(tag), quality: quality)) }
        }
    }

    /// The tags of all fields, those of a higher quality first, else in the order in which they stand.
    package static func preferred(_ lines: [String]) -> [String] {
        lines.flatMap(Self.parse).enumerated()
            .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }
            .map(\.element.tag)
    }
}
