/// The host and port that a request is meant for, as `Host` or an absolute target names them.
///
/// Source: RFC 9110 §7.2, RFC 3986 §3.2.2 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.Host`.
package struct Authority: Sendable, Hashable {
    /// As sent: an IPv6 address keeps its brackets, a domain name its case and a final dot.
    package let host: String
    /// Nil without a colon; 0 where nothing follows it.
    package let port: Int?

    /// Where the parts stand in the octets of a valid authority.
    package struct Layout: Sendable, Hashable {
        /// How many octets the host has.
        package let hostCount: Int
        package let port: Int?
    }

    /// - Throws: ``AuthorityError``; the caller then answers 400.
    package init(parsing value: Span<UInt8>) throws(AuthorityError) {
        let layout = try Self.layout(of: value)
        self.host = value.extracting(0..<layout.hostCount).latin1Text
        self.port = layout.port
    }

    /// Checks an authority without taking its text.
    ///
    /// The empty value is refused here; a `Host` field may be empty, which its reader has to check first.
    /// - Throws: ``AuthorityError``; the caller then answers 400.
    package static func layout(of value: Span<UInt8>) throws(AuthorityError) -> Layout {
        guard !value.isEmpty else { throw .empty }
        let hostCount =
            value[0] == UInt8(ascii: "[") ? try IPv6Literal.count(of: value) : try self.domainCount(of: value)
        guard hostCount < value.count else { return Layout(hostCount: hostCount, port: nil) }
        guard value[hostCount] == ASCII.colon else { throw .invalidAfterIPv6Address(value[hostCount]) }
        return Layout(hostCount: hostCount, port: try self.port(value.extracting((hostCount + 1)...)))
    }

    /// How many octets before the colon or the end are a domain name or an IPv4 address.
    ///
    /// Labels begin and end with a letter or a digit; one dot may follow the last.
    private static func domainCount(of value: Span<UInt8>) throws(AuthorityError) -> Int {
        guard value[0].isAlpha || value[0].isDigit else { throw .invalidStart(value[0]) }
        var previous = value[0]
        for index in 1..<value.count {
            let byte = value[index]
            switch byte {
            case _ where byte.isAlpha || byte.isDigit: break
            case ASCII.hyphen:
                guard previous != ASCII.period else { throw .invalidInDomain(byte, after: previous) }
            case ASCII.period:
                guard previous != ASCII.period, previous != ASCII.hyphen else {
                    throw .invalidInDomain(byte, after: previous)
                }
            case ASCII.colon:
                guard previous != ASCII.hyphen else { throw .invalidInDomain(byte, after: previous) }
                return index
            default: throw .neverInDomain(byte)
            }
            previous = byte
        }
        guard previous != ASCII.hyphen else { throw .domainEndsWithHyphen }
        return value.count
    }

    private static func port(_ digits: Span<UInt8>) throws(AuthorityError) -> Int {
        var port = 0
        for index in digits.indices {
            guard digits[index].isDigit else { throw .invalidPort }
            port = port * 10 + Int(digits[index] &- 0x30)
            guard port <= Int(Int32.max) else { throw .invalidPort }
        }
        return port
    }
}
