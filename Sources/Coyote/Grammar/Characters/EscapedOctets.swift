/// Octets in which a marker and two hexadecimal digits stand for any octet, and one other octet for a blank.
///
/// Source: WHATWG URL §5 (`%`, `+`), RFC 2047 §4.2 (`=`, `_`).
enum EscapedOctets {
    /// Nil if an escape is broken.
    static func decode(_ text: Span<UInt8>, marker: UInt8, blank: UInt8) -> [UInt8]? {
        var octets: [UInt8] = []
        octets.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            switch text[index] {
            case blank: octets.append(ASCII.space)
            case marker:
                guard index + 2 < text.count, let first = text[index + 1].hexValue,
                    let second = text[index + 2].hexValue
                else { return nil }
                octets.append(first << 4 | second)
                index += 2
            default: octets.append(text[index])
            }
            index += 1
        }
        return octets
    }
}
