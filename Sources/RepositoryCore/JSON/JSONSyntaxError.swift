/// Why a text is not JSON, with the byte at which that showed.
package enum JSONSyntaxError: Error, Equatable, Sendable {
    case unexpectedEnd(offset: Int)
    case unexpectedByte(UInt8, offset: Int)
    case trailingData(offset: Int)
    case badNumber(offset: Int)
    case badEscape(offset: Int)
    case unpairedSurrogate(offset: Int)
    case invalidUTF8(offset: Int)
    case controlCharacterInString(offset: Int)
    case tooDeep(offset: Int)
    case tooLarge(size: Int)

    /// Byte position in the text, counted from 0.
    package var offset: Int {
        switch self {
        case .unexpectedEnd(let offset), .unexpectedByte(_, let offset), .trailingData(let offset),
            .badNumber(let offset), .badEscape(let offset), .unpairedSurrogate(let offset),
            .invalidUTF8(let offset), .controlCharacterInString(let offset), .tooDeep(let offset):
            offset
        case .tooLarge: 0
        }
    }
}

extension JSONSyntaxError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unexpectedEnd(let offset): "JSON ends too early at byte \(offset)"
        case .unexpectedByte(let byte, let offset): "unexpected \(Self.name(byte)) in JSON at byte \(offset)"
        case .trailingData(let offset): "unexpected text after the JSON value at byte \(offset)"
        case .badNumber(let offset): "malformed number in JSON at byte \(offset)"
        case .badEscape(let offset): "malformed escape sequence in JSON at byte \(offset)"
        case .unpairedSurrogate(let offset): "unpaired surrogate in JSON at byte \(offset)"
        case .invalidUTF8(let offset): "JSON is not valid UTF-8 at byte \(offset)"
        case .controlCharacterInString(let offset): "unescaped control character in JSON at byte \(offset)"
        case .tooDeep(let offset): "JSON is nested too deeply at byte \(offset)"
        case .tooLarge(let size): "JSON of \(size) bytes is too large"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        (0x21...0x7e).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }
}
