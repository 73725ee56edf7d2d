/// Java's encoding of text: U+0000 as two bytes, and characters beyond U+FFFF as two surrogates of three bytes each.
///
/// Source: Java Virtual Machine Specification, §4.4.7 | `java.io.DataInput`.
enum ModifiedUTF8 {
    /// Decoded text.
    enum Text: Sendable, Equatable {
        case string(String)
        /// Text that no Swift string holds (a lone surrogate), or that Java's writer would encode otherwise.
        case raw([UInt8])
    }

    private static let leadingSurrogates: ClosedRange<UInt16> = 0xd800...0xdbff
    private static let trailingSurrogates: ClosedRange<UInt16> = 0xdc00...0xdfff

    /// Decodes text; nil for bytes that Java's reader refuses.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> Text? {
        if bytes.allSatisfy({ 1...0x7f ~= $0 }) { return .string(String(decoding: bytes, as: UTF8.self)) }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count)
        var isCanonical = true
        var index = 0
        while index < bytes.count {
            let first = UInt16(bytes[index])
            switch first {
            case 0...0x7f:
                isCanonical = isCanonical && first != 0
                units.append(first)
                index += 1
            case 0xc0...0xdf:
                guard let second = self.continuation(bytes, index + 1) else { return nil }
                let unit = (first & 0x1f) << 6 | second
                isCanonical = isCanonical && (unit == 0 || unit >= 0x80)
                units.append(unit)
                index += 2
            case 0xe0...0xef:
                guard let second = self.continuation(bytes, index + 1),
                    let third = self.continuation(bytes, index + 2)
                else { return nil }
                let unit = (first & 0x0f) << 12 | second << 6 | third
                isCanonical = isCanonical && unit >= 0x800
                units.append(unit)
                index += 3
            default: return nil
            }
        }
        guard isCanonical, self.isWellFormed(units) else { return .raw([UInt8](bytes)) }
        return .string(String(decoding: units, as: UTF16.self))
    }

    /// A readable form of text that no Swift string holds.
    static func repaired(_ bytes: [UInt8]) -> String {
        var units: [UInt16] = []
        var index = 0
        while index < bytes.count {
            let length = bytes[index] < 0x80 ? 1 : bytes[index] < 0xe0 ? 2 : 3
            guard index + length <= bytes.count else { break }
            let mask: UInt16 = length == 1 ? 0x7f : length == 2 ? 0x1f : 0x0f
            units.append(
                bytes[index + 1..<index + length].reduce(UInt16(bytes[index]) & mask) { $0 << 6 | UInt16($1 & 0x3f) }
            )
            index += length
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Whether the text's bytes are those of UTF-8: it has no U+0000 and nothing beyond U+FFFF.
    static func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var others: UInt8 = 0
            for byte in bytes { others |= (byte == 0 ? 1 : 0) | (byte >= 0xf0 ? 1 : 0) }
            return others == 0
        }
    }

    /// How many bytes the text takes.
    static func length(_ text: String) -> Int {
        if self.isPlain(text) { return text.utf8.count }
        var length = 0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 1...0x7f: length += 1
            case 0, 0x80...0x7ff: length += 2
            case 0x800...0xffff: length += 3
            default: length += 6
            }
        }
        return length
    }

    /// The text's bytes, of which there are so many.
    static func encoded(_ text: String, length: Int) -> [UInt8] {
        if self.isPlain(text) { return [UInt8](text.utf8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        for unit in text.utf16 {
            switch unit {
            case 1...0x7f: bytes.append(UInt8(unit))
            case 0, 0x80...0x7ff:
                bytes.append(UInt8(0xc0 | unit >> 6))
                bytes.append(UInt8(0x80 | unit & 0x3f))
            default:
                bytes.append(UInt8(0xe0 | unit >> 12))
                bytes.append(UInt8(0x80 | unit >> 6 & 0x3f))
                bytes.append(UInt8(0x80 | unit & 0x3f))
            }
        }
        return bytes
    }

    private static func continuation(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt16? {
        guard index < bytes.count, bytes[index] & 0xc0 == 0x80 else { return nil }
        return UInt16(bytes[index] & 0x3f)
    }

    private static func isWellFormed(_ units: [UInt16]) -> Bool {
        var index = 0
        while index < units.count {
            if self.leadingSurrogates.contains(units[index]) {
                guard index + 1 < units.count, self.trailingSurrogates.contains(units[index + 1]) else { return false }
                index += 2
            } else if self.trailingSurrogates.contains(units[index]) {
                return false
            } else {
                index += 1
            }
        }
        return true
    }
}
