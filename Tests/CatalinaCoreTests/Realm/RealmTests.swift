import Modeler
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

/// A realm over users that a test makes.
func memoryRealm(_ users: [UserDatabase.User], _ groups: [UserDatabase.Group] = []) -> MemoryRealm {
    let realm = MemoryRealm(configuration: MemoryRealm.Configuration())
    var content = UserDatabase.Content()
    content.users = users
    content.groups = groups
    realm.use(UserDatabase(name: "users", pathname: "") { [content] in content })
    return realm
}

@Suite struct RealmTests {
    static let users = [
        UserDatabase.User(username: "ann", password: "secret", roles: ["a"], groups: ["g"]),
        UserDatabase.User(username: "bob", password: "", roles: []),
    ]
    static let groups = [UserDatabase.Group(name: "g", roles: ["b", "c"])]

    @Test(
        "the right password brings the user with all roles",
        arguments: [
            ("ann", "secret", true), ("ann", "Secret", false), ("ann", "", false), ("Ann", "secret", false),
            ("bob", "", true), ("nobody", "", false), ("nobody", "secret", false),
        ]
    )
    func passwords(name: String, password: String, isRight: Bool) async {
        let realm = memoryRealm(Self.users, Self.groups)
        let principal = await realm.authenticate(name, password)
        #expect((principal != nil) == isRight)
        if name == "ann", isRight { #expect(principal?.roles == ["a", "b", "c"]) }
    }

    @Test("a realm without its users knows nobody, and says that it is not available")
    func unavailable() async {
        let realm = UserDatabaseRealm(configuration: UserDatabaseRealm.Configuration())
        #expect(!realm.isAvailable)
        #expect(await realm.authenticate("ann", "secret") == nil)
    }

    private static let hostless = "the engine", ofHost = "a host", ofContext = "a context of a host"

    @Test(
        "a realm without its database keeps the server from starting, unless it is one of several",
        arguments: [hostless, ofHost, ofContext],
        [false, true]
    )
    func missingDatabase(place: String, isNested: Bool) async throws {
        var configuration = UserDatabaseRealm.Configuration()
        configuration.resourceName = "UserDatabas"
        let missing = UserDatabaseRealm(configuration: configuration)
        let lockOut = LockOutRealm(configuration: LockOutRealm.Configuration())
        lockOut.add(missing)
        let realm: any Realm = isNested ? lockOut : missing
        let engine = StandardEngine(configuration: StandardEngine.Configuration())
        let host = StandardHost(configuration: StandardHost.Configuration())
        let context = StandardContext(configuration: StandardContext.Configuration())
        try engine.attachChild(host)
        try host.attachChild(context)
        let container: any Container = [Self.hostless: engine, Self.ofHost: host][place] ?? context
        container.base.realm = realm
        if isNested {
            try await engine.start()
            #expect(engine.state == .started)
            #expect(!realm.isAvailable)
            try await engine.stop()
        } else {
            let error = await #expect(throws: LifecycleError.self) { try await engine.start() }
            let text = error.map { ExceptionNames.lines(of: $0).joined(separator: "\n") } ?? ""
            #expect(text.contains("No UserDatabase component found under key [UserDatabas]"), "\(text)")
        }
    }

    @Test(
        "users of a database lose and gain roles while they are logged in, unless they are static",
        arguments: [false, true]
    )
    func roles(isStatic: Bool) async throws {
        let content = Mutex<UserDatabase.Content?>(nil)
        let database = UserDatabase(name: "users", pathname: "") { content.withLock { $0.take() } }
        var configuration = UserDatabaseRealm.Configuration()
        configuration.useStaticPrincipal = isStatic
        let realm = UserDatabaseRealm(configuration: configuration)
        realm.use(database)
        content.withLock { content in
            var first = UserDatabase.Content()
            first.users = [UserDatabase.User(username: "ann", password: "secret", roles: ["a"])]
            content = first
        }
        await realm.backgroundProcess()
        let principal = try #require(await realm.authenticate("ann", "secret"))
        #expect(realm.hasRole(principal, "a"))
        content.withLock { content in
            var second = UserDatabase.Content()
            second.users = [UserDatabase.User(username: "ann", password: "other", roles: ["b"])]
            content = second
        }
        await realm.backgroundProcess()
        #expect(realm.hasRole(principal, "a") == isStatic)
        #expect(realm.hasRole(principal, "b") == !isStatic)
        content.withLock { $0 = UserDatabase.Content() }
        await realm.backgroundProcess()
        #expect(realm.hasRole(principal, "a") == isStatic)
    }

    @Test("realms are asked in turn, and a user has the roles of the realm that knew it only")
    func combined() async throws {
        let realm = CombinedRealm(configuration: CombinedRealm.Configuration())
        #expect(!realm.isAvailable)
        #expect(await realm.authenticate("ann", "secret") == nil)
        realm.add(memoryRealm([UserDatabase.User(username: "ann", password: "one", roles: ["a"])]))
        realm.add(memoryRealm([UserDatabase.User(username: "ann", password: "two", roles: ["admin"])]))
        #expect(realm.isAvailable)
        let first = try #require(await realm.authenticate("ann", "one"))
        let second = try #require(await realm.authenticate("ann", "two"))
        #expect(realm.hasRole(first, "a") && !realm.hasRole(first, "admin"))
        #expect(realm.hasRole(second, "admin") && !realm.hasRole(second, "a"))
        #expect(await realm.authenticate("ann", "three") == nil)
        #expect(await realm.principal("ann") == first)
    }

    @Test("a realm for nobody knows nobody")
    func null() async {
        let realm = NullRealm(configuration: NullRealm.Configuration())
        #expect(await realm.authenticate("", "") == nil)
    }

    @Test("what the role * means is one of three words")
    func settings() throws {
        let realm = try CombinedRealm.descriptor.component([
            ("allRolesMode", "authonly"), ("transportGuaranteeRedirectStatus", "307"), ("validate", "false"),
        ])
        #expect(realm.settings.allRolesMode == .authOnly)
        #expect(realm.settings.transportGuaranteeRedirectStatus == 307)
        #expect(!realm.settings.validate)
        #expect(throws: (any Error).self) { try CombinedRealm.descriptor.component([("allRolesMode", "any")]) }
    }
}

/// Milliseconds that a test moves on.
final class HandClock: Sendable {
    private let time = Mutex<Int64>(1_000_000)
    var now: Int64 { self.time.withLock { $0 } }
    func advance(seconds: Int64) { self.time.withLock { $0 += 1000 * seconds } }
}

@Suite struct LockOutRealmTests {
    let clock = HandClock()

    func realm(_ change: (inout LockOutRealm.Configuration) -> Void = { _ in }) -> LockOutRealm {
        var configuration = LockOutRealm.Configuration()
        change(&configuration)
        let realm = LockOutRealm(configuration: configuration) { [clock] in clock.now }
        realm.add(memoryRealm([UserDatabase.User(username: "Ann", password: "secret", roles: ["a"])]))
        return realm
    }

    func fail(_ realm: LockOutRealm, _ times: Int, _ name: String = "Ann") async {
        for _ in 0..<times { #expect(await realm.authenticate(name, "wrong") == nil) }
    }

    @Test("five failures in a row lock a user out for five minutes")
    func lock() async {
        let realm = self.realm()
        await self.fail(realm, 4)
        #expect(await realm.authenticate("Ann", "secret") != nil)
        await self.fail(realm, 4)
        #expect(!realm.isLocked("Ann"))
        await self.fail(realm, 1)
        #expect(realm.isLocked("Ann"))
        #expect(await realm.authenticate("Ann", "secret") == nil)
        self.clock.advance(seconds: 299)
        #expect(await realm.authenticate("Ann", "secret") == nil)
        self.clock.advance(seconds: 1)
        #expect(await realm.authenticate("Ann", "secret") != nil)
        #expect(!realm.isLocked("Ann"))
    }

    @Test("a failure while locked out prolongs it, the right password does not")
    func prolong() async {
        let realm = self.realm()
        await self.fail(realm, 5)
        self.clock.advance(seconds: 200)
        #expect(await realm.authenticate("Ann", "secret") == nil)
        self.clock.advance(seconds: 100)
        #expect(!realm.isLocked("Ann"))
        await self.fail(realm, 5)
        self.clock.advance(seconds: 200)
        await self.fail(realm, 1)
        self.clock.advance(seconds: 200)
        #expect(realm.isLocked("Ann"))
    }

    @Test("after the lock failures are counted from one again")
    func restart() async {
        let realm = self.realm()
        await self.fail(realm, 5)
        self.clock.advance(seconds: 301)
        await self.fail(realm, 4)
        #expect(!realm.isLocked("Ann"))
        await self.fail(realm, 1)
        #expect(realm.isLocked("Ann"))
    }

    @Test("names in another case are the same user, unless that is asked for", arguments: [false, true])
    func cases(isSensitive: Bool) async {
        let realm = self.realm { $0.caseSensitive = isSensitive }
        await self.fail(realm, 3, "Ann")
        await self.fail(realm, 2, "aNN")
        #expect(realm.isLocked("Ann") == !isSensitive)
        #expect(realm.isLocked("ann") == !isSensitive)
    }

    @Test("unknown names are counted, too, and the lock can be lifted")
    func unlock() async {
        let realm = self.realm()
        await self.fail(realm, 5, "nobody")
        #expect(realm.isLocked("nobody"))
        realm.unlock("Nobody")
        #expect(!realm.isLocked("nobody"))
    }

    @Test("beyond the bound the name that failed longest ago is forgotten")
    func bound() async {
        let realm = self.realm {
            $0.cacheSize = 2
            $0.failureCount = 1
        }
        for name in ["a", "b", "a", "c"] {
            self.clock.advance(seconds: 1)
            await self.fail(realm, 1, name)
        }
        #expect(realm.isLocked("a"))
        #expect(!realm.isLocked("b"))
        #expect(realm.isLocked("c"))
    }

    @Test("while the users cannot be asked for nobody is locked out")
    func unavailable() async {
        let realm = LockOutRealm(configuration: LockOutRealm.Configuration()) { 0 }
        realm.add(UserDatabaseRealm(configuration: UserDatabaseRealm.Configuration()))
        for _ in 0..<5 { #expect(await realm.authenticate("Ann", "secret") == nil) }
        #expect(!realm.isLocked("Ann"))
    }

    @Test("wrong answers to a digest challenge count like wrong passwords")
    func digest() async {
        let realm = self.realm()
        var proof = DigestProof(username: "Ann", realm: "r", nonce: "n", function: .md5)
        for _ in 0..<5 { #expect(await realm.authenticate(digest: proof) == nil) }
        #expect(realm.isLocked("Ann"))
        realm.unlock("Ann")
        let user = proof.userDigest(password: "secret", charset: .utf8)
        proof.response = HexText.encode(HashFunction.md5.hash(Array("\(user):n:::auth:".utf8)))
        #expect(await realm.authenticate(digest: proof)?.roles == ["a"])
    }
}
