/// An IPv6 address in brackets, without a zone.
enum IPv6Literal {
    /// How many octets the literal has that a value begins with, brackets included.
    ///
    /// `::` stands for at least one group of zeros.
    /// Source: RFC 3986 §3.2.2.
    static func count(of value: Span<UInt8>) throws(AuthorityError) -> Int {
        var index = 1
        var groups = 0
        var isCompressed = false
        if self.isDoubleColon(value, at: index) {
            (index, groups, isCompressed) = (index + 2, 1, true)
        }
        while index < value.count, value[index] != UInt8(ascii: "]") {
            let end = try self.endOfGroup(value, from: index)
            if end < value.count, value[end] == ASCII.period {
                guard isCompressed || groups == 6 else { throw .malformedIPv6Address }
                index = try self.endOfIPv4Address(value, from: index)
                groups += 2
                break
            }
            groups += 1
            index = end
            guard index < value.count, value[index] == ASCII.colon else { break }
            if self.isDoubleColon(value, at: index) {
                guard !isCompressed else { throw .malformedIPv6Address }
                (index, groups, isCompressed) = (index + 2, groups + 1, true)
            } else {
                index += 1
                guard index < value.count, value[index] != UInt8(ascii: "]") else { throw .malformedIPv6Address }
            }
        }
        guard index < value.count else { throw .unclosedIPv6Address }
        guard value[index] == UInt8(ascii: "]") else { throw .neverInIPv6Address(value[index]) }
        guard groups == 8 || isCompressed && groups < 8 else { throw .malformedIPv6Address }
        return index + 1
    }

    private static func isDoubleColon(_ value: Span<UInt8>, at index: Int) -> Bool {
        index + 1 < value.count && value[index] == ASCII.colon && value[index + 1] == ASCII.colon
    }

    private static func endOfGroup(_ value: Span<UInt8>, from start: Int) throws(AuthorityError) -> Int {
        var end = start
        while end < value.count, value[end].hexValue != nil { end += 1 }
        guard end > start else {
            throw value[start] == ASCII.colon ? .malformedIPv6Address : .neverInIPv6Address(value[start])
        }
        guard end - start <= 4 else { throw .malformedIPv6Address }
        return end
    }

    /// Four numbers to 255 without leading zeros, up to the closing bracket.
    private static func endOfIPv4Address(_ value: Span<UInt8>, from start: Int) throws(AuthorityError) -> Int {
        var index = start
        for number in 0..<4 {
            if number > 0 {
                guard index < value.count, value[index] == ASCII.period else { throw .malformedIPv4Part }
                index += 1
            }
            let first = index
            var octet = 0
            while index < value.count, value[index].isDigit, octet < 256 {
                octet = octet * 10 + Int(value[index] &- 0x30)
                index += 1
            }
            guard index > first, octet < 256 else { throw .malformedIPv4Part }
            guard index == first + 1 || value[first] != UInt8(ascii: "0") else { throw .malformedIPv4Part }
        }
        guard index == value.count || value[index] == UInt8(ascii: "]") else { throw .malformedIPv4Part }
        return index
    }
}
