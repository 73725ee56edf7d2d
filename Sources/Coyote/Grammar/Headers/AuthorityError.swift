/// Why the value of `Host`, or the authority of an absolute target, is refused.
package enum AuthorityError: Error, Hashable, Sendable {
    case empty
    case invalidStart(UInt8)
    case neverInDomain(UInt8)
    case invalidInDomain(UInt8, after: UInt8)
    case domainEndsWithHyphen
    /// No number, or one beyond `Int32`.
    case invalidPort
    case neverInIPv6Address(UInt8)
    case invalidAfterIPv6Address(UInt8)
    /// The bracket is not closed.
    case unclosedIPv6Address
    /// Too many or too few groups, misplaced colons, a group of more than four digits.
    case malformedIPv6Address
    /// The dotted quad at the end of an IPv6 address.
    case malformedIPv4Part

    /// The message of the exception report; none where Tomcat has none.
    package var message: String? {
        switch self {
        case .empty, .invalidStart, .invalidPort: nil
        case .neverInDomain(let byte): "The character [\(Self.text(byte))] is never valid in a domain name."
        case .invalidInDomain(let byte, let previous):
            "The character [\(Self.text(byte))] is not valid after a \(Self.name(previous)) in a domain name."
        case .domainEndsWithHyphen: "A domain name may not end with a hyphen."
        case .neverInIPv6Address(let byte):
            "The character [\(Self.text(byte))] is never valid in an IPv6 address."
        case .invalidAfterIPv6Address(let byte):
            "The character [\(Self.text(byte))] may not follow an IPv6 address in a host name."
        case .unclosedIPv6Address: "The IPv6 address has no closing bracket."
        case .malformedIPv6Address: "An IPv6 address has eight groups of up to four digits, or fewer and one '::'."
        case .malformedIPv4Part: "The IPv4 part of an IPv6 address has four numbers from 0 to 255."
        }
    }

    private static func text(_ byte: UInt8) -> String { String(Unicode.Scalar(byte)) }

    private static func name(_ byte: UInt8) -> String { byte == ASCII.period ? "period" : "hyphen" }
}
