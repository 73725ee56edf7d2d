import Modeler
import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

@Suite struct DigestLoginTests {
    @Test(
        "each count of a nonce may come once, a little out of order",
        arguments: Vectors.rows("10/10_digest_auth_nonce_count.jsonl")
    )
    func window(row: VectorRow) throws {
        var window = NonceWindow(size: try row.int("window_size"))
        let accepted = try row.array("nonce_count_sequence").compactMap(\.int).map { window.accept($0) }
        row.expect(accepted, equals: try row.array("expected_responses").compactMap(\.bool))
    }

    @Test(
        "a client logs in with an algorithm that the server offers and the password is stored for",
        arguments: Vectors.rows("10/10_digest_auth_algorithms.jsonl")
    )
    func algorithms(row: VectorRow) async throws {
        let name = try row.string("client_algorithm").replacing("_", with: "-")
        let algorithm = try #require(DigestAlgorithm(rawValue: name))
        let user = try row.string("user")
        let realm: MemoryRealm
        if try row.bool("digest_password") {
            var proof = DigestProof(username: user, realm: "Authentication required", nonce: "", function: .md5)
            proof.function = algorithm.function
            let stored = proof.userDigest(password: "password", charset: .utf8)
            realm = memoryRealm([UserDatabase.User(username: user, password: stored, roles: ["r"])])
            var configuration = MessageDigestCredentialHandler.Configuration()
            configuration.algorithm = algorithm.function
            realm.use(MessageDigestCredentialHandler(configuration: configuration))
        } else {
            realm = memoryRealm([UserDatabase.User(username: user, password: "password", roles: ["r"])])
        }
        var digest = AuthenticatorConfiguration.Digest()
        digest.algorithms = try row.string("server_algorithms").split(separator: ",")
            .map { try #require(DigestAlgorithm(rawValue: String($0))) }
        let server = try await DigestServer(digest, realm)
        let challenge = try #require(await server.ask()["www-authenticate"])
        let answer = await server.answer(challenge, user: user, algorithm)
        row.expect(answer.status == 200, equals: try row.bool("auth_expected"))
    }

    @Test("a nonce that is too old is stale: the right password gets another chance, the wrong one does not")
    func stale() async throws {
        var digest = AuthenticatorConfiguration.Digest()
        digest.nonceValidity = 1000
        let server = try await DigestServer(digest, Self.realm)
        let challenge = try #require(await server.ask()["www-authenticate"])
        #expect(await server.answer(challenge).status == 200)
        server.clock.advance(seconds: 1)
        #expect(await server.answer(challenge, count: 2).status == 200)
        server.clock.advance(seconds: 1)
        let old = await server.answer(challenge, count: 3)
        #expect(old.status == 401)
        #expect(old["www-authenticate"]?.contains("stale=true") == true)
        let wrong = await server.answer(challenge, password: "wrong", count: 4)
        #expect(wrong["www-authenticate"]?.contains("stale") == false)
        let fresh = try #require(old["www-authenticate"])
        #expect(await server.answer(fresh).status == 200)
    }

    @Test("a nonce belongs to the address that it was made for")
    func address() async throws {
        let server = try await DigestServer(AuthenticatorConfiguration.Digest(), Self.realm)
        let challenge = try #require(await server.ask()["www-authenticate"])
        #expect(await server.answer(challenge, address: "127.0.0.2").status == 401)
        #expect(await server.answer(challenge).status == 200)
    }

    @Test("a nonce that another server made with the same key is stale, with another key worthless")
    func key() async throws {
        var digest = AuthenticatorConfiguration.Digest()
        digest.key = "k"
        digest.opaque = "o"
        let first = try await DigestServer(digest, Self.realm)
        let second = try await DigestServer(digest, Self.realm)
        digest.key = "l"
        let third = try await DigestServer(digest, Self.realm)
        let challenge = try #require(await first.ask()["www-authenticate"])
        #expect(await second.answer(challenge)["www-authenticate"]?.contains("stale=true") == true)
        #expect(await third.answer(challenge)["www-authenticate"]?.contains("stale") == false)
    }

    @Test("attributes are read, and algorithms outside the RFC refused as a whole")
    func attributes() throws {
        var builder = try #require(
            AuthenticatorSettings.descriptors.first { $0.className.hasSuffix("DigestAuthenticator") }
        ).instantiate()
        try builder.set("algorithms", to: "SHA-512-256,MD5")
        #expect(throws: (any Error).self) { try builder.set("algorithms", to: "SHA-256,SHA-1") }
        try builder.set("nonceValidity", to: "1")
        let settings = try #require(try builder.build() as? AuthenticatorSettings)
        #expect(settings.configuration.digest.algorithms == [.sha512of256, .md5])
        #expect(settings.configuration.digest.nonceValidity == 1)
        #expect(!settings.configuration.cache)
    }

    static var realm: MemoryRealm {
        memoryRealm([UserDatabase.User(username: "user", password: "password", roles: ["r"])])
    }
}

@Suite struct NonceTableTests {
    @Test("times of nonces are never the same")
    func times() {
        var table = NonceTable(capacity: 2, windowSize: 4)
        #expect([5, 5, 3, 9].map { table.uniqueTime($0) } == [5, 6, 7, 9])
    }

    @Test("the oldest nonce makes room for a new one")
    func bound() {
        var table = NonceTable(capacity: 2, windowSize: 4)
        let dropped = (1...5).map { table.insert("n\($0)", time: Int64($0)) }
        #expect(dropped == [nil, nil, 1, 2, 3])
        #expect(table.count == 2)
        #expect(table.accept(1, of: "n3") == nil)
        #expect(table.accept(1, of: "n4") == true)
        #expect(table.accept(1, of: "n4") == false)
    }

    @Test("a removed nonce is not missed when room is made")
    func removal() {
        var table = NonceTable(capacity: 2, windowSize: 4)
        for number in 1...2 { _ = table.insert("n\(number)", time: Int64(number)) }
        table.remove("n1")
        #expect(table.insert("n3", time: 3) == nil)
        #expect(table.insert("n4", time: 4) == 2)
        for number in 5...1000 {
            _ = table.insert("n\(number)", time: Int64(number))
            table.remove("n\(number)")
        }
        #expect(table.count <= 2)
    }
}

/// An application behind digest authentication, and a client that can answer its challenges.
struct DigestServer {
    let container: EmbeddedContainer
    let clock: HandClock

    init(_ settings: AuthenticatorConfiguration.Digest, _ realm: any Realm) async throws {
        let clock = HandClock()
        self.clock = clock
        self.container = try EmbeddedContainer()
        let files = try FileTree()
        let context = try await self.container.add(path: "", documentBase: files.path) { model, classes in
            model.servlets = [ServletDefinition(name: "ok", className: "ok")]
            model.servletMappings = [(pattern: "/*", servletName: "ok")]
            classes.servlets["ok"] = { ClosureServlet { _, response in try await response.write("OK") } }
        }
        context.base.realm = realm
        var model = ApplicationModel()
        model.securityConstraints = [LoginApplication.constraint("/*", roles: ["r"])]
        var configuration = AuthenticatorConfiguration(method: "DIGEST")
        configuration.digest = settings
        let valve = AuthenticatorValve(
            DigestLogin(settings, now: { clock.now * 1_000_000 }),
            model: model,
            configuration: configuration,
            constraints: SecurityConstraints(model.securityConstraints, applicationRoles: ["r"])
        )
        context.pipeline.add(valve)
        try await self.container.start()
    }

    func ask() async -> EmbeddedContainer.Answer { await self.container.send("GET", "/x") }

    func answer(
        _ challenge: String,
        user: String = "user",
        password: String = "password",
        _ algorithm: DigestAlgorithm = .md5,
        count: Int = 1,
        address: String = "127.0.0.1"
    ) async -> EmbeddedContainer.Answer {
        let given = Dictionary(challenge.matches(of: /(\w+)="([^"]*)"/).map { (String($0.1), String($0.2)) }) { $1 }
        let hash = { (text: String) in HexText.encode(algorithm.function.hash(Array(text.utf8))) }
        let digits = String(count, radix: 16)
        let nonceCount = String(repeating: "0", count: 8 - digits.utf8.count) + digits
        let (realm, nonce, opaque) = (given["realm"] ?? "", given["nonce"] ?? "", given["opaque"] ?? "")
        let response = hash(
            hash("\(user):\(realm):\(password)") + ":\(nonce):\(nonceCount):c:auth:" + hash("GET:/x")
        )
        let field =
            "Digest username=\"\(user)\", realm=\"\(realm)\", nonce=\"\(nonce)\", uri=\"/x\", response=\"\(response)\","
            + " opaque=\"\(opaque)\", qop=auth, nc=\(nonceCount), cnonce=\"c\", algorithm=\(algorithm.rawValue)"
        return await self.container.send("GET", "/x", [(name: "authorization", value: field)]) { request in
            request.addresses.remoteAddress = address
        }
    }
}
