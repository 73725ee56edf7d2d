extension Parameters {
    /// Takes the pairs of a query or of an `application/x-www-form-urlencoded` body.
    ///
    /// Pairs without a name or with a broken escape are left out and noted; text that is malformed in the
    /// charset is replaced. `+` is a space.
    /// Source: WHATWG URL §5 | Tomcat counterpart: `Parameters.processParameters`.
    package mutating func decode(form text: Span<UInt8>, charset: Charset = .utf8) {
        var start = 0
        while start < text.count {
            var end = start
            var equals: Int?
            while end < text.count, text[end] != UInt8(ascii: "&") {
                if equals == nil, text[end] == ASCII.equals { equals = end }
                end += 1
            }
            let pair = start..<end
            start = end + 1
            guard !pair.isEmpty else { continue }
            guard equals != pair.lowerBound else {
                self.fail(.noName)
                continue
            }
            let nameEnd = equals ?? pair.upperBound
            let valueStart = equals.map { $0 + 1 } ?? pair.upperBound
            guard let name = Self.decode(text.extracting(pair.lowerBound..<nameEnd), charset),
                let value = Self.decode(text.extracting(valueStart..<pair.upperBound), charset)
            else {
                self.fail(.urlDecoding)
                continue
            }
            guard self.append(name, value) else { return }
        }
    }

    /// Octets that stand for something else.
    private static let special = ByteSet("%+")

    /// Nil if an escape is broken.
    private static func decode(_ text: Span<UInt8>, _ charset: Charset) -> String? {
        var isPlain = true
        for index in text.indices where self.special.contains(text[index]) {
            isPlain = false
            break
        }
        if isPlain { return charset.decode(text) }
        guard let octets = EscapedOctets.decode(text, marker: ASCII.percent, blank: UInt8(ascii: "+")) else {
            return nil
        }
        return charset.decode(octets.span)
    }
}
