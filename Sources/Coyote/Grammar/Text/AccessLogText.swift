/// Values as lines of an access log show them.
///
/// Tomcat counterpart: `org.apache.catalina.valves.AbstractAccessLogValve.escapeAndAppend`.
package enum AccessLogText {
    /// What stands in a pair of quotes: a backslash before the quote, or a second quote as in W3C logs.
    package enum QuoteEscape: Sendable, Hashable {
        case backslash
        case doubling
    }

    /// Appends a value; `-` for none and for the empty one.
    ///
    /// Backslashes, quotes and controls are escaped; all beyond printable ASCII is written as `\uxxxx`, one
    /// for each UTF-16 unit, so that no value can end its line or reach a terminal.
    package static func append(_ value: String?, to line: inout LogLine, quotes: QuoteEscape = .backslash) {
        guard let value, !value.isEmpty else {
            line.append(ASCII.hyphen)
            return
        }
        if line.appendPlain(value) { return }
        for unit in value.utf16 {
            guard let byte = UInt8(exactly: unit), byte < 0x7f else {
                line.append(contentsOf: self.unicodeEscape(unit))
                continue
            }
            switch byte {
            case ASCII.backslash: line.append(contentsOf: [ASCII.backslash, ASCII.backslash])
            case ASCII.quote:
                line.append(contentsOf: [quotes == .doubling ? ASCII.quote : ASCII.backslash, ASCII.quote])
            case 0x0c: line.append(contentsOf: [ASCII.backslash, UInt8(ascii: "f")])
            case ASCII.lineFeed: line.append(contentsOf: [ASCII.backslash, UInt8(ascii: "n")])
            case ASCII.carriageReturn: line.append(contentsOf: [ASCII.backslash, UInt8(ascii: "r")])
            case ASCII.tab: line.append(contentsOf: [ASCII.backslash, UInt8(ascii: "t")])
            case 0x20...: line.append(byte)
            default: line.append(contentsOf: self.unicodeEscape(unit))
            }
        }
    }

    /// The escaped value by itself.
    package static func escape(_ value: String?, quotes: QuoteEscape = .backslash) -> String {
        String(decoding: self.octets(value, quotes: quotes), as: UTF8.self)
    }

    /// The octets of the escaped value.
    package static func octets(_ value: String?, quotes: QuoteEscape = .backslash) -> [UInt8] {
        var line = LogLine(capacity: value?.utf8.count ?? 0)
        self.append(value, to: &line, quotes: quotes)
        return line.octets()
    }

    /// `\` `u` and four lower-case hexadecimal digits.
    static func unicodeEscape(_ unit: UInt16) -> [UInt8] {
        [ASCII.backslash, UInt8(ascii: "u")]
            + stride(from: 12, through: 0, by: -4).map { shift in
                HeaderText.hexDigit(UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 0x0f)
            }
    }
}
