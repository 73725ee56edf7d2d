import Coyote
import TestSupport
import Testing

@Suite struct CookieTests {
    private static func cookies(
        _ fields: [String],
        _ withoutEquals: Rfc6265CookieProcessor.CookiesWithoutEquals,
        limit: Int = -1
    ) throws -> [[String]] {
        var processor = Rfc6265CookieProcessor()
        processor.cookiesWithoutEquals = withoutEquals
        var cookies: [RequestCookie] = []
        for field in fields { try processor.parse(field.utf8.span, into: &cookies, limit: limit) }
        return cookies.map { [$0.name, $0.value] }
    }

    @Test("cookies of a request", arguments: Vectors.rows("02/02_cookie_parse.jsonl"))
    func parse(_ row: VectorRow) throws {
        let cookies = try Self.cookies(
            [try row.string("header")],
            .init(rawValue: try row.string("without_equals")) ?? .name
        )
        row.expect(cookies, equals: try row.array("cookies").compactMap(\.strings))
    }

    @Test("random cookies", arguments: Vectors.rows("02/recorded_cookie_parse.jsonl"))
    func recorded(_ row: VectorRow) throws {
        let header = try row.string("header")
        row.expect(
            [try Self.cookies([header], .name), try Self.cookies([header], .ignore)],
            equals: [try row.array("name").compactMap(\.strings), try row.array("ignore").compactMap(\.strings)]
        )
    }

    @Test("cookies of several fields", arguments: Vectors.rows("02/02_cookie_multi_header.jsonl"))
    func severalFields(_ row: VectorRow) throws {
        let fields = try row.array("headers").compactMap(\.string)
        let cookies = try Self.cookies(fields, row["without_equals"].string == "ignore" ? .ignore : .name)
        row.expect(cookies.map { "\($0[0])=\($0[1])" }.joined(), equals: try row.string("echo"))
    }

    @Test("more cookies than the limit are refused, over all fields")
    func limit() throws {
        #expect(try Self.cookies(["a=1; b=2", "c=3"], .name, limit: 3).count == 3)
        let error = CookieError.tooMany(limit: 2)
        #expect(throws: error) { try Self.cookies(["a=1; b=2", "c=3"], .name, limit: 2) }
        #expect(error.message == "More than the maximum allowed number of cookies, [2], were detected.")
    }

    @Test("octets of names, values, paths and domains", arguments: Vectors.rows("02/02_cookie_chars.jsonl"))
    func octets(_ row: VectorRow) throws {
        let code = UInt8(try row.int("code"))
        row.expect(
            [ByteSet.token, .cookieOctet, .cookieAttribute, .cookieDomain].map { $0.contains(code) },
            equals: try ["name", "value", "path", "domain"].map { try row.bool("allowed_in_\($0)") }
        )
    }

    /// What is generated, or the message of the error.
    @Test(
        "the values of one name are those that reading all cookies gives",
        arguments: [
            "ID=1", "ID=", "ID", "ID=1; ID=2", "ID=1;", " ID=1", "ID =1", "ID= 1", "ID=1 ", "ID=\"1\"", "ID=1\"",
            "ID=1,2",
            "IDX=1", "XID=1", "id=1", "I=1; ID=2; J=3", "ID==", "ID=a=b", "ID=a\u{e9}b", "ID=a b", "ID=\u{7f}", "=1",
            "",
            "ID=0123456789ABCDEF0123456789ABCDEF.n1", "ID=0123456789ABCDEF\\0123456789ABCDEF",
        ]
    )
    func valuesOfOneName(field: String) throws {
        for kind in Rfc6265CookieProcessor.CookiesWithoutEquals.allCases {
            for limit in [-1, 0, 1, 2] {
                var processor = Rfc6265CookieProcessor()
                processor.cookiesWithoutEquals = kind
                let octets = Array(field.utf8)
                let all = Result<[String], CookieError> { () throws(CookieError) in
                    var cookies: [RequestCookie] = []
                    try processor.parse(octets.span, into: &cookies, limit: limit)
                    return cookies.filter { $0.name == "ID" }.map(\.value)
                }
                var values: [String] = []
                let found = Result<[String], CookieError> { () throws(CookieError) in
                    var count = 0
                    try processor.find("ID", in: octets.span, count: &count, limit: limit) { values.append($0) }
                    return values
                }
                switch (all, found) {
                case (.success(let all), .success(let found)): #expect(all == found)
                case (.failure, .failure): break
                default: Issue.record("\(field): \(all), \(found)")
                }
            }
        }
    }

    private static func generate(
        _ name: String,
        _ value: String,
        _ attributes: [(String, String)],
        _ processor: Rfc6265CookieProcessor = .init()
    ) -> (text: String?, error: String?) {
        do throws(CookieError) {
            var cookie = SetCookie(name: name, value: value)
            for (name, value) in attributes { try cookie.setAttribute(name, value) }
            return (try processor.generate(cookie, now: 784_111_777), nil)
        } catch {
            return (nil, error.message)
        }
    }

    @Test("cookies for a client", arguments: Vectors.rows("02/02_cookie_generate.jsonl"))
    func generate(_ row: VectorRow) throws {
        let cookie = row["cookie"]
        let attributes = (cookie["attributes"].object ?? [:]).map { ($0, $1.string ?? "") }
        var text = Self.generate(cookie["name"].string ?? "", cookie["value"].string ?? "", attributes).text
        // The rows were recorded without the Expires of the moment.
        if text?.contains("; Max-Age=100") == true {
            #expect(text?.hasSuffix("; Expires=Sun, 06 Nov 1994 08:51:17 GMT") == true)
            text = text?.replacing("; Expires=Sun, 06 Nov 1994 08:51:17 GMT", with: "")
        }
        row.expect(text, equals: row["set_cookie"].string)
    }

    @Test("attributes and defaults of the processor", arguments: Vectors.rows("02/recorded_cookie_generate.jsonl"))
    func attributes(_ row: VectorRow) throws {
        var processor = Rfc6265CookieProcessor()
        processor.sameSiteCookies = row["same_site"].string.flatMap { .init(rawValue: $0) } ?? .unset
        processor.partitioned = try row.bool("partitioned")
        let attributes = try row.array("attributes").map { ($0[0].string ?? "", $0[1].string ?? "") }
        let result = Self.generate(row["cookie"][0].string ?? "", row["cookie"][1].string ?? "", attributes, processor)
        row.expect([result.text, result.error], equals: [row["set_cookie"].string, row["error"].string])
    }

    @Test("an age beyond all dates expires at the last of them")
    func largestAge() {
        let text = Self.generate("a", "b", [("Max-Age", "\(Int.max)")]).text
        #expect(text == "a=b; Max-Age=\(Int.max); Expires=Fri, 31 Dec 9999 23:59:59 GMT")
    }

    @Test("attributes are refused that are none")
    func invalidAttributes() throws {
        var cookie = SetCookie(name: "a", value: "b")
        #expect(throws: CookieError.invalidAttributeName("x y")) { try cookie.setAttribute("x y", "") }
        #expect(throws: CookieError.invalidAttributeName("")) { try cookie.setAttribute("", "") }
        #expect(throws: CookieError.invalidAttributeValue(name: "Max-Age", value: "x")) {
            try cookie.setAttribute("Max-Age", "x")
        }
        try cookie.setAttribute("x", "1")
        try cookie.setAttribute("X", "2")
        #expect(cookie.otherAttributes.map(\.value) == ["2"])
    }
}
