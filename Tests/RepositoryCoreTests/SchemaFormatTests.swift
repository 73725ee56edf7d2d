import Testing

@testable import RepositoryCore

@Suite struct SchemaFormatTests {
    private static let dates = [
        ("1963-06-19T08:30:06.283185Z", true), ("1963-06-19T08:30:06Z", true), ("1990-12-31T15:59:50.123-08:00", true),
        ("1937-01-01T12:00:27.87+00:20", true), ("1963-06-19t08:30:06z", true), ("1998-12-31T23:59:60Z", true),
        ("1998-12-31T15:59:60.123-08:00", true), ("1998-12-31T23:58:60Z", false), ("1998-12-31T22:59:60Z", false),
        ("1998-12-31T23:59:61Z", false), ("1990-02-31T15:59:59Z", false), ("1990-12-31T15:59:59-24:00", false),
        ("2000-02-29T00:00:00Z", true), ("1900-02-29T00:00:00Z", false), ("2024-02-29T00:00:00Z", true),
        ("1963-06-19T08:30:06.28123+01:00Z", false), ("06/19/1963 08:30:06 PST", false), ("2013-350T01:01:01", false),
        ("1963-6-19T08:30:06.283185Z", false), ("1963-06-1T08:30:06.283185Z", false), ("", false), ("Z", false),
        ("1963-06-1\u{9ea}T00:00:00Z", false), ("1963-06-11T0\u{9ea}:00:00Z", false), ("1963-06-19T08:30:06.Z", false),
        ("1963-06-19T24:00:00Z", false), ("1963-06-19T08:60:00Z", false), ("1963-00-19T08:30:06Z", false),
        ("1963-06-19T08:30:06", false), ("1963-06-19T08:30:06+0100", false), ("1963-06-19T08:30:06+01:60", false),
        ("+1963-06-19T08:30:06Z", false), ("1963-06-19 08:30:06Z", false),
    ]

    private static let mails = [
        ("joe.bloggs@example.com", true), ("te~st@example.com", true), ("~test@example.com", true), ("2962", false),
        ("\"joe bloggs\"@example.com", true), ("\"joe..bloggs\"@example.com", true),
        ("\"joe@bloggs\"@example.com", true),
        ("joe.bloggs@[127.0.0.1]", true), ("joe.bloggs@[IPv6:::1]", true), (".test@example.com", false),
        ("test.@example.com", false), ("te.s.t@example.com", true), ("te..st@example.com", false),
        ("@example.com", false),
        ("joe.bloggs@invalid=domain.com", false), ("joe.bloggs@[127.0.0.300]", false), ("a@", false), ("", false),
        ("a b@example.com", false), ("\"\"@example.com", false), ("\"@example.com", false), ("a@\u{301}b", false),
        ("a@[IPv6:1]", false), ("a@[", false), ("a@b@c", false),
    ]

    private static let hosts = [
        ("www.example.com", true), ("xn--4gbwdl.xn--wgbh1c", true), ("-a-host-name-that-starts-with--", false),
        ("not_a_valid_host_name", false), ("hostname", true), ("h0stn4me", true), ("1host", true), ("-hostname", false),
        ("hostname-", false), ("_hostname", false), ("host_name", false), ("", false), (".", false), ("a..b", false),
        (String(repeating: "a", count: 63) + ".com", true), (String(repeating: "a", count: 64) + ".com", false),
        (Array(repeating: String(repeating: "a", count: 63), count: 4).joined(separator: "."), true),
        (Array(repeating: String(repeating: "a", count: 63), count: 4).joined(separator: ".") + "a", false),
        ("ü.de", false),
        ("[a", false), ("a`", false),
    ]

    private static let addresses = [
        ("192.168.0.1", true), ("127.0.0.0.1", false), ("256.256.256.256", false), ("127.0", false),
        ("0x7f000001", false),
        ("2130706433", false), ("087.10.0.1", false), ("87.10.0.1", true), ("1.2.3.\u{9ea}", false), ("0.0.0.0", true),
        ("1.2.3.", false), ("1..2.3", false), ("", false), ("1.2.3.99999999999999999999", false),
        ("192.168.1.0/24", false),
        ("+1.2.3.4", false), (" 1.2.3.4", false),
    ]

    private static let longAddresses = [
        ("::1", true), ("::abcd", true), ("12345::", false), ("::", true), ("1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1", false),
        ("::laptop", false), (":2:3:4:5:6:7:8", false), ("1:2:3:4:5:6:7:", false), (":2:3:4::8", false),
        ("1:d6::42", true),
        ("1::d6::42", false), ("1::d6:192.168.0.1", true), ("1:2::192.168.256.1", false), ("1::2:192.168.ff.1", false),
        ("::ffff:192.168.0.1", true), ("1:2:3:4:5:6:7:8", true), ("1:2:3:4:5:6:7", false), ("", false), ("1", false),
        ("127.0.0.1", false), ("  ::1", false), ("::1  ", false), ("fe80::/64", false), ("fe80::a%eth1", false),
        ("1:\u{9ea}:3:4:5:6:7:8", false), ("::1\0", false),
    ]

    private static let references = [
        ("http://foo.bar/?baz=qux#quux", true), ("http://foo.com/blah_(wikipedia)_blah#cite-1", true),
        ("http://foo.bar/?q=Test%20URL-encoded%20stuff", true), ("http://xn--nw2a.xn--j6w193g/", true),
        ("http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com", true), ("http://223.255.255.254", true),
        ("ftp://ftp.is.co.za/rfc/rfc1808.txt", true), ("ldap://[2001:db8::7]/c=GB?objectClass?one", true),
        ("mailto:John.Doe@example.com", true), ("news:comp.infosystems.www.servers.unix", true),
        ("tel:+1-816-555-1212", true),
        ("urn:oasis:names:specification:docbook:dtd:xml:4.1.2", true), ("//foo.bar/?baz=qux#quux", false),
        ("/abc", false), ("\\\\WINDOWS\\fileshare", false), ("abc", false), ("http:// shouldfail.com", false),
        (":// should fail", false), ("bar,baz:foo", false), ("https://[@example.org/test.txt", false),
        ("https://example.org/foobar\\.txt", false), ("https://example.org/foobar<>.txt", false),
        ("https://example.org/foobar{}.txt", false), ("https://example.org/foobar^.txt", false), ("", false),
        ("https://example.org/foobar`.txt", false), ("https://example.org/foo bar.txt", false), ("a:%4", false),
        ("http://[::1]:80/", true), ("http://[::1]x/", false), ("http://[::1/", false), ("http://[1]/", false),
        ("http://h:8a/", false), ("http://h:/", true), ("http://a@b@c/", false), ("http://h/[x]", false),
        ("http://h/#a#b", false),
        ("http://h/ü", false), ("a:", true),
    ]

    private static let patterns = [
        ("([abc])+\\s+$", true), ("^(abc]", false), ("(", false), ("", true), ("a{2,1}", false),
    ]

    static let rows: [(SchemaFormat, String, Bool)] =
        Self.dates.map { (.dateTime, $0, $1) } + Self.mails.map { (.email, $0, $1) }
        + Self.hosts.map { (.hostname, $0, $1) } + Self.addresses.map { (.ipv4, $0, $1) }
        + Self.longAddresses.map { (.ipv6, $0, $1) } + Self.references.map { (.uri, $0, $1) }
        + Self.patterns.map { (.regex, $0, $1) }

    @Test("a format admits what its specification does, and nothing else", arguments: rows)
    func admits(format: SchemaFormat, text: String, isAdmitted: Bool) {
        #expect(format.admits(text) == isAdmitted)
    }

    @Test(
        "a violation names the format",
        arguments: ["date-time", "email", "hostname", "ipv4", "ipv6", "uri", "regex"]
    )
    func messages(name: String) throws {
        let format = try #require(SchemaFormat(rawValue: name))
        #expect(format.message(for: "\"x\"").hasPrefix("string \"x\" is "))
    }
}

@Suite struct JSONFilterTests {
    private static let value = #"{"a":{"b":1,"c":[1,{"d":2,"e":3}]},"f":"x","_":0,"g~/":4}"#

    static let rows = [
        ([""], value), (["/f"], #"{"f":"x"}"#), (["/a/b"], #"{"a":{"b":1}}"#),
        (["/a/c/1/d"], #"{"a":{"c":[{"d":2}]}}"#),
        (["/a/c/0", "/f"], #"{"a":{"c":[1]},"f":"x"}"#), (["/a/c/_/e"], #"{"a":{"c":[{"e":3}]}}"#), (["/no"], "{}"),
        (["/a/no"], #"{"a":{}}"#), (["/f/deeper"], "{}"), (["/g~0~1"], #"{"g~/":4}"#), (["/_"], value),
        (["/_/b"], #"{"a":{"b":1}}"#), (["/a/c/9"], #"{"a":{"c":[]}}"#),
    ]

    @Test("only what the pointers reach is left, with what leads there", arguments: rows)
    func prunes(pointers: [String], text: String) throws {
        let filter = try JSONFilter(pointers)
        #expect(filter.prune(try JSONValue(parsing: Self.value)) == (try JSONValue(parsing: text)))
    }

    @Test("without pointers nothing is left; a text that is no pointer is refused")
    func edges() throws {
        #expect(try JSONFilter([]).prune(try JSONValue(parsing: Self.value)) == nil)
        #expect(throws: RepositoryError.self) { try JSONFilter(["/a", "b"]) }
        #expect(throws: RepositoryError.self) { try JSONFilter(["/~2"]) }
    }
}
