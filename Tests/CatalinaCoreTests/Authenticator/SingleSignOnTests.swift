import CatalinaSession
import Modeler
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

@Suite struct SingleSignOnTests {
    private static func container(
        _ files: FileTree,
        onEngine: Bool = false,
        hasRealm: Bool = false
    ) async throws -> (container: EmbeddedContainer, valve: SingleSignOn) {
        let valve = SingleSignOn(configuration: .init())
        let container = try EmbeddedContainer()
        if onEngine { container.engine.pipeline.add(valve) } else { container.host.pipeline.add(valve) }
        for name in ["basic", "other"] {
            let json = JSONValue.object(["name": .string(name), "method": .string("BASIC")])
            try await LoginApplication(json).install(in: container, files) { 1 }
        }
        if hasRealm {
            container.engine.base.realm = MemoryRealm(configuration: .init())
        }
        try await container.start()
        return (container, valve)
    }

    private static let credentials = (name: "Authorization", value: "Basic dXNlcjE6cGFzczE=")

    /// The cookie of the sign-on, as it is sent back.
    private static func cookie(_ answer: EmbeddedContainer.Answer) throws -> String {
        let field = try #require(answer.lines.first { $0.hasPrefix("Set-Cookie: JSESSIONIDSSO=") })
        return String(field.dropFirst(12).prefix { $0 != ";" })
    }

    @Test("over TLS the cookie is for secure channels only", arguments: [false, true])
    func secure(isSecure: Bool) async throws {
        let files = try FileTree()
        let (container, _) = try await Self.container(files)
        let answer = await container.send("GET", "/basic/p/show.jsp", [Self.credentials]) { $0.isSecure = isSecure }
        #expect(answer.status == 200)
        let line = try #require(answer.lines.first { $0.contains("JSESSIONIDSSO") })
        #expect(line.contains("; Secure") == isSecure)
        let removal = await container.send("GET", "/basic/show.jsp", [("Cookie", "JSESSIONIDSSO=X")]) {
            $0.isSecure = isSecure
        }
        #expect(try #require(removal["set-cookie"]).contains("; Secure") == isSecure)
    }

    @Test("a valve of the engine serves all hosts")
    func engine() async throws {
        let files = try FileTree()
        let (container, _) = try await Self.container(files, onEngine: true)
        let cookie = try Self.cookie(await container.send("GET", "/basic/p/show.jsp", [Self.credentials]))
        let answer = await container.send("GET", "/other/p/show.jsp", [("Cookie", cookie)])
        #expect(answer.status == 200 && answer.text.contains("u=user1"))
    }

    @Test("an application that stops ends its own sessions alone, and the last one the sign-on")
    func stopped() async throws {
        let files = try FileTree()
        let (container, valve) = try await Self.container(files)
        let cookie = try Self.cookie(await container.send("GET", "/basic/p/show.jsp", [Self.credentials]))
        let id = String(cookie.dropFirst("JSESSIONIDSSO=".count))
        _ = await container.send("GET", "/other/p/show.jsp", [("Cookie", cookie)])
        let entry = try #require(valve.support.cache.entry(id))
        #expect(Set(entry.sessions.map(\.contextName)) == ["/basic", "/other"])
        #expect(entry.sessions.allSatisfy { $0.hostName == "localhost" })
        let contexts = container.host.children
        try await contexts[0].stop()
        #expect(valve.support.cache.entry(id)?.sessions.map(\.contextName) == ["/other"])
        try await contexts[1].stop()
        #expect(valve.support.cache.entry(id) == nil)
    }

    @Test("a request without the cookie is passed on, even with others")
    func passes() async throws {
        let files = try FileTree()
        let (container, _) = try await Self.container(files)
        for cookie in ["a=b", "JSESSIONID=JSESSIONIDSSO", "XJSESSIONIDSSO=1"] {
            let answer = await container.send("GET", "/basic/show.jsp", [("Cookie", cookie)])
            #expect(answer.status == 200 && answer["set-cookie"] == nil && answer.text.contains("u=null"))
        }
    }

    @Test("who is not known and logs out gets no cookie")
    func unknown() async throws {
        let files = try FileTree()
        let (container, _) = try await Self.container(files)
        let answer = await container.send("GET", "/basic/do.jsp?do=logout")
        #expect(answer.status == 200 && answer["set-cookie"] == nil)
    }

    @Test("realms of applications are warned of, and no realm at all", arguments: [false, true])
    func warnings(hasRealm: Bool) async throws {
        let files = try FileTree()
        let (container, _) = try await Self.container(files, hasRealm: hasRealm)
        let text =
            hasRealm
            ? "SSO found a realm defined on context [/other], this will conflict with principals defined in the main"
            : "This SSO [localhost] has no realm associated with it"
        #expect(TestLog.lines(with: text).contains { $0.contains("warning") })
        try await container.engine.stop()
    }

    @Test("a login that cannot be checked again gives way to one that can")
    func update() {
        let entry = SingleSignOnEntry(.init(principal: RealmPrincipal(name: "a", roles: []), authType: "DIGEST"))
        entry.travelling = 1
        #expect(entry.update(.init(principal: nil, authType: "FORM", username: "a", password: "b")))
        #expect(entry.login.password == "b" && entry.travelling == nil)
        #expect(!entry.update(.init(principal: nil, authType: "BASIC", username: "c", password: "d")))
        #expect(entry.login.username == "a")
    }
}
