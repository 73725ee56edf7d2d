import Coyote
import TestSupport
import Testing

@Suite struct AuthorityTests {
    /// Offset of the port's colon, -1 without one, nil if refused.
    private static func colonIndex(_ text: String) throws -> Int? {
        let octets = try bytes(latin1: text)
        do throws(AuthorityError) {
            let layout = try Authority.layout(of: octets.span)
            return layout.port == nil ? -1 : layout.hostCount
        } catch {
            return nil
        }
    }

    @Test("hosts are accepted or refused", arguments: Vectors.rows("02/02_host_header.jsonl"))
    func row(_ row: VectorRow) throws {
        let recorded = try row.bool("rejected") ? nil : row.int("colon_index")
        row.expect(try Self.colonIndex(try row.string("input")), equals: recorded)
    }

    @Test("random hosts fare as with the running server", arguments: Vectors.rows("02/recorded_host.jsonl"))
    func recorded(_ row: VectorRow) throws {
        row.expect(try Self.colonIndex(try row.string("input")), equals: row["colon_index"].int)
    }

    @Test(
        "host and port are taken apart",
        arguments: [
            ("a.b:80", "a.b", 80), ("A.b", "A.b", nil), ("[::1]:8443", "[::1]", 8443), ("a:", "a", 0),
            ("a:2147483647", "a", 2_147_483_647), ("1.2.3.4:99999", "1.2.3.4", 99_999),
        ] as [(String, String, Int?)]
    )
    func parts(text: String, host: String, port: Int?) throws {
        let octets = Array(text.utf8)
        let authority = try Authority(parsing: octets.span)
        #expect(authority.host == host)
        #expect(authority.port == port)
    }

    @Test(
        "refusals say why",
        arguments: [
            ("a_b", AuthorityError.neverInDomain(0x5f), "The character [_] is never valid in a domain name."),
            (
                "a..b", .invalidInDomain(0x2e, after: 0x2e),
                "The character [.] is not valid after a period in a domain name."
            ),
            (
                "a-.b", .invalidInDomain(0x2e, after: 0x2d),
                "The character [.] is not valid after a hyphen in a domain name."
            ),
            ("", .empty, nil), (":80", .invalidStart(0x3a), nil), ("a:2147483648", .invalidPort, nil),
            ("a-", .domainEndsWithHyphen, "A domain name may not end with a hyphen."),
            (
                "[::1]x", .invalidAfterIPv6Address(0x78),
                "The character [x] may not follow an IPv6 address in a host name."
            ),
            ("[fe80::1%e]", .neverInIPv6Address(0x25), "The character [%] is never valid in an IPv6 address."),
            ("[::1", .unclosedIPv6Address, "The IPv6 address has no closing bracket."),
            (
                "[1:2]", .malformedIPv6Address,
                "An IPv6 address has eight groups of up to four digits, or fewer and one '::'."
            ),
            ("[::1.2.3]", .malformedIPv4Part, "The IPv4 part of an IPv6 address has four numbers from 0 to 255."),
        ] as [(String, AuthorityError, String?)]
    )
    func messages(text: String, error: AuthorityError, message: String?) {
        let octets = Array(text.utf8)
        #expect(throws: error) { _ = try Authority(parsing: octets.span) }
        #expect(error.message == message)
    }
}
