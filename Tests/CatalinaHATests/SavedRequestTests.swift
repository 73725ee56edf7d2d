import CatalinaCore
import JavaSerialization
import NIOCore
import TestSupport
import Testing
import Tribes

@testable import CatalinaHA

/// The requests that logins interrupt: `saved-request.hex` and `saved-request-plain.hex` are Tomcat 10.1.60's.
@Suite struct SavedRequestTests {
    private static func recorded(_ name: String) throws -> JavaValue {
        let hex = String(decoding: try Vectors.bytes("10/\(name).hex"), as: UTF8.self)
        var stream = try JavaObjectInputStream(try TestSupport.bytes(hex: hex))
        return try stream.readObject()
    }

    @Test("what Tomcat has saved is read, and what is written is read as the same")
    func full() throws {
        let first = try #require(SavedRequest(try Self.recorded("saved-request")))
        let java = try #require(first.java)
        let second = try #require(SavedRequest(java))
        for saved in [first, second] {
            #expect(saved.method == "POST" && saved.requestURI == "/one/p%2Fx" && saved.decodedURI == "/one/p/x")
            #expect(saved.queryString == "a=b" && saved.contentType == "text/plain")
            #expect(saved.maxInactiveInterval == 1800)
            #expect(saved.body == ByteBuffer(string: "hello"))
            let lines = saved.headers.map { "\($0.name): \($0.value)" }.sorted()
            #expect(lines == ["accept-language: de", "x-test: 1", "x-test: 2"])
        }
    }

    @Test("a request that has nothing but its line")
    func plain() throws {
        let recorded = try Self.recorded("saved-request-plain")
        let saved = try #require(SavedRequest(recorded))
        #expect(saved.method == "GET" && saved.requestURI == "/one/x" && saved.body == nil && saved.headers.isEmpty)
        #expect(saved.queryString == nil && saved.maxInactiveInterval == nil)
        #expect(SavedRequest(.string("x")) == nil)
    }

    @Test("cookies are there for Tomcat, apart from the fields")
    func cookies() throws {
        var saved = SavedRequest(requestURI: "/x", decodedURI: "/x", method: "GET")
        saved.headers = [("Cookie", "a=b; c=d=e; $Version=1; nothing")]
        let object = try #require(saved.java?.object)
        let cookies = try #require(object.value("cookies").elements).compactMap(\.object)
        #expect(cookies.map { $0.value("name").string } == ["a", "c"])
        #expect(cookies.map { $0.value("value").string } == ["b", "d=e"])
    }

    @Test("another node has the request that a login interrupted, until the login is done")
    func shared() async throws {
        let nodes = try await TestNode.group(2)
        var saved = SavedRequest(requestURI: "/x", decodedURI: "/x", method: "POST")
        saved.body = ByteBuffer(string: "body")
        let note = SavedRequest.noteName
        let session = try await nodes[0].request { [saved] in $0.setNote(note, saved) }
        let copy = try #require(try await nodes[1].manager.findSession(session.id) as? DeltaSession)
        #expect((copy.note(note) as? SavedRequest)?.body == saved.body)
        _ = try await nodes[1].request(copy) { $0.setNote(note, nil) }
        #expect(session.note(note) == nil)
        try await nodes.stop()
    }
}
