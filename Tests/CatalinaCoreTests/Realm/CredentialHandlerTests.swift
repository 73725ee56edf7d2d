import Modeler
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

@Suite struct CredentialHandlerTests {
    @Test("stored passwords match as in Tomcat", arguments: Vectors.rows("10/10_credentials.jsonl"))
    func recorded(row: VectorRow) throws {
        let handler = try Self.handler(row)
        let (password, stored) = (try row.string("password"), try row.string("stored"))
        let outcome = [handler.matches(password, stored: stored), handler.matches(password + "x", stored: stored)]
        row.expect(outcome, equals: [try row.bool("matches"), try row.bool("matches_wrong")])
    }

    @Test("hexadecimal digests match, in any case", arguments: Vectors.rows("10/10_prefixed_digests.jsonl"))
    func hexadecimal(row: VectorRow) throws {
        let handler = try Self.messageDigest(row.string("digest"))
        let (password, stored) = (try row.string("password"), try row.string("digested_password"))
        row.expect(
            handler.matches(password, stored: stored) && handler.matches(password, stored: stored.uppercased()),
            "does not match"
        )
    }

    private static func handler(_ row: VectorRow) throws -> any CredentialHandler {
        let algorithm = try row.string("algorithm")
        guard algorithm.hasPrefix("PBKDF2") else {
            var configuration = MessageDigestCredentialHandler.Configuration()
            configuration.algorithm = try HashFunction(attributeText: algorithm)
            configuration.encoding = try #require(Charset(name: try row.string("encoding")))
            return MessageDigestCredentialHandler(configuration: configuration)
        }
        var configuration = SecretKeyCredentialHandler.Configuration()
        configuration.algorithm = try SecretKeyCredentialHandler.Derivation(attributeText: algorithm)
        return SecretKeyCredentialHandler(configuration: configuration)
    }

    static func messageDigest(_ algorithm: String) throws -> MessageDigestCredentialHandler {
        var configuration = MessageDigestCredentialHandler.Configuration()
        configuration.algorithm = try HashFunction(attributeText: algorithm)
        return MessageDigestCredentialHandler(configuration: configuration)
    }

    // As `slappasswd -h` makes them of the word password.
    @Test(
        "base64 digests of directories match",
        arguments: [
            ("MD5", "{MD5}X03MO1qnZdYdgyfeuILPmQ==", true),
            ("SHA", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", true),
            ("SHA", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g", false),
            ("SHA", "{SSHA}yI6cZwQadOA1e+/f+T+H3eCQQhRzYWx0", true),
            ("SHA", "{SSHA}yI6cZwQadOA1e+/f+T+H3eCQQhRzYWx1", false),
            ("SHA", "{SSHA}c2hvcnQ=", false),
            ("SHA", "{SSHA}***", false),
        ]
    )
    func base64(algorithm: String, stored: String, matches: Bool) throws {
        let handler = try Self.messageDigest(algorithm)
        #expect(handler.matches("password", stored: stored) == matches)
    }

    @Test(
        "a stored password of another form matches nothing",
        arguments: ["", "$", "$$", "ab$1", "ab$x$cd", "xy$1$cd", "ab$1$xy", "ab$1$", "abc$1$cd", "5f4d"]
    )
    func malformed(stored: String) throws {
        #expect(!(try Self.messageDigest("MD5")).matches("password", stored: stored))
        #expect(!SecretKeyCredentialHandler().matches("password", stored: stored))
    }

    @Test(
        "what a handler makes it accepts",
        arguments: ["MD5", "SHA-1", "SHA-256", "SHA-512", "SHA-512/256", "SHA3-256"],
        [0, 1, 16]
    )
    func roundTrip(algorithm: String, saltLength: Int) throws {
        for iterations in [1, 3] {
            for isReversed in [false, true] {
                var configuration = MessageDigestCredentialHandler.Configuration()
                configuration.algorithm = try HashFunction(attributeText: algorithm)
                configuration.salt.iterations = iterations
                configuration.salt.saltLength = saltLength
                configuration.digestInRfc3112Order = isReversed
                let handler = MessageDigestCredentialHandler(configuration: configuration)
                let stored = try #require(handler.mutate("pässword"))
                #expect(stored.contains("$") == (saltLength > 0 || iterations > 1))
                #expect(handler.matches("pässword", stored: stored))
                #expect(!handler.matches("password", stored: stored))
            }
        }
    }

    @Test("without an algorithm passwords are stored in clear")
    func clear() {
        let handler = MessageDigestCredentialHandler()
        #expect(handler.matches("secret", stored: "secret"))
        #expect(!handler.matches("secret", stored: "Secret"))
        #expect(!handler.matches("", stored: "secret"))
        #expect(handler.matches("", stored: ""))
        #expect(!handler.isSlow(against: "a$100000$b"))
    }

    @Test("derived keys have the length that is asked for, and need salt")
    func derived() throws {
        var configuration = SecretKeyCredentialHandler.Configuration()
        configuration.algorithm = try SecretKeyCredentialHandler.Derivation(attributeText: "PBKDF2WithHmacSHA256")
        configuration.keyLength = 128
        configuration.salt.iterations = 2
        configuration.salt.saltLength = 4
        let stored = try #require(SecretKeyCredentialHandler(configuration: configuration).mutate("secret"))
        let parts = stored.split(separator: "$")
        #expect(parts.map(\.utf8.count) == [8, 1, 32])
        configuration.salt.saltLength = 0
        #expect(SecretKeyCredentialHandler(configuration: configuration).mutate("secret") == nil)
    }

    // RFC 6070 and RFC 7914 §11.
    @Test(
        "PBKDF2 agrees with its test vectors",
        arguments: [
            (HashFunction.sha1, "password", "salt", 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"),
            (.sha1, "password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1"),
            (.sha256, "passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"),
        ]
    )
    func vectors(function: HashFunction, password: String, salt: String, iterations: Int, key: String) {
        let length = key.utf8.count / 2
        let derived = function.derivedKey(
            password: Array(password.utf8),
            salt: Array(salt.utf8),
            iterations: iterations,
            length: length
        )
        #expect(derived.map(HexText.encode) == key)
    }

    @Test("of several handlers any may match, and the first makes new passwords")
    func nested() throws {
        let handler = NestedCredentialHandler()
        #expect(handler.mutate("password") == nil)
        #expect(!handler.matches("password", stored: "password"))
        handler.add(try Self.messageDigest("MD5"))
        handler.add(SecretKeyCredentialHandler())
        let stored = "5f4dcc3b5aa765d61d8327deb882cf99"
        #expect(handler.matches("password", stored: stored))
        #expect(handler.matches("password", stored: try #require(SecretKeyCredentialHandler().mutate("password"))))
        #expect(try #require(handler.mutate("password")).split(separator: "$").count == 3)
        #expect(handler.isSlow(against: nil))
        #expect(!handler.isSlow(against: stored))
    }

    @Test("many rounds count as slow, and are checked all the same")
    func slow() async throws {
        var configuration = MessageDigestCredentialHandler.Configuration()
        configuration.algorithm = .sha256
        configuration.salt.iterations = 1000
        let handler = MessageDigestCredentialHandler(configuration: configuration)
        let stored = try #require(handler.mutate("secret"))
        #expect(handler.isSlow(against: stored))
        #expect(handler.isSlow(against: nil))
        #expect(await handler.verify("secret", stored: stored))
        #expect(await !handler.verify("Secret", stored: stored))
        #expect(await !handler.verify("secret", stored: nil))
    }

    @Test("an algorithm or charset that is not known is refused")
    func attributes() throws {
        #expect(throws: AttributeError.self) {
            try MessageDigestCredentialHandler.descriptor.component([("algorithm", "PBKDF2WithHmacSHA1")])
        }
        #expect(throws: AttributeError.self) {
            try MessageDigestCredentialHandler.descriptor.component([("encoding", "nonsense")])
        }
        #expect(throws: AttributeError.self) {
            try SecretKeyCredentialHandler.descriptor.component([("algorithm", "SHA-1")])
        }
        let handler = try MessageDigestCredentialHandler.descriptor.component([
            ("algorithm", "sha"), ("encoding", "ISO-8859-1"), ("iterations", "3"), ("saltLength", "4"),
        ])
        #expect(handler.configuration.algorithm == .sha1)
        #expect(handler.configuration.encoding == .isoLatin1)
        #expect(handler.configuration.salt.iterations == 3)
        #expect(handler.configuration.salt.saltLength == 4)
    }
}

@Suite struct ConstantTimeTests {
    @Test(
        "equality is equality",
        arguments: [
            ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "", false), ("", "a", false),
            ("ab", "abab", false), ("abab", "ab", false), ("ab", "aB", false), ("aaaa", "a", false),
        ]
    )
    func equality(left: String, right: String, isEqual: Bool) {
        #expect(ConstantTime.areEqual(left, right) == isEqual)
    }

    @Test("hexadecimal digits are read in both cases, and nothing else")
    func hexadecimal() {
        #expect(HexText.encode([0x00, 0x9f, 0xff]) == "009fff")
        #expect(HexText.decode("009fFF") == [0x00, 0x9f, 0xff])
        #expect(HexText.decode("") == [])
        #expect(HexText.decode("0") == nil)
        #expect(HexText.decode("0g") == nil)
        #expect(HexText.decode("ä") == nil)
    }
}
