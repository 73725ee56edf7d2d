import Dispatch
import RepositoryCore
import Synchronization
import Testing

@Suite struct AuthenticationTests {
    let memory = MemoryRepository()
    let pauses = Pauses()

    final class Pauses: Sendable {
        let list = Mutex<[Int64]>([])
    }

    func authenticator(_ service: RepositoryService) -> Authenticator {
        Authenticator(service: service) { [pauses] milliseconds in pauses.list.withLock { $0.append(milliseconds) } }
    }

    func addUser(_ service: RepositoryService, _ name: String, _ extra: JSONObject = [:]) async throws -> ObjectID {
        var content: JSONObject = ["username": .string(name), "password": "password1"]
        for (key, value) in extra { content[key] = value }
        return try await service.create(ObjectInput(type: "User", content: .object(content)), as: .admin).id
    }

    @Test(
        arguments: [
            (nil, Credentials.none), ("Basic YWRtaW46c2U6Y3JldA==", .basic(username: "admin", password: "se:cret")),
            ("basic  YTo=", .basic(username: "a", password: "")), ("Basic YWRtaW4=", .malformed),
            ("Basic !!!", .malformed),
            ("Basic /w==", .malformed), ("Bearer abc", .token("abc")), ("Bearer a.b.c", .assertion("a.b.c")),
            ("Bearer", .malformed),
            ("Digest x", .malformed), ("", .malformed),
        ] as [(String?, Credentials)]
    )
    func headers(header: String?, expected: Credentials) {
        #expect(Credentials(header: header) == expected)
    }

    @Test(
        arguments: [
            ("admin", "secret", "admin"), ("ADMIN", "secret", "admin"), ("admin", "wrong", nil),
            ("ann", "password1", "ann"),
            ("ANN", "password1", "ann"), ("test/ann", "password1", "ann"), ("ann", "password2", nil),
            ("nobody", "x", nil), ("ann", "", nil),
            ("gone", "password1", "inactive"), ("forced", "password1", "change"),
        ] as [(String, String, String?)]
    )
    func passwords(username: String, password: String, expected: String?) async throws {
        let service = try await self.memory.service()
        let schema = service.model.types["User"]?.json
        var extended = try #require(schema)
        extended["properties"]?["active"] = ["type": "boolean", "cordra": ["auth": "accountActive"]]
        try await service.setSchema(extended, of: "User", as: .admin)
        var input = ObjectInput(type: "User", content: ["username": "ann", "password": "password1"])
        input.suffix = "ann"
        _ = try await service.create(input, as: .admin)
        _ = try await self.addUser(service, "gone", ["active": false])
        _ = try await self.addUser(service, "forced", ["requirePasswordChange": true])
        let result = try await self.authenticator(service)
            .authenticate(.basic(username: username, password: password))
        switch result {
        case .success(let caller): #expect(caller.username == expected)
        case .failed: #expect(expected == nil)
        case .inactive: #expect(expected == "inactive")
        case .passwordChangeRequired: #expect(expected == "change")
        case .anonymous: Issue.record("anonymous")
        }
    }

    @Test(
        "a refusal costs the same whether or not there is such a user",
        arguments: [("ann", 10_000), ("nobody", 10_000), ("keyed", 10_000), ("admin", 10_000)]
    )
    func refusals(username: String, rounds: Int) async throws {
        let service = try await self.memory.service()
        _ = try await self.addUser(service, "ann")
        let keyed = try await self.addUser(service, "keyed")
        var object = try #require(try await self.memory.object(keyed))
        PasswordHash.remove(from: &object.metadata.internalMetadata)
        try await self.memory.commit(UnitOfWork([.update(object, uploads: [], index: nil)]))
        service.users.clear()
        let before = service.passwords.rounds
        let result = try await self.authenticator(service).authenticate(.basic(username: username, password: "wrong"))
        #expect(result == .failed(isInvalidToken: false))
        #expect(service.passwords.rounds - before == rounds)
    }

    @Test("every hash is computed on the threads for passwords")
    func hashing() async throws {
        let service = try await self.memory.service()
        #expect(service.passwords.rounds == 10_000)
        let id = try await self.addUser(service, "ann")
        #expect(service.passwords.rounds == 20_000)
        var caller = try #require(try await service.users.user(id)).caller
        caller.hasPresentedCredentials = true
        try await service.changePassword(of: caller, to: "password2")
        #expect(service.passwords.rounds == 40_000)
        try await service.setAdminPassword(to: "other", isChange: true)
        #expect(service.passwords.rounds == 60_000)
        let authenticator = self.authenticator(service)
        for _ in 1...2 { _ = try await authenticator.authenticate(.basic(username: "ann", password: "password2")) }
        #expect(service.passwords.rounds == 70_000)
    }

    @Test("a hash under way leaves the thread that asked for it to others", .timeLimit(.minutes(1)))
    @MainActor func hashingElsewhere() async throws {
        struct Gate: EntropySource {
            let semaphore = DispatchSemaphore(value: 0)
            let wasOpened: @Sendable (Bool) -> Void

            func bytes(_ count: Int) -> [UInt8] {
                self.wasOpened(self.semaphore.wait(timeout: .now() + 30) == .success)
                return [UInt8](repeating: 1, count: count)
            }
        }
        let wasFree = Mutex(false)
        let gate = Gate { isOpen in wasFree.withLock { $0 = isOpen } }
        let hashing = Task { @MainActor in try await PasswordThreads().hash(of: "secret", entropy: gate) }
        await Task.yield()
        gate.semaphore.signal()
        #expect(try await hashing.value.matches("secret"))
        #expect(wasFree.withLock { $0 })
    }

    @Test func failuresDelayWhatFollows() async throws {
        let service = try await self.memory.service()
        let authenticator = self.authenticator(service)
        for _ in 0..<9 { _ = try await authenticator.authenticate(.basic(username: "admin", password: "x")) }
        #expect(self.pauses.list.withLock { $0 } == [100, 400, 900, 1600, 2500, 3600, 4900, 5000])
        _ = try await authenticator.authenticate(.basic(username: "Admin", password: "secret"))
        _ = try await authenticator.authenticate(.basic(username: "admin", password: "secret"))
        #expect(self.pauses.list.withLock { $0.count } == 9)
        _ = try await authenticator.authenticate(.basic(username: "admin", password: "x"))
        self.memory.advance(by: 3_600_001)
        #expect(service.backOff.delay(for: "admin") == 0)
    }

    @Test func tokensEndWithDisuse() async throws {
        let service = try await self.memory.service()
        let authenticator = self.authenticator(service)
        let id = try await self.addUser(service, "ann")
        let caller = try #require(try await service.users.user(id)).caller
        let token = service.sessions.create(for: caller)
        #expect(token.count == 32)
        #expect(!token.contains("."))
        for _ in 0..<3 {
            self.memory.advance(by: 29 * 60_000)
            #expect(try await authenticator.authenticate(.token(token)) == .success(caller))
        }
        self.memory.advance(by: 30 * 60_000)
        #expect(try await authenticator.authenticate(.token(token)) == .failed(isInvalidToken: true))
        #expect(try await authenticator.authenticate(.token("nonsense")) == .failed(isInvalidToken: true))
    }

    @Test func tokensEndWithTheAccount() async throws {
        let service = try await self.memory.service()
        let authenticator = self.authenticator(service)
        let id = try await self.addUser(service, "ann")
        let token = service.sessions.create(for: try #require(try await service.users.user(id)).caller)
        try await service.delete(id, as: .admin)
        #expect(try await authenticator.authenticate(.token(token)) == .failed(isInvalidToken: true))
    }

    @Test func passwordsAreKeptChangedAndNeverShown() async throws {
        let service = try await self.memory.service()
        let authenticator = self.authenticator(service)
        let id = try await self.addUser(service, "ann", ["requirePasswordChange": true])
        let object = try #require(try await self.memory.object(id))
        #expect(object.content["password"] == "")
        #expect(object.metadata.internalMetadata["iterations"] == 10_000)
        guard
            case .passwordChangeRequired(let caller) = try await authenticator.authenticate(
                .basic(username: "ann", password: "password1")
            )
        else {
            Issue.record("no change required")
            return
        }
        let same = await failure { try await service.changePassword(of: caller, to: "password1") }
        #expect(same == .badRequest("New password can not be the same as previous password."))
        let short = await failure { try await service.changePassword(of: caller, to: "short") }
        #expect(short == .badRequest("Password is too short. Min length 8 characters"))
        try await service.changePassword(of: caller, to: "password2")
        let now = try await authenticator.authenticate(.basic(username: "ann", password: "password2"))
        #expect(now == .success(caller))
        let old = try await authenticator.authenticate(.basic(username: "ann", password: "password1"))
        #expect(old == .failed(isInvalidToken: false))
        // An update with an empty password keeps it.
        _ = try await service.update(id, ObjectInput(content: ["username": "ann2", "password": ""]), as: .admin)
        guard
            case .success(let renamed) = try await authenticator.authenticate(
                .basic(username: "ann2", password: "password2")
            )
        else {
            Issue.record("password lost")
            return
        }
        #expect(renamed.username == "ann2")
        #expect(await failure { try await service.changePassword(of: .anonymous, to: "password3") }?.status == 403)
    }

    @Test(
        "secrets of loaded users are taken out whatever rule their content breaks",
        arguments: [
            (#"{"username":"ann","password":"password1"}"#, true),
            (#"{"id":1,"username":"ann","password":"password1","requirePasswordChange":"no"}"#, true),
            (#"{"id":"","username":"ann","password":12345678}"#, false),
        ]
    )
    func loadedUsers(content: String, hasPassword: Bool) async throws {
        let service = try await self.memory.service()
        let user: JSONValue = ["id": "x/ann", "type": "User", "content": try JSONValue(parsing: content)]
        try await service.load([user], replacingAll: false)
        let object = try #require(try await self.memory.object(ObjectID("x/ann")))
        #expect(object.content["password"] == "")
        #expect(object.metadata.internalMetadata["username"] == "ann")
        #expect((object.metadata.internalMetadata["hash"] != nil) == hasPassword)
        for query in ["username:ann", "/username:ann"] {
            #expect(try await service.search(SearchRequest(query: query), as: .admin).total == 1, "\(query)")
        }
        for query in ["/password:password1", "/password:12345678"] {
            #expect(try await service.search(SearchRequest(query: query), as: .admin).total == 0, "\(query)")
        }
        guard hasPassword else { return }
        let result = try await self.authenticator(service).authenticate(
            .basic(username: "ann", password: "password1")
        )
        guard case .success(let caller) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(caller.username == "ann")
    }

    @Test func theAdministratorsPassword() async throws {
        let service = try await self.memory.service()
        let authenticator = self.authenticator(service)
        try await service.setAdminPassword(to: "other")
        #expect(
            try await authenticator.authenticate(.basic(username: "admin", password: "secret"))
                == .failed(isInvalidToken: false)
        )
        guard case .success = try await authenticator.authenticate(.basic(username: "admin", password: "other")) else {
            Issue.record("refused")
            return
        }
        #expect(
            await failure { try await service.setAdminPassword(to: "") }
                == .badRequest("Empty admin password is not allowed")
        )
    }

    @Test func anEmptyStoreNeedsAPassword() async throws {
        let error = await failure { _ = try await RepositoryService.start(on: self.memory.dependencies()) }
        #expect(error?.status == 400)
        #expect(try await self.memory.object(.design) == nil)
        let kept = Mutex("")
        let service = try await RepositoryService.start(
            on: self.memory.dependencies(),
            initialization: .init(keepGeneratedPassword: { password in kept.withLock { $0 = password } })
        )
        let password = kept.withLock { $0 }
        #expect(password.count == 24)
        guard
            case .success = try await self.authenticator(service).authenticate(
                .basic(username: "admin", password: password)
            )
        else {
            Issue.record("refused")
            return
        }
        #expect(service.model.types.names == ["CordraDesign", "Document", "Group", "Schema", "User"])
        // The next start finds everything and makes up nothing.
        let again = try await RepositoryService.start(on: self.memory.dependencies())
        #expect(again.model.types.names == service.model.types.names)
    }

    @Test func repoInitIsMergedIntoTheDesign() async throws {
        let json = try JSONValue(
            parsing:
                #"{"adminPassword":"p","prefix":"0.NA/20.5000/","baseUri":"http://h/","design":{"allowInsecureAuthentication":true}}"#
        )
        let service = try await RepositoryService.start(
            on: self.memory.dependencies(),
            initialization: .init(repoInit: RepositoryInit(json: json))
        )
        #expect(service.model.settings.prefix == "20.5000")
        #expect(service.model.settings.ids == ["http://h", "http://h/"])
        #expect(service.model.settings.allowInsecureAuthentication)
        #expect(service.designWithSchemas["schemaIds"]?.object?.count == 3)
    }
}

@Suite struct JSONWebTokenTests {
    /// Made with Python's `cryptography`: a 2,048-bit key and RS256 signatures.
    static let key = JSONWebTokenVectors.key

    @Test(arguments: JSONWebTokenVectors.tokens)
    func verifies(name: String, text: String, isSigned: Bool, isTimely: Bool) throws {
        let key = try #require(JSONWebKey(json: JSONValue(parsing: Self.key)))
        let token = try #require(JSONWebToken(text), "\(name)")
        #expect(token.isSigned(by: key) == isSigned, "\(name)")
        #expect(token.isTimely(at: 1_700_000_000_000, audiences: ["http://h/"]) == isTimely, "\(name)")
    }

    @Test(arguments: ["", "a.b", "a.b.c", "!!.??.--", "e30.e30.e30.e30", "e30.W10."])
    func rejects(text: String) {
        #expect(JSONWebToken(text) == nil)
    }

    @Test func keysAsTextAndOtherKinds() throws {
        #expect(JSONWebKey(json: .string(Self.key)) != nil)
        #expect(JSONWebKey(json: ["kty": "DSA"]) == nil)
        #expect(JSONWebKey(json: ["kty": "RSA", "n": "AQAB", "e": "AQAB"]) == nil)
    }

    @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("??>", "Pz8-")])
    func base64(text: String, expected: String) {
        #expect(Base64.encodeURL(Array(text.utf8)) == expected)
        #expect(Base64.decode(expected) == Array(text.utf8))
    }

    @Test func passwordsOfOldReleases() {
        let salt: [UInt8] = [1, 2, 3, 4]
        let hash = MessageDigest.sha1.derivedKey(password: "x", salt: salt, iterations: 2048, count: 32)
        let json: JSONObject = ["hash": .string(Hex.encode(hash)), "salt": "01020304"]
        #expect(PasswordHash(json: json)?.matches("x") == true)
        #expect(PasswordHash(json: json)?.matches("y") == false)
        // RFC 6070, third row.
        let known = MessageDigest.sha1.derivedKey(
            password: "password",
            salt: Array("salt".utf8),
            iterations: 4096,
            count: 20
        )
        #expect(Hex.encode(known) == "4b007901b765489abead49d926f721d065a429c1")
    }
}
