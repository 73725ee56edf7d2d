import ClusterSupport
import JavaSerialization
import NIOCore
import Synchronization
import Testing
import Tribes

/// A value with changes of its own, as a session has: texts by name.
final class Note: ReplicatedMapEntry, Sendable {
    private struct State {
        var texts: [String: String]
        var changes: [JavaValue] = []
        var accesses = 0
        var version: Int64 = 0
        var isOverdue = false
    }

    private let state: Mutex<State>

    init(_ texts: [String: String] = [:]) { self.state = Mutex(State(texts: texts)) }

    /// Reads a whole value.
    init(stream: ByteBuffer) throws {
        var input = try JavaObjectInputStream(stream)
        let elements = try #require(try input.readObject().elements)
        let texts = elements.compactMap(\.string)
        var state = State(texts: [:])
        state.version = elements.first?.long ?? 0
        for index in stride(from: 0, to: texts.count, by: 2) { state.texts[texts[index]] = texts[index + 1] }
        self.state = Mutex(state)
    }

    var texts: [String: String] { self.state.withLock { $0.texts } }
    var accesses: Int { self.state.withLock { $0.accesses } }

    func set(_ name: String, _ text: String) {
        self.state.withLock { state in
            state.texts[name] = text
            state.changes += [.string(name), .string(text)]
            state.version += 1
        }
    }

    /// Makes an access worth telling.
    func setOverdue() { self.state.withLock { $0.isOverdue = true } }

    func encoded() throws -> ByteBuffer {
        let (texts, version) = self.state.withLock { ($0.texts, $0.version) }
        let elements = texts.sorted { $0.key < $1.key }.flatMap { [JavaValue.string($0), .string($1)] }
        return try JavaValue.arrayList([.long(version)] + elements).stream()
    }

    var lastUsed: Int64 { self.state.withLock { $0.version } }
    var isDirty: Bool { self.state.withLock { !$0.changes.isEmpty } }
    var isDiffable: Bool { true }
    var isAccessReplicate: Bool { self.state.withLock { $0.isOverdue } }

    func takeDiff() throws -> [UInt8] {
        let changes = self.state.withLock { state in
            defer { state.changes = [] }
            return [.long(state.version)] + state.changes
        }
        return Array(try JavaValue.arrayList(changes).stream().readableBytesView)
    }

    func resetDiff() { self.state.withLock { $0.changes = [] } }

    func applyDiff(_ diff: [UInt8]) throws {
        let changed = try Note(stream: ByteBuffer(bytes: diff))
        let (texts, version) = (changed.texts, changed.lastUsed)
        self.state.withLock { state in
            state.texts.merge(texts) { $1 }
            state.version = version
        }
    }

    func follow(_ version: Int64) { self.state.withLock { $0.version = max($0.version, version + 1) } }
    func accessEntry() { self.state.withLock { $0.accesses += 1 } }
    func replicated(at milliseconds: Int64) { self.state.withLock { $0.isOverdue = false } }
}

/// A map's owner that takes notes of what it is told.
final class NoteOwner: ReplicatedMapOwner, Sendable {
    private let promotions = Mutex<[String]>([])

    var promoted: [String] { self.promotions.withLock { $0 } }

    func makeValue(_ stream: ByteBuffer, key: String) throws -> Note { try Note(stream: stream) }
    func objectMadePrimary(_ key: String, _ value: Note) { self.promotions.withLock { $0.append(key) } }
}

/// One node of a cluster with one map.
final class MapNodeUnderTest: Sendable {
    let number: UInt8
    let node: SimulatedNode
    let map: ReplicatedMap<Note>
    let owner = NoteOwner()

    init(_ number: UInt8, _ node: SimulatedNode, _ configuration: ReplicatedMapConfiguration) {
        self.number = number
        self.node = node
        self.map = ReplicatedMap(configuration, channel: node.channel, owner: self.owner)
    }

    var member: Member {
        guard let member = self.node.channel.localMember else { preconditionFailure("not started") }
        return member
    }

    /// The role and value of a key here.
    func role(_ key: String) -> ReplicatedMapRole? { self.map.entries.first { $0.key == key }?.role }
}

/// Nodes with a map each, on virtual time.
final class MapCluster {
    let cluster: SimulatedCluster
    let configuration: ReplicatedMapConfiguration
    private(set) var nodes: [MapNodeUnderTest] = []

    /// Starts nodes 1 to `count`, one after the other.
    init(
        _ count: UInt8,
        kind: ReplicatedMapKind = .lazy,
        seed: UInt64 = 1,
        _ configure: (inout ReplicatedMapConfiguration) -> Void = { _ in }
    ) throws {
        self.cluster = SimulatedCluster(seed: seed)
        var configuration = ReplicatedMapConfiguration(name: "/demo-map", kind: kind)
        configure(&configuration)
        self.configuration = configuration
        for number in 1...count { try self.start(number) }
        self.settle()
    }

    /// Starts a node; another one with that number must be gone.
    @discardableResult
    func start(_ number: UInt8) throws -> MapNodeUnderTest {
        let node = try self.join(number)
        let outcome = Outcome(node.map.submitStart())
        self.run(1000)
        #expect(outcome.isSuccess)
        self.nodes.append(node)
        return node
    }

    /// Starts a node whose map has not started.
    func join(_ number: UInt8) throws -> MapNodeUnderTest {
        let node = MapNodeUnderTest(number, self.cluster.node(number), self.configuration)
        try node.node.start()
        self.run(3000)
        return node
    }

    /// The process of a node ends without a word.
    func kill(_ number: UInt8) {
        self.cluster.network.kill(self[number].node.host)
        self.nodes.removeAll { $0.number == number }
    }

    /// The map of a node stops, and the node with it.
    func stop(_ number: UInt8) throws {
        let node = self[number]
        let outcome = Outcome(node.map.submitStop())
        self.run(50)
        #expect(outcome.isSuccess && node.map.countFull == 0)
        try node.node.stop()
        self.run(50)
        self.nodes.removeAll { $0.number == number }
    }

    func cut(_ left: [UInt8], _ right: [UInt8]) {
        let hosts = { (numbers: [UInt8]) in numbers.map { [10, 0, 0, $0] as [UInt8] } }
        self.cluster.network.cut(hosts(left), from: hosts(right))
    }

    func heal() { self.cluster.network.heal() }

    subscript(_ number: UInt8) -> MapNodeUnderTest {
        guard let node = self.nodes.first(where: { $0.number == number }) else { preconditionFailure("no \(number)") }
        return node
    }

    func run(_ milliseconds: Int64) { self.cluster.run(.milliseconds(milliseconds)) }

    /// Long enough for every heartbeat and timeout.
    func settle() { self.run(25_000) }

    /// Changes a value where it is primary, as at the end of a request.
    func change(_ key: String, _ name: String, _ text: String, on number: UInt8) {
        self[number].map.peek(key)?.set(name, text)
        self[number].map.enqueueReplicate(key)
        self.run(20)
    }

    /// Asks for a value on a node.
    func get(_ key: String, on number: UInt8) -> Note? {
        let outcome = Outcome(self[number].map.submitGet(key))
        self.run(500)
        guard case .success(let value) = outcome.result else { return nil }
        return value
    }

    func put(_ key: String, _ texts: [String: String] = [:], on number: UInt8) {
        self[number].map.enqueuePut(key, Note(texts))
        self.run(20)
    }

    /// What is wrong with the entries of the living nodes: nothing, once everything is quiet.
    ///
    /// With `ignoresHints` a proxy may name a node that was primary before, which a use of the value through that proxy
    /// mends.
    func faults(ignoresHints: Bool = false) -> [String] {
        var faults: [String] = []
        let living = Set(self.nodes.map(\.member))
        let keys = Set(self.nodes.flatMap(\.map.keysFull))
        for key in keys.sorted() {
            let held = self.nodes.compactMap { node in
                node.map.entries.first { $0.key == key }.map { (node: node, entry: $0) }
            }
            let owners = held.filter { $0.entry.role == .primary }
            guard owners.count == 1, let owner = owners.first else {
                faults.append("\(key): primaries \(owners.map(\.node.number)), entries \(held.map(\.entry.role))")
                continue
            }
            if held.count != self.nodes.count { faults.append("\(key): known on \(held.map(\.node.number))") }
            for (node, entry) in held {
                if entry.primary != owner.node.member, !ignoresHints || entry.role != .proxy {
                    faults.append("\(key) on \(node.number): wrong primary")
                }
                if !living.isSuperset(of: entry.backups) { faults.append("\(key) on \(node.number): names the dead") }
                let value = node.map.peek(key)
                if entry.role == .proxy {
                    if value != nil { faults.append("\(key) on \(node.number): a proxy with a value") }
                } else if value?.texts != owner.node.map.peek(key)?.texts {
                    faults.append("\(key) on \(node.number): another value")
                }
            }
            faults += self.placeFaults(key, held.map(\.entry.role), owner.node, owner.entry.backups)
        }
        return faults
    }

    private func placeFaults(
        _ key: String,
        _ roles: [ReplicatedMapRole],
        _ owner: MapNodeUnderTest,
        _ backups: [Member]
    ) -> [String] {
        let others = self.nodes.count - 1
        switch self.configuration.kind {
        case .copies:
            let isRight = roles.count { $0 == .copy } == others && Set(backups).count == others
            return isRight ? [] : ["\(key): roles \(roles), \(backups.count) backups"]
        case .lazy:
            var faults: [String] = []
            if roles.count(where: { $0 == .backup }) != min(1, others) { faults.append("\(key): roles \(roles)") }
            if backups.count != min(1, others) { faults.append("\(key): \(backups.count) backups") }
            let holder = self.nodes.first { $0.role(key) == .backup }
            if holder?.member != backups.first { faults.append("\(key): the backup is elsewhere") }
            return faults
        }
    }
}
