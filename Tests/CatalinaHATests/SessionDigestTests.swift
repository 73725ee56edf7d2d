import CatalinaCore
import JavaSerialization
import Synchronization
import Testing
import Tribes

@testable import CatalinaHA

@Suite struct SessionDigestTests {
    private let member = Member(host: [10, 0, 0, 1], port: 4000, uniqueID: UniqueID(high: 1, low: 1))

    private func digest(_ sessions: [(String, Int64)], unsure: Set<String> = []) -> SessionDigest {
        var digest = SessionDigest()
        for (id, version) in sessions { digest.add(id, version: version, isUnsure: unsure.contains(id)) }
        return digest
    }

    private func places(_ ids: [String]) -> [Int] { Set(ids.map { SessionDigest.bucket(of: $0) }).sorted() }

    @Test("the order of sessions makes no difference; versions, ids, routes and what is missing do")
    func differences() {
        let one = self.digest([("a", 1), ("b", 2), ("c.x", 3)])
        #expect(one.differences(from: self.digest([("c.x", 3), ("a", 1), ("b", 2)])) == [])
        #expect(one.differences(from: self.digest([("a", 1), ("b", 3), ("c.x", 3)])) == self.places(["b"]))
        #expect(one.differences(from: self.digest([("a", 1), ("b", 2), ("c.y", 3)])) == self.places(["c"]))
        #expect(one.differences(from: self.digest([("b", 2)])) == self.places(["a", "c"]))
        #expect(self.digest([]).differences(from: one) == self.places(["a", "b", "c"]))
    }

    @Test("what was used just now says nothing, on either side")
    func unsure() {
        let one = self.digest([("a", 1), ("b", 2)], unsure: ["a"])
        let other = self.digest([("a", 7), ("b", 7)])
        #expect(one.differences(from: other) == self.places(["b"]))
        #expect(other.differences(from: one) == self.places(["b"]))
    }

    @Test("a digest travels; what is none is refused")
    func wire() throws {
        let digest = self.digest((0..<500).map { ("s\($0)", Int64($0)) }, unsure: ["s7"])
        let bytes = digest.encoded
        #expect(try SessionDigest(bytes) == digest)
        for count in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: JavaSerializationError.self) { try SessionDigest(Array(bytes[..<count])) }
        }
        var stream = JavaObjectOutputStream(capacity: 32)
        stream.writeInt(Int32(SessionDigest.bucketsMaximum + 1))
        let many = stream.finishedBytes()
        #expect(throws: JavaSerializationError.self) { try SessionDigest(many) }
    }

    @Test("only who numbers its changes gets digests, and only as long as it is there")
    func receivers() {
        var agreement = SessionAgreement()
        let before = (1...4).flatMap { _ in agreement.takeReceivers(of: [self.member]) }
        agreement.counts(self.member)
        let counting = (1...4).flatMap { _ in agreement.takeReceivers(of: [self.member]) }
        let alone = agreement.takeReceivers(of: [])
        let after = (1...4).flatMap { _ in agreement.takeReceivers(of: [self.member]) }
        #expect(before.isEmpty)
        #expect(counting == [self.member, self.member])
        #expect(alone.isEmpty && after.isEmpty)
    }

    @Test("a difference counts when it is seen again, and is seen to ever more rarely")
    func patience() {
        var agreement = SessionAgreement()
        let seen = (1...9).filter { _ in agreement.differs(self.member, in: [5]) == [5] }
        #expect(seen == [2, 4, 8])
        let later = [[], [5], [5, 6]].map { agreement.differs(self.member, in: $0) }
        #expect(later == [[], [], [5]])
    }

    private func record(_ version: Int64, _ values: [String: Int32], missing: Int64 = 0) -> SessionRecord {
        let times = SessionRecord.Times(creation: 50, lastAccessed: 90, thisAccessed: 90)
        var record = SessionRecord(id: "s", times: times, maxInactiveInterval: 60, isNew: false, isValid: true)
        record.version = version
        record.attributes = values.map { .init($0.key, .int($0.value)) }
        record.missing = missing
        return record
    }

    @Test("a version that lacks a change takes the place of none that has it; who gets it knows that it lacks one")
    func gaps() throws {
        let manager = try DeltaManager(configuration: DeltaManager.Configuration()) { 1 }
        manager.support.attach(name: "/app", cluster: nil)
        func send(_ record: SessionRecord) throws {
            let payload = try SessionList.encode([record], isCounted: true)
            manager.messageReceived(
                .allSessionData(in: "/app", at: 1, payload: payload, isCounted: true),
                from: self.member
            )
        }
        try send(self.record(5, ["a": 5]))
        try send(self.record(9, ["a": 1, "b": 9], missing: 7))
        let session = try #require(manager.session("s"))
        #expect(session.record.version == 9 && session.isLacking)
        try send(self.record(8, ["a": 8, "b": 2]))
        #expect(!session.isLacking)
        try send(self.record(10, ["a": 1, "c": 10], missing: 8))
        #expect(try session.attribute("a") as? Int32 == 8)
        #expect(manager.backlogs.withLock { $0.missing(SessionKey("s")).contains(self.member) })
    }

    @Test("of many sessions digests are rarer")
    func rarer() {
        var agreement = SessionAgreement()
        agreement.counts(self.member)
        let sent = (1...12).filter { _ in
            !agreement.takeReceivers(of: [self.member], sessions: 2 * SessionAgreement.sessionsPerPeriod).isEmpty
        }
        #expect(sent == [6, 12])
    }

    @Test("what is missing is asked for again, ever more rarely, until it is there")
    func askedAgain() {
        var agreement = SessionAgreement()
        let asked = (1...5).filter { _ in agreement.lacks([SessionKey("s")]) == [SessionKey("s")] }
        #expect(asked == [1, 2, 4])
        let later = [[], [SessionKey("s")]].map { agreement.lacks($0) }
        #expect(later == [[], [SessionKey("s")]])
    }

    @Test(
        "who lacks a session is sent it, when two digests have said so",
        arguments: [0, SessionDigest.sessionsAtOnce]
    )
    func lacking(besides count: Int) async throws {
        let clock = TestNode.Clock()
        let manager = try DeltaManager(configuration: DeltaManager.Configuration()) { clock.now }
        manager.support.attach(name: "/app", cluster: nil)
        try await manager.start()
        _ = try manager.createSession("s.a")
        for index in 0..<count { _ = try manager.createSession("o\(index)") }
        let message = SessionMessage.digest(in: "/app", now: 1, payload: SessionDigest().encoded)
        for _ in 0..<3 { manager.messageReceived(message, from: self.member) }
        await manager.answers.finish()
        #expect(manager.backlogs.withLock { $0.missing(SessionKey("s")) }.isEmpty, "it was used just now")
        clock.advance(seconds: Int(SessionDigest.restAge / 1000))
        manager.messageReceived(message, from: self.member)
        await manager.answers.finish()
        #expect(manager.backlogs.withLock { $0.missing(SessionKey("s")) }.isEmpty)
        manager.messageReceived(message, from: self.member)
        await manager.answers.finish()
        #expect(manager.backlogs.withLock { $0.missing(SessionKey("s")) } == [self.member])
        try await manager.stop()
    }
}
