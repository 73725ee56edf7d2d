import CatalinaCore
import CatalinaSession
import JavaSerialization
import ServletAPI
import Synchronization
import Testing
import Tribes

@testable import CatalinaHA

/// What a node holds of each of a hundred thousand sessions.
@Suite struct SessionMemoryTests {
    /// A value of a class of the application's, which listens to nothing.
    private final class Basket: Codable, Sendable {
        let items: Int
        init(_ items: Int) { self.items = items }
    }

    private let manager: DeltaManager
    private let sender = MemberKey(Member(host: [127, 0, 0, 1], port: 1, uniqueID: .zero))

    init() throws {
        self.manager = try DeltaManager(configuration: DeltaManager.Configuration()) { 1_000_000 }
        self.manager.support.attach(name: "/app", cluster: nil)
    }

    private func session(_ id: String = "s.a") throws -> DeltaSession {
        try #require(try self.manager.createSession(id) as? DeltaSession)
    }

    @Test("a session's own object stays in its class of sizes")
    func size() {
        // With two words of the object's and a reference to the manager: 168 octets, the most that a block of 176 holds.
        #expect(MemoryLayout<Mutex<DeltaSession.Protected>>.size <= 144)
        #expect(MemoryLayout<SessionAttribute>.stride <= 24)
    }

    @Test("a session that nobody has logged in to has no extras, also after a request and as a copy")
    func plain() throws {
        let session = try self.session()
        session.access()
        try session.setAttribute("a", "x")
        session.completeAlone(by: .own)
        session.endAccess()
        #expect(session.protected.withLock { $0.extras.isEmpty && $0.changes.isEmpty })
        let copy = try self.session("t.a")
        copy.restore(session.record)
        #expect(copy.protected.withLock { $0.extras.isEmpty })
        let change = SessionChange(author: self.sender, time: 1, isWhole: false, number: 3)
        var delta = DeltaRequest(sessionID: "s.a")
        delta.record(.init(.attribute, "a", .string("y")))
        try copy.apply(delta, change: change)
        #expect(copy.protected.withLock { $0.extras.isEmpty })
        #expect(try copy.attribute("a") as? String == "y")
    }

    @Test("extras come with what needs them, and go with it")
    func extras() throws {
        let session = try self.session()
        session.principal = RealmPrincipal(name: "watcher", roles: ["r"])
        session.authType = "BASIC"
        session.setNote("n", 1)
        session.setNote(DeltaSession.sessionIDNote, "s.a")
        #expect(session.principal?.name == "watcher")
        #expect(session.authType == "BASIC")
        #expect(session.note("n") as? Int == 1)
        let record = session.record
        #expect(record.notes.sessionID == .string("s.a"))
        let copy = try self.session("t.a")
        copy.restore(record)
        #expect(copy.principal?.name == "watcher")
        #expect(copy.note(DeltaSession.sessionIDNote) as? String == "s.a")
        #expect(copy.note("n") == nil)
        session.principal = nil
        session.authType = nil
        session.setNote("n", nil)
        session.setNote(DeltaSession.sessionIDNote, nil)
        #expect(session.protected.withLock { $0.extras.isEmpty })
    }

    @Test("a state that was copied does not change with the session")
    func copies() throws {
        let session = try self.session()
        session.authType = "BASIC"
        let before = session.protected.withLock { $0 }
        session.authType = "FORM"
        #expect(before.identity.authType == "BASIC")
        #expect(session.authType == "FORM")
    }

    @Test("what a node that numbers no changes says is noted in the room that there is")
    func foreign() throws {
        let session = try self.session()
        func place() -> UnsafePointer<SessionExtras.Contents>? {
            session.protected.withLock { $0.extras.box.withUnsafeBufferPointer { $0.baseAddress } }
        }
        func change(_ time: Int64) -> SessionChange {
            SessionChange(author: self.sender, time: time, isWhole: false, number: nil)
        }
        session.protected.withLock { $0.took(change(1)) }
        let first = try #require(place())
        for time in 2...10 { session.protected.withLock { $0.took(change(Int64(time))) } }
        #expect(place() == first)
        #expect(session.protected.withLock { $0.lastForeign?.time } == 10)
    }

    static let values: [(any Sendable, JavaValue, isPlain: Bool)] = [
        ("text", .string("text"), true), (7, .long(7), true), (Int32(7), .int(7), true), (true, .boolean(true), true),
        (1.5, .double(1.5), true), (Int64(7), .long(7), false), (7, .int(7), false), (Int16(7), .short(7), false),
        (Basket(1), .string("text"), false), (["a"], .strings(["a"]), false),
    ]

    @Test("what the Java form says is held once, and is the value that was stored", arguments: values.indices)
    func attributes(index: Int) throws {
        let (value, java, isPlain) = Self.values[index]
        let attribute = SessionAttribute(value, java)
        if case .plain = attribute { #expect(isPlain) } else { #expect(!isPlain) }
        #expect(type(of: attribute.value) == type(of: value))
        #expect(attribute.stored.map { "\($0)" } == "\(value)")
        #expect(attribute.java == java)
        #expect(SessionAttribute.received(java).stored == nil)
    }

    @Test("an object of the application's is the same one as long as it is stored")
    func objects() throws {
        let (session, basket) = (try self.session(), Basket(3))
        try session.setAttribute("basket", basket)
        #expect(try session.attribute("basket") as? Basket === basket)
        try session.setAttribute("text", "x")
        #expect(try session.convertedAttribute("text", as: String.self) == "x")
    }

    @Test("names that many sessions have are held once; there is a limit to them")
    func names() {
        let name = { (number: Int) in String(decoding: Array("a name of an attribute \(number)".utf8), as: UTF8.self) }
        func place(_ text: String) -> UInt { text.utf8.span.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
        #expect(place(SharedNames.shared(name(0))) == place(SharedNames.shared(name(0))))
        #expect(!SharedNames.isWorthSharing("short"))
        #expect(!SharedNames.isWorthSharing(String(repeating: "x", count: SharedNames.lengthMaximum + 1)))
        for number in 0..<(2 * SharedNames.countMaximum) { #expect(SharedNames.shared(name(number)) == name(number)) }
    }
}
