import Glibc

/// Reads the parameters of a request from its query and its body, up to a limit over both.
///
/// Whoever has them read keeps them: they are collected once, where applications see them.
/// Tomcat counterpart: `org.apache.tomcat.util.http.Parameters`.
package struct ParameterReader: Sendable {
    /// How many values are taken (`maxParameterCount`); further ones are left out, a negative limit is none.
    package let limit: Int
    /// How many values were taken.
    package private(set) var count = 0
    /// The first thing that went wrong, if anything did.
    package private(set) var failure: ParameterParseFailure?

    package init(limit: Int = -1) { self.limit = limit }

    /// Hands on the pairs of a query or of an `application/x-www-form-urlencoded` body.
    ///
    /// Pairs without a name or with a broken escape are left out and noted; text that is malformed in the
    /// charset is replaced. `+` is a space.
    /// Source: WHATWG URL §5 | Tomcat counterpart: `Parameters.processParameters`.
    package mutating func read(
        form text: Span<UInt8>,
        charset: Charset = .utf8,
        _ take: (_ name: String, _ value: String) -> Void
    ) {
        var start = 0
        while start < text.count {
            let end = Self.firstIndex(of: UInt8(ascii: "&"), in: text, start..<text.count) ?? text.count
            let equals = Self.firstIndex(of: ASCII.equals, in: text, start..<end)
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
            guard self.admit() else { return }
            take(name, value)
        }
    }

    /// Counts one value that is to be taken.
    ///
    /// - Returns: false at the limit, which is then noted as a failure.
    package mutating func admit() -> Bool {
        guard self.limit < 0 || self.count < self.limit else {
            self.fail(.tooManyParameters)
            return false
        }
        self.count += 1
        return true
    }

    /// Notes that something went wrong; only the first time counts.
    package mutating func fail(_ reason: ParameterParseFailure) {
        if self.failure == nil { self.failure = reason }
    }

    private static func firstIndex(of byte: UInt8, in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        text.extracting(range).withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, let place = memchr(start, Int32(byte), bytes.count) else { return nil }
            return range.lowerBound + (UnsafeRawPointer(place) - start)
        }
    }

    /// Nil if an escape is broken.
    private static func decode(_ text: Span<UInt8>, _ charset: Charset) -> String? {
        if Self.firstIndex(of: ASCII.percent, in: text, text.indices) == nil,
            Self.firstIndex(of: UInt8(ascii: "+"), in: text, text.indices) == nil
        {
            return charset.decode(text)
        }
        guard let octets = EscapedOctets.decode(text, marker: ASCII.percent, blank: UInt8(ascii: "+")) else {
            return nil
        }
        return charset.decode(octets.span)
    }
}
