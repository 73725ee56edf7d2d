/// Turns `%xx` into octets.
///
/// Tomcat counterpart: `org.apache.tomcat.util.buf.UDecoder`.
package enum PercentDecoder {
    /// Decodes the path of a request target in place.
    ///
    /// - Throws: ``RequestPathError``; the caller then answers 400.
    package static func decodePath(
        _ path: inout [UInt8],
        solidus: EncodedSolidusHandling,
        reverseSolidus: EncodedSolidusHandling
    ) throws(RequestPathError) {
        guard let first = path.firstIndex(of: ASCII.percent) else { return }
        let keepsPercent = solidus == .passthrough || reverseSolidus == .passthrough
        var end = first
        var index = first
        while index < path.count {
            guard path[index] == ASCII.percent else {
                path[end] = path[index]
                end += 1
                index += 1
                continue
            }
            let octet = try self.octet(path.span, at: index)
            let isKept: Bool
            switch octet {
            case ASCII.slash:
                guard solidus != .reject else { throw .encodedSolidus }
                isKept = solidus == .passthrough
            case ASCII.backslash:
                guard reverseSolidus != .reject else { throw .encodedReverseSolidus }
                isKept = reverseSolidus == .passthrough
            case ASCII.percent: isKept = keepsPercent
            default: isKept = false
            }
            if isKept {
                for offset in 0..<3 { path[end + offset] = path[index + offset] }
                end += 3
            } else {
                path[end] = octet
                end += 1
            }
            index += 3
        }
        path.removeSubrange(end...)
    }

    /// The text that a string with escapes stands for; `+` stays as it is, malformed text is replaced.
    ///
    /// - Throws: ``RequestPathError`` for an escape that is cut short or not hexadecimal.
    package static func decode(_ text: String, charset: Charset = .utf8) throws(RequestPathError) -> String {
        guard text.utf8.contains(ASCII.percent) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var index = 0
        let source = Array(text.utf8)
        while index < source.count {
            if source[index] == ASCII.percent {
                bytes.append(try self.octet(source.span, at: index))
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return charset.decode(bytes.span)
    }

    private static func octet(_ bytes: Span<UInt8>, at index: Int) throws(RequestPathError) -> UInt8 {
        guard index + 2 < bytes.count else { throw .truncatedEscape }
        guard let first = bytes[index + 1].hexValue, let second = bytes[index + 2].hexValue else {
            throw .malformedEscape
        }
        return first << 4 | second
    }
}
