import ClusterSupport
import TestSupport
import Tribes

/// What one seed stands for: how many nodes, what they run, and how the network treats them.
struct Scenario: Sendable {
    enum Kind: Sendable {
        case delta
        case backup
    }

    let seed: UInt64
    let kind: Kind
    let count: UInt8
    let options: SendOptions
    /// Milliseconds by which each node's wall clock is off.
    let skews: [Int64]
    let idleSeconds: Int
    let conditions: EmbeddedNetwork.Conditions
    /// Faults that happen at all.
    let hasCuts: Bool
    let hasPauses: Bool
    let clients: Int
    /// What everything else is drawn from.
    let generator: SeededGenerator

    /// Milliseconds between two heartbeats of the membership.
    var heartbeat: Int64 { self.count > 8 ? 2000 : 500 }
    /// Requests and faults; behind a balancer faults alone.
    let steps: Int
    /// Whether it goes on until nobody may be expected back that is away; that takes its time.
    var waitsForDeparted: Bool { self.count <= 4 && self.seed % 4 == 0 && self.idleSeconds > 900 }

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        self.seed = seed
        self.kind = Bool.random(using: &generator) ? .delta : .backup
        // most clusters are small: nine of ten seeds have up to eight nodes
        let isLarge = Int.random(in: 0..<20, using: &generator) == 0
        let count = isLarge ? UInt8.random(in: 9...50, using: &generator) : UInt8.random(in: 2...8, using: &generator)
        self.count = count
        let options: [SendOptions] = [.synchronous, .synchronous, .synchronous, .asynchronous, .useAck]
        self.options = options.randomElement(using: &generator) ?? .synchronous
        let skew: ClosedRange<Int64> = Bool.random(using: &generator) ? 0...0 : -90_000...90_000
        self.skews = (0..<count).map { _ in Int64.random(in: skew, using: &generator) }
        self.idleSeconds = Int.random(in: 0..<10, using: &generator) == 0 ? 30 : 1800
        var conditions = EmbeddedNetwork.Conditions()
        conditions.delay = 1...Self.one(of: [1, 5, 15, 60], using: &generator)
        conditions.datagramLoss = Self.one(of: [0, 0, 0.05, 0.2], using: &generator)
        conditions.datagramDuplication = Self.one(of: [0, 0.1], using: &generator)
        conditions.connectionLoss = Self.one(of: [0, 0, 0.002, 0.02], using: &generator)
        self.conditions = conditions
        self.hasCuts = Bool.random(using: &generator)
        self.hasPauses = Int.random(in: 0..<3, using: &generator) == 0
        self.clients = Int.random(in: 2...10, using: &generator)
        self.steps = count > 8 ? 60 : 120
        self.generator = generator
    }

    /// A small cluster behind a balancer: nothing is lost but what its faults take, and messages are acknowledged.
    init(balanced seed: UInt64, _ kind: Kind = .delta) {
        var generator = SeededGenerator(seed: seed ^ 0x6261_6c61_6e63_6564)
        self.seed = seed
        self.kind = kind
        self.count = UInt8.random(in: 2...4, using: &generator)
        self.options = .synchronous
        self.skews = (0..<self.count).map { _ in Int64.random(in: -2_000...2_000, using: &generator) }
        self.idleSeconds = 1800
        var conditions = EmbeddedNetwork.Conditions()
        conditions.delay = 1...Self.one(of: [1, 5, 15], using: &generator)
        self.conditions = conditions
        self.hasCuts = true
        self.hasPauses = true
        self.clients = Int.random(in: 3...12, using: &generator)
        self.steps = Int.random(in: 4...10, using: &generator)
        self.generator = generator
    }
    /// Nodes of a DeltaManager to which a test alone does something.
    init(quiet count: UInt8) {
        self.seed = 1
        self.kind = .delta
        self.count = count
        self.options = .synchronous
        self.skews = Array(repeating: 0, count: Int(count))
        self.idleSeconds = 1800
        self.conditions = EmbeddedNetwork.Conditions()
        self.hasCuts = false
        self.hasPauses = false
        self.clients = 0
        self.steps = 0
        self.generator = SeededGenerator(seed: 1)
    }

    private static func one<Value>(of values: [Value], using generator: inout SeededGenerator) -> Value {
        values[Int.random(in: values.indices, using: &generator)]
    }
}
