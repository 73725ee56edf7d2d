/// Text inside the quotes of a JSON string.
///
/// Tomcat counterpart: `org.apache.tomcat.util.json.JSONFilter`.
package enum JSONText {
    /// Appends a text; quotes, backslashes and controls are escaped, all else stays.
    package static func append(_ text: String, to json: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case ASCII.quote, ASCII.backslash: json.append(contentsOf: [ASCII.backslash, byte])
            case 0x08: json.append(contentsOf: [ASCII.backslash, UInt8(ascii: "b")])
            case 0x0c: json.append(contentsOf: [ASCII.backslash, UInt8(ascii: "f")])
            case ASCII.lineFeed: json.append(contentsOf: [ASCII.backslash, UInt8(ascii: "n")])
            case ASCII.carriageReturn: json.append(contentsOf: [ASCII.backslash, UInt8(ascii: "r")])
            case ASCII.tab: json.append(contentsOf: [ASCII.backslash, UInt8(ascii: "t")])
            case 0..<0x20: json.append(contentsOf: AccessLogText.unicodeEscape(UInt16(byte)))
            default: json.append(byte)
            }
        }
    }

    /// The escaped text by itself.
    package static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == ASCII.quote || $0 == ASCII.backslash }) else {
            return text
        }
        var json: [UInt8] = []
        json.reserveCapacity(text.utf8.count + 8)
        self.append(text, to: &json)
        return String(decoding: json, as: UTF8.self)
    }
}
