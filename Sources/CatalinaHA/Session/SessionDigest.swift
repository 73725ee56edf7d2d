import CatalinaCore
import CatalinaSession
import JavaSerialization
import Synchronization
import Tribes

/// All sessions of one node in short: their ids and the numbers of their last changes, in buckets.
///
/// What was used just now, or changed by a node that numbers no changes, may rightly differ from node to node: its
/// bucket says nothing then.
/// Shape on the wire, a stream of its own: number of buckets that are not empty (`int`), then of each its place (`int`),
/// whether it says something (`boolean`) and the sum (`long`).
struct SessionDigest: Equatable, Sendable {
    /// What a bucket holds.
    enum Bucket: Equatable, Sendable {
        case unsure
        case sum(UInt64)
    }

    static let bucketsMaximum = 256
    /// How long a session is one that was used just now, in milliseconds.
    static let restAge: Int64 = 5_000
    /// Texts that are looked at, in bytes.
    static let textMaximum = 128
    /// Sessions of which a digest is made where it is needed; of more it is made beside the channel's work.
    static let sessionsAtOnce = 4_096

    /// Those that are not empty.
    private(set) var buckets: [Int: Bucket] = [:]

    init() {}

    /// Adds a session; `isUnsure` if it may rightly differ on another node.
    mutating func add(_ id: String, version: Int64, contents: @autoclosure () -> UInt64 = 0, isUnsure: Bool) {
        let place = Self.bucket(of: SessionKey(id).text)
        if isUnsure { self.buckets[place] = .unsure }
        guard case .sum(let sum) = self.buckets[place] ?? .sum(0) else { return }
        self.buckets[place] = .sum(sum &+ Self.hash(id, UInt64(bitPattern: version) &+ contents()))
    }

    /// An attribute in short, where that costs little: of others only the name.
    static func hash(_ name: String, _ value: JavaValue) -> UInt64 {
        if let number = value.int { return Self.hash(name, UInt64(bitPattern: Int64(number)) | 1 << 32) }
        guard let text = value.string, text.utf8.count <= Self.textMaximum else { return Self.hash(name, 1) }
        return Self.hash(name, Self.hash(text, 2))
    }

    /// Places that two nodes are sure of and that differ.
    func differences(from other: SessionDigest) -> [Int] {
        Set(self.buckets.keys).union(other.buckets.keys).sorted().filter { place in
            switch (self.buckets[place] ?? .sum(0), other.buckets[place] ?? .sum(0)) {
            case (.sum(let one), .sum(let two)): one != two
            case (.unsure, _), (_, .unsure): false
            }
        }
    }

    /// The bucket of a session, by the key of its id.
    static func bucket(of key: String) -> Int { Int(Self.hash(key, 0) % UInt64(Self.bucketsMaximum)) }

    private static func hash(_ text: String, _ number: UInt64) -> UInt64 {
        Fingerprint.mix(Fingerprint.text(text), number)
    }

    // MARK: On the wire

    /// - Throws: ``JavaSerializationError`` for a payload that is none.
    init(_ payload: [UInt8]) throws(JavaSerializationError) {
        var stream = try JavaObjectInputStream(payload)
        let count = try stream.readInt()
        guard (0...Int32(Self.bucketsMaximum)).contains(count) else { throw .invalidLength(Int64(count)) }
        for _ in 0..<count {
            let (place, isSure) = (try stream.readInt(), try stream.readBoolean())
            let sum = UInt64(bitPattern: try stream.readLong())
            guard (0..<Int32(Self.bucketsMaximum)).contains(place) else { throw .invalidLength(Int64(place)) }
            self.buckets[Int(place)] = isSure ? .sum(sum) : .unsure
        }
    }

    var encoded: [UInt8] {
        var stream = JavaObjectOutputStream(capacity: 64 + 16 * self.buckets.count)
        stream.writeInt(Int32(self.buckets.count))
        for (place, bucket) in self.buckets.sorted(by: { $0.key < $1.key }) {
            stream.writeInt(Int32(place))
            switch bucket {
            case .unsure:
                stream.writeBoolean(false)
                stream.writeLong(0)
            case .sum(let sum):
                stream.writeBoolean(true)
                stream.writeLong(Int64(bitPattern: sum))
            }
        }
        return stream.finishedBytes()
    }
}

/// What comes of comparing digests with other nodes.
struct SessionAgreement {
    /// Heartbeats from one digest to the next.
    static let period = 2
    /// Sessions for each of which there are as many heartbeats more.
    static let sessionsPerPeriod = 16_384

    /// Nodes that number their changes, and so understand a digest.
    private var counting: Set<Member> = []
    /// Buckets in which a node differs, and how often in a row.
    private var doubts: [Member: [Int: Int]] = [:]
    /// Sessions that have lacked a change, and for how many digests.
    private var gaps: [SessionKey: Int] = [:]
    private var round = 0
    /// Whose turn it is to be asked for what is missing.
    private(set) var turn = 0

    /// Takes note that a node numbers its changes.
    mutating func counts(_ member: Member) { self.counting.insert(member) }

    /// A heartbeat: whom to send a digest now; of many sessions more rarely.
    mutating func takeReceivers(of members: [Member], sessions: Int = 0) -> [Member] {
        self.counting.formIntersection(members)
        self.doubts = self.doubts.filter { self.counting.contains($0.key) }
        self.round += 1
        guard self.round >= Self.period * (1 + sessions / Self.sessionsPerPeriod) else { return [] }
        self.round = 0
        self.turn += 1
        return members.filter { self.counting.contains($0) }
    }

    /// Takes note of the sessions that lack a change.
    ///
    /// - Returns: those that should be asked for once more; ever more rarely, since maybe nobody has it.
    mutating func lacks(_ keys: [SessionKey]) -> [SessionKey] {
        let known = self.gaps
        self.gaps = Dictionary(keys.map { ($0, known[$0, default: 0] + 1) }) { one, _ in one }
        return keys.filter { key in self.gaps[key].map { $0 & ($0 - 1) == 0 } ?? false }
    }

    /// Takes note of how a node differs.
    ///
    /// - Returns: the buckets whose sessions it should be sent: not the first time, when messages may be on their way,
    ///   and ever more rarely while nothing comes of it.
    mutating func differs(_ member: Member, in places: [Int]) -> Set<Int> {
        let known = self.doubts[member] ?? [:]
        let doubts = Dictionary(places.map { ($0, known[$0, default: 0] + 1) }) { one, _ in one }
        self.doubts[member] = doubts.isEmpty ? nil : doubts
        return Set(doubts.filter { $0.value > 1 && $0.value & ($0.value - 1) == 0 }.keys)
    }
}

/// Finding out that something went wrong that nobody noticed.
extension DeltaManager {
    /// Tells others in short what is here.
    func sendDigest(_ cluster: SimpleTcpCluster, at now: Int64) {
        let count = self.activeSessions
        let receivers = self.agreement.withLock { $0.takeReceivers(of: cluster.members, sessions: count) }
        if receivers.isEmpty { return }
        self.countSent(.digest)
        self.lookAtAll { $0.sendDigest(to: receivers, cluster, at: now) }
    }

    /// Looking at many sessions takes longer than the messages of requests should wait.
    private func lookAtAll(_ body: @escaping @Sendable (DeltaManager) -> Void) {
        if self.activeSessions <= SessionDigest.sessionsAtOnce { return body(self) }
        self.answers.run { body(self) }
    }

    private func sendDigest(to receivers: [Member], _ cluster: SimpleTcpCluster, at now: Int64) {
        let lacking = self.deltaSessions.filter(\.isLacking).map { SessionKey($0.idInternal) }
        let (again, index) = self.agreement.withLock { ($0.lacks(lacking.sorted()), $0.turn) }
        for key in again {
            self.backlogs.withLock { $0.lacks(key, after: receivers[index % receivers.count], at: now) }
        }
        let message = SessionMessage.digest(in: self.name, now: now, payload: self.digest(at: now).encoded)
        for member in receivers { _ = cluster.enqueue(message, to: member, options: .asynchronous) }
    }

    /// Another node tells in short what it has: it gets what it seems to lack, and answers if it knows better.
    func compared(_ message: SessionMessage, with member: Member) {
        self.lookAtAll { $0.compare(message, with: member) }
    }

    private func compare(_ message: SessionMessage, with member: Member) {
        guard self.state.isAvailable else { return }
        do {
            let theirs = try SessionDigest(message.payload ?? [])
            let places = self.digest(at: self.support.now()).differences(from: theirs)
            let wrong = self.agreement.withLock { agreement in
                agreement.counts(member)
                return agreement.differs(member, in: places)
            }
            guard !wrong.isEmpty else { return }
            for id in self.deltaSessions.map(\.idInternal).sorted()
            where wrong.contains(SessionDigest.bucket(of: SessionKey(id).text)) {
                self.missed(id, by: [member])
            }
        } catch {
            self.log.error("messageReceived", "Manager [\(self.name)]: a digest cannot be read", error)
        }
    }

    /// Complexity: O(n).
    private func digest(at now: Int64) -> SessionDigest {
        var digest = SessionDigest()
        for session in self.deltaSessions {
            let (id, version, attributes) = session.protected.withLock { protected in
                let isYoung = now - protected.times.thisAccessed < SessionDigest.restAge
                let isUnsure = isYoung || protected.foreignChange != nil
                return (protected.id, protected.version, isUnsure ? nil : protected.attributes)
            }
            digest.add(id, version: version, contents: self.contents(attributes), isUnsure: attributes == nil)
        }
        return digest
    }

    /// The attributes that others should have, too.
    private func contents(_ attributes: NamedValues<SessionAttribute>?) -> UInt64 {
        guard let attributes else { return 0 }
        return attributes.reduce(0) { sum, attribute in
            guard let java = attribute.value.java,
                self.support.filter.wouldAdmit(attribute.key, className: java.className)
            else { return sum }
            return sum &+ SessionDigest.hash(attribute.key, java)
        }
    }
}
