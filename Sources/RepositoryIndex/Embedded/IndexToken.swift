import RepositoryCore

/// How a token is spelt in the FTS5 table: the field's number in base 36, a letter for the kind, the text.
///
/// The table's tokenizer is FTS5's `ascii` with every printable character declared part of a token, so only
/// control characters separate tokens and only capital letters need care, as that tokenizer folds them. The
/// spelling keeps the order of UTF-8 bytes, so ranges and sorting need no decoding:
///
/// | byte | written |
/// |---|---|
/// | `A` to `Z` | `@a` to `@z` |
/// | `@` | `@` and a space |
/// | a control character | a space |
/// | any other | itself |
enum IndexToken {
    /// What a token says of the field.
    enum Kind: UInt8 {
        /// The field has some token.
        case exists = 0x23  // #
        /// A token of a value.
        case term = 0x3a  // :
        /// The beginning of the sort key, see ``sortPrefix(of:)``.
        case sort = 0x3c  // <
    }

    /// Stands between two tokens of a document, and between the tokens of a phrase.
    static let separator: UInt8 = 0x1f
    /// A token of its own between two values of a field, so that no phrase spans them.
    static let gap: [UInt8] = [UInt8(ascii: "-")]

    /// The characters besides letters and digits that the FTS5 table has to take for parts of tokens.
    static let tokenCharacters = String(
        decoding: (0x20..<0x7f).filter { !Self.isAlphanumeric($0) },
        as: UTF8.self
    )

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }

    static func prefix(_ code: FieldCodes.Code, _ kind: Kind) -> [UInt8] {
        Array(String(code, radix: 36).utf8) + [kind.rawValue]
    }

    static func bytes(_ code: FieldCodes.Code, _ kind: Kind, _ text: String = "") -> [UInt8] {
        var bytes = self.prefix(code, kind)
        self.append(text, to: &bytes)
        return bytes
    }

    static func text(_ code: FieldCodes.Code, _ kind: Kind, _ text: String = "") -> String {
        String(decoding: self.bytes(code, kind, text), as: UTF8.self)
    }

    /// A text that is greater than every token of this field and kind.
    static func end(_ code: FieldCodes.Code, _ kind: Kind) -> String {
        var bytes = self.prefix(code, kind)
        bytes[bytes.count - 1] += 1
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A text that is greater than every token that starts like this one.
    static func end(ofPrefix text: String) -> String { text + "\u{10ffff}" }

    static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { buffer in
            for byte in buffer {
                switch byte {
                case 0x41...0x5a:
                    bytes.append(UInt8(ascii: "@"))
                    bytes.append(byte | 0x20)
                case UInt8(ascii: "@"):
                    bytes.append(byte)
                    bytes.append(0x20)
                case 0..<0x20, 0x7f:
                    bytes.append(0x20)
                default:
                    bytes.append(byte)
                }
            }
        }
    }

    /// The text of a token, without number and kind.
    static func decode(_ token: String, dropping count: Int) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(token.utf8.count)
        var isEscaped = false
        for byte in token.utf8.dropFirst(count) {
            if isEscaped {
                bytes.append(byte == 0x20 ? UInt8(ascii: "@") : byte & ~0x20)
                isEscaped = false
            } else if byte == UInt8(ascii: "@") {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Longest part of a sort key that becomes a token, in bytes of UTF-8; most keys differ by then.
    static let sortPrefixMaximum = 48

    /// The beginning of a sort key that becomes a token.
    static func sortPrefix(of key: String) -> String {
        guard key.utf8.count > self.sortPrefixMaximum else { return key }
        var bytes = Array(key.utf8.prefix(self.sortPrefixMaximum + 1))
        while bytes.removeLast() & 0xc0 == 0x80 {}  // up to the first byte of a character
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the key of a sort token may go on behind it; up to three bytes may be lost to a character's boundary.
    static func maybeCut(sortToken token: String, code: FieldCodes.Code) -> Bool {
        var count = -self.prefix(code, .sort).count
        for byte in token.utf8 where byte != UInt8(ascii: "@") { count += 1 }
        return count > self.sortPrefixMaximum - 4
    }

    /// A 64-bit integer as text whose order is that of the numbers: 20 digits.
    static func number(_ value: Int64) -> String {
        let digits = String(UInt64(bitPattern: value) ^ (1 << 63))
        return String(repeating: "0", count: 20 - digits.utf8.count) + digits
    }
}
