import Coyote
import TestSupport
import Testing

/// Octets that no well-meaning peer sends: no reader may trap, whatever it makes of them.
@Suite struct HostileInputTests {
    /// Texts of random octets, of pieces of real ones, and of real ones with octets changed.
    private static func texts(seed: UInt64, count: Int) -> [[UInt8]] {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "Digest ", "Basic ", "bytes=", "W/", "\"", "\\", ";", ",", "=", "q=", "0.5", "[::", "]", ":", "1.2.3.4",
            "%", "%2f", "&",
            "en-", "-x-", "text/html", "charset=", "Sun, 06 Nov 1994 08:49:37 GMT", "u=3", "?1", "(", ")",
            "99999999999999999999",
            "=?utf-8?b?", "?=", "UTF-8''", "é", "\u{0}", "\t", " ", "*", "-", "..", "/", "a",
        ]
        return (0..<count).map { index in
            if index.isMultiple(of: 4) {
                return (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                    .random(in: 0...255, using: &generator)
                }
            }
            var octets: [UInt8] = []
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                octets += pieces.randomElement(using: &generator)!.utf8
            }
            if index.isMultiple(of: 3), !octets.isEmpty {
                octets[.random(in: 0..<octets.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            return octets
        }
    }

    @Test("readers of fields survive", arguments: [21, 22, 23] as [UInt64])
    func fields(seed: UInt64) {
        for octets in Self.texts(seed: seed, count: 3_000) {
            let text = String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
            _ = try? Authority(parsing: octets.span)
            _ = MediaType(parsing: text)?.text
            _ = RangeHeader(parsing: text)
            _ = ContentRange(parsing: text)
            _ = EntityTagCondition(parsing: text)
            _ = EntityTag(parsing: text)
            _ = BasicCredentials(parsing: "Basic " + text, trims: true)
            _ = DigestCredentials(parsing: text)
            _ = AcceptLanguage.parse(text)
            _ = LanguageTag.canonical(text)
            _ = TransferCoding.parse(text)
            _ = UpgradeProtocol.parse([text, text])
            _ = Priority(parsing: text)
            _ = HTTPDate.parse(text).map { HTTPDate.format($0) }
            _ = TokenList(parsing: [text])
            _ = VaryHeader.adding("a", to: [text])
            _ = MultipartParser.boundary(ofContentType: "multipart/form-data;" + text)
            _ = HeaderText.printable(octets.span)
        }
    }

    @Test("readers of targets, cookies and forms survive", arguments: [31, 32, 33] as [UInt64])
    func bodies(seed: UInt64) {
        var options = RequestPath.Options()
        options.encodedSolidusHandling = .passthrough
        options.encodedReverseSolidusHandling = .passthrough
        for octets in Self.texts(seed: seed, count: 3_000) {
            let target = [ASCII.slash] + octets
            _ = try? RequestPath.canonicalize(target.span)
            _ = try? RequestPath.canonicalize(target.span, options)
            var cookies: [RequestCookie] = []
            try? Rfc6265CookieProcessor().parse(octets.span, into: &cookies, limit: 3)
            #expect(cookies.count <= 3)
            for charset in Charset.allCases {
                var (reader, count) = (ParameterReader(limit: 2), 0)
                reader.read(form: octets.span, charset: charset) { _, _ in count += 1 }
                #expect(count <= 2 && reader.count == count)
            }
            let text = String(decoding: octets, as: UTF8.self)
            _ = try? PercentDecoder.decode(text)
            _ = RequestPath.normalize(text)
            _ = RequestPath.strippingParameters(text)
            _ = AccessLogText.escape(text)
            _ = JSONText.escape(text)
            _ = PercentEncoder.query.encode(text, charset: .isoLatin1)
            var parser = ChunkExtensionParser()
            for octet in octets where parser.accept(octet) != .more { break }
        }
    }
}
