import Coyote
import TestSupport
import Testing

@Suite struct RequestPathTests {
    /// A row's target as its octets, without a query; a fragment is left to the check of octets that comes first.
    private static func target(_ text: String) -> [UInt8] { Array(text.utf8.prefix { $0 != UInt8(ascii: "?") }) }

    private static func result(
        _ target: [UInt8],
        _ options: RequestPath.Options = .init()
    ) -> Result<RequestPath, RequestPathError> {
        // The connector refuses such octets before it canonicalizes.
        guard RequestTargetCharacters().path.containsAll(of: target.span) || target.contains(UInt8(ascii: "\\")) else {
            return .failure(.notNormalizable)
        }
        do throws(RequestPathError) {
            return .success(try RequestPath.canonicalize(target.span, options))
        } catch {
            return .failure(error)
        }
    }

    private static func path(_ result: Result<RequestPath, RequestPathError>) -> String? {
        guard case .success(let path) = result else { return nil }
        return path.decoded
    }

    @Test("targets are canonicalized or refused", arguments: Vectors.rows("01/01_uri_canonicalization.jsonl"))
    func canonicalization(_ row: VectorRow) throws {
        let text = try row.string("request_target")
        var strict = RequestPath.Options()
        strict.rejectSuspiciousURIs = true
        let whole = text.contains("#") ? Array(text.utf8) : Self.target(text)
        let canonical = try row.string("canonical_path")
        row.expect(
            [Self.path(Self.result(whole)), Self.path(Self.result(whole, strict))],
            equals: [
                row["must_be_400_by_default"].bool == true ? nil : canonical,
                row["must_be_400_when_suspicious_sequences_rejected"].bool == true ? nil : canonical,
            ]
        )
    }

    @Test("decoded paths must be UTF-8", arguments: Vectors.rows("01/01_uri_utf8.jsonl"))
    func utf8(_ row: VectorRow) throws {
        let result = Self.result(Self.target(try row.string("target")))
        if row["status"].int == 400 { #expect(result == .failure(.malformedCharacters)) }
        row.expect(Self.path(result), equals: row["path_info"].string)
    }

    @Test("decoded paths are normalized", arguments: Vectors.rows("01/01_uri_normalize.jsonl"))
    func normalize(_ row: VectorRow) throws {
        row.expect(RequestPath.normalize(try row.string("input")), equals: row["expected"].string)
    }

    @Test("path parameters are taken out", arguments: Vectors.rows("01/01_uri_strip_path_params.jsonl"))
    func stripParameters(_ row: VectorRow) throws {
        let (path, parameters) = RequestPath.strippingParameters(try row.string("input"))
        row.expect(
            [path, "\(!parameters.isEmpty)"],
            equals: [row["expected"].string, "\(try row.bool("has_params"))"]
        )
    }

    @Test("escapes of a target are decoded by policy", arguments: Vectors.rows("01/01_percent_decode_uri.jsonl"))
    func decodePath(_ row: VectorRow) throws {
        var path = Array(try row.string("input").utf8)
        let solidus = try row.value("encoded_slash", as: EncodedSolidusHandling.self)
        let reverse = try row.value("encoded_backslash", as: EncodedSolidusHandling.self)
        let output: String?
        do throws(RequestPathError) {
            try PercentDecoder.decodePath(&path, solidus: solidus, reverseSolidus: reverse)
            output = String(decoding: path, as: UTF8.self)
        } catch {
            output = nil
        }
        row.expect(output, equals: row["output"].string)
    }

    @Test(
        "a dispatcher's path is decoded as the request's",
        arguments: Vectors.rows("01/01_dispatcher_encoded_slash.jsonl")
    )
    func dispatcher(_ row: VectorRow) throws {
        var options = RequestPath.Options()
        options.allowBackslash = true
        options.encodedSolidusHandling = try row.value("encoded_slash", as: EncodedSolidusHandling.self)
        options.encodedReverseSolidusHandling = try row.value("encoded_backslash", as: EncodedSolidusHandling.self)
        let target = Self.target(try row.string("path_info_request"))
        row.expect(Self.path(Self.result(target, options)), equals: row["path_info_dispatcher"].string)
    }

    @Test(
        "suspicious sequences are those of the running server",
        arguments: Vectors.rows("01/recorded_suspicious_uri.jsonl")
    )
    func suspicious(_ row: VectorRow) throws {
        var options = RequestPath.Options()
        options.encodedSolidusHandling = .decode
        options.allowBackslash = true
        let target = Array(try row.string("input").utf8)
        let lax = Self.path(
            Result { () throws(RequestPathError) in try RequestPath.canonicalize(target.span, options) }
        )
        options.rejectSuspiciousURIs = true
        let strict = Result { () throws(RequestPathError) in try RequestPath.canonicalize(target.span, options) }
        row.expect(
            [lax, strict == .failure(.suspicious) ? "suspicious" : nil],
            equals: [row["path"].string, row["suspicious"].bool == true ? "suspicious" : nil]
        )
    }

    @Test(
        "every rejection has Tomcat's message",
        arguments: [
            ("/a%zz", "Invalid URI: [The hexadecimal encoding is invalid]"),
            ("/a%4", "Invalid URI: [End of file (EOF)]"),
            ("/a%2fb", "Invalid URI: [The encoded slash character is not allowed]"), ("/a%5cb", "Invalid URI"),
            ("/a%00", "Invalid URI"), ("/..", "Invalid URI"), ("a", "Invalid URI"), ("", "Invalid URI"), ("/a%ff", nil),
        ]
    )
    func messages(target: String, message: String?) {
        #expect {
            try RequestPath.canonicalize(target)
        } throws: { ($0 as? RequestPathError)?.message == message }
    }

    @Test("an encoded backslash can be refused by itself")
    func encodedReverseSolidus() {
        var options = RequestPath.Options()
        options.encodedReverseSolidusHandling = .reject
        #expect(throws: RequestPathError.encodedReverseSolidus) {
            try RequestPath.canonicalize("/a%5cb", options)
        }
    }

    @Test("the session id is the last of its name and is not decoded")
    func sessionID() throws {
        let path = try RequestPath.canonicalize("/a;jsessionid=1%20/b;x;jsessionid=2.n1;y=")
        #expect(path.decoded == "/a/b")
        #expect(path.parameters.map(\.value) == ["1%20", "2.n1"])
        #expect(path.parameter("jsessionid") == "2.n1")
        #expect(path.parameter("x") == nil)
    }

    @Test("a path in another charset is decoded with it")
    func charset() throws {
        var options = RequestPath.Options()
        options.charset = .isoLatin1
        #expect(try RequestPath.canonicalize("/caf%e9", options).decoded == "/café")
    }

    @Test(
        "a canonical path is returned as it is, and the canonical form is a fixed point",
        arguments: [
            "/", "/a", "/a/", "/a/b.html", "/.well-known/x", "/a/...", "/a/..b", "/a~b!$&'()*+,=:@",
        ]
    )
    func fixedPoint(path: String) throws {
        #expect(try RequestPath.canonicalize(path) == RequestPath.canonicalize(path))
        #expect(try RequestPath.canonicalize(path).decoded == path)
        #expect(RequestPath.normalize(path) == path)
    }

    @Test("no sequence of octets traps, and what is accepted is canonical", arguments: [1, 2, 3, 4] as [UInt64])
    func fuzz(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "/", "//", ".", "..", "%2e", "%2f", "%5c", "\\", ";", "=", "a", "%", "%4", "\u{0}", "%00", "é", "%c3%a9",
        ]
        var options = RequestPath.Options()
        options.allowBackslash = seed.isMultiple(of: 2)
        options.encodedSolidusHandling = .decode
        for _ in 0..<2_000 {
            let target =
                "/"
                + (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                    pieces.randomElement(using: &generator)!
                }.joined()
            guard let path = try? RequestPath.canonicalize(target, options) else { continue }
            #expect(path.decoded.hasPrefix("/"))
            let segments = path.decoded.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            #expect(!segments.dropLast().contains(""), "\(target)")
            #expect(!segments.contains(".") && !segments.contains(".."), "\(target)")
        }
    }
}
