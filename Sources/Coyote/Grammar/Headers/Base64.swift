/// Base64 with the standard alphabet.
///
/// Source: RFC 4648 §4.
package enum Base64 {
    /// The octets of a text, nil if it is malformed; the padding may be missing, but not in part.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        var count = text.count
        if count > 0, text[count - 1] == ASCII.equals {
            guard count.isMultiple(of: 4) else { return nil }
            count -= text[count - 2] == ASCII.equals ? 2 : 1
        }
        guard count % 4 != 1 else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(count * 3 / 4)
        var bits: UInt32 = 0
        var bitCount = 0
        for index in 0..<count {
            guard let value = self.value(text[index]) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return octets
    }

    /// The text of these octets, padded.
    package static func encode(_ octets: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((octets.count + 2) / 3 * 4)
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = (0..<3).reduce(UInt32(0)) { bits, offset in
                bits << 8 | (offset < group.count ? UInt32(octets[start + offset]) : 0)
            }
            for offset in 0..<4 {
                let value = UInt8(truncatingIfNeeded: bits >> UInt32(18 - 6 * offset)) & 0x3f
                text.append(offset <= group.count ? self.character(value) : ASCII.equals)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x41...0x5a: character - 0x41
        case 0x61...0x7a: character - 0x61 + 26
        case 0x30...0x39: character - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    private static func character(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: value + 0x41
        case 26..<52: value - 26 + 0x61
        case 52..<62: value - 52 + 0x30
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
