/// Text from stored data in header fields.
enum HeaderText {
    /// The text with everything outside printable ASCII as question marks, so that no value can end its line.
    static func encode(_ text: String) -> String {
        String(
            decoding: text.unicodeScalars.map { (0x20...0x7e).contains($0.value) ? UInt8($0.value) : 0x3f },
            as: UTF8.self
        )
    }

    /// A `Content-Disposition` with a file name, in UTF-8 as well where it is not Latin-1 (RFC 6266).
    static func disposition(_ kind: String, _ filename: String?) -> String {
        guard let filename else { return kind }
        var plain = ""
        for scalar in filename.unicodeScalars {
            switch scalar {
            case "\"", "\\": plain += "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: plain += "?"
            case _ where scalar.value > 0xff: plain += "?"
            default: plain.unicodeScalars.append(scalar)
            }
        }
        let value = "\(kind);filename=\"\(plain)\""
        guard filename.unicodeScalars.contains(where: { $0.value > 0xff }) else { return value }
        return value + ";filename*=UTF-8''" + self.percentEncoded(filename)
    }

    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var result = ""
        for byte in text.utf8 {
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "!#$&+-.^_`|~".utf8.contains(byte)
            result += isPlain ? String(Unicode.Scalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
        return result
    }
}
