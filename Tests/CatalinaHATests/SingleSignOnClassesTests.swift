import CatalinaCore
import JavaSerialization
import NIOCore
import ServletAPI
import Testing
import Tribes

@testable import CatalinaHA

@Suite struct SingleSignOnClassesTests {
    private static func entry(_ name: String) throws -> SingleSignOnEntry {
        let message = try MapMessage(.object(try Recording(name).object))
        return try Self.entry(of: try #require(message.value))
    }

    private static func entry(of bytes: [UInt8]) throws -> SingleSignOnEntry {
        var stream = try JavaObjectInputStream(bytes)
        return try SingleSignOnEntry(try #require(try stream.readObject().object))
    }

    @Test("a sign-on of Tomcat's is read, and goes on as it came", arguments: ["sso-copy-1", "sso-copy-2"])
    func entries(name: String) throws {
        let entry = try Self.entry(name)
        let again = try Self.entry(of: Array(try entry.encoded().readableBytesView))
        for entry in [entry, again] {
            #expect(entry.login.principal?.name == "joe")
            #expect((entry.login.principal as? RealmPrincipal)?.roles == ["r1", "r2"])
            #expect(entry.login.authType == "NONE")
            #expect(entry.login.username == "joe")
            #expect(!entry.login.canReauthenticate)
            #expect(entry.sessions.count == (name == "sso-copy-1" ? 0 : 1))
            #expect(entry.sessions.allSatisfy { $0.contextName == "/demo" && $0.hostName == "localhost" })
        }
        #expect(entry.sessions == again.sessions)
        #expect(entry.login.password == again.login.password)
    }

    @Test("a sign-on without user, name and password is read as it was written")
    func empty() throws {
        let entry = SingleSignOnEntry(.init(principal: nil, authType: nil))
        let again = try Self.entry(of: Array(try entry.encoded().readableBytesView))
        #expect(again.login.principal == nil)
        #expect(again.login.authType == nil && again.login.username == nil && again.login.password == nil)
    }

    @Test("a listener is what Tomcat writes")
    func listeners() throws {
        let delta = try DeltaRequest(try #require(try Recording("sso-session-delta").message.payload))
        let recorded = try #require(delta.actions.first { $0.subject == .listener }?.value)
        let listener = try #require(SingleSignOnListener(recorded))
        #expect(listener.id == "483DF128CED2E6CDCC37DD65B2148EF9")
        #expect(listener.isReplicated)
        #expect(try listener.java?.stream() == recorded.stream())
        #expect(SingleSignOnListener(JavaValue.string("x")) == nil)
    }

    @Test("another object is refused")
    func refused() throws {
        let stream = try JavaValue.string("x").stream()
        #expect(throws: (any Error).self) { try ReplicatedSignOns().makeValue(stream, key: "k") }
        let other = try Recording("ctx-copy").object
        #expect(throws: JavaSerializationError.self) { _ = try SingleSignOnEntry(other) }
    }
}
