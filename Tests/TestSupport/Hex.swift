/// Bytes written as hexadecimal digits; blanks between them are ignored.
///
/// - Throws: ``VectorError`` for anything else, and for an odd number of digits.
package func bytes(hex text: String) throws -> [UInt8] {
    let digits = text.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
    guard digits.count.isMultiple(of: 2) else { throw VectorError.unexpected("odd number of digits in \(text)") }
    return try stride(from: 0, to: digits.count, by: 2).map { index in
        let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
        guard let byte = UInt8(pair, radix: 16), pair.allSatisfy(\.isHexDigit) else {
            throw VectorError.unexpected("no hexadecimal digits: \(pair)")
        }
        return byte
    }
}

/// The bytes of a row's string: one character is one byte (ISO-8859-1).
package func bytes(latin1 text: String) throws -> [UInt8] {
    try text.unicodeScalars.map { scalar in
        guard let byte = UInt8(exactly: scalar.value) else { throw VectorError.unexpected("no byte: \(scalar)") }
        return byte
    }
}
