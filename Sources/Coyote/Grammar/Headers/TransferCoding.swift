/// One member of `TE`: a transfer coding that the client accepts.
///
/// Source: RFC 9110 §10.1.4 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.TE`.
package struct TransferCoding: Sendable, Hashable {
    package let name: String
    /// Values keep their quotes.
    package let parameters: [String: String]
    /// Above 0, at most 1.
    package let quality: Double

    /// The codings of a field in the order in which they stand; malformed and refused ones are dropped.
    package static func parse(_ value: String) -> [TransferCoding] {
        var codings: [TransferCoding] = []
        var cursor = FieldCursor(value)
        while true {
            guard let name = cursor.token() else {
                cursor.skip(past: ASCII.comma)
                continue
            }
            guard !name.isEmpty else { return codings }
            if let coding = self.coding(named: name, &cursor) { codings.append(coding) }
        }
    }

    private static func coding(named name: String, _ cursor: inout FieldCursor) -> TransferCoding? {
        var parameters: [String: String] = [:]
        var quality = 1.0
        while cursor.consume(ASCII.semicolon) == .found {
            let parameter = cursor.token() ?? ""
            guard cursor.consume(ASCII.equals) == .found,
                let value = cursor.tokenOrQuotedString(keepsQuotes: true), !parameter.isEmpty
            else { continue }
            if parameter == "q" {
                var number = FieldCursor(value)
                quality = number.quality(before: ASCII.comma)
            } else {
                parameters[parameter] = value
            }
        }
        return quality > 0 ? TransferCoding(name: name, parameters: parameters, quality: quality) : nil
    }
}
