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
        conditions.delay = 1...[1, 5, 15, 60].randomElement(using: &generator)!
        conditions.datagramLoss = [0, 0, 0.05, 0.2].randomElement(using: &generator)!
        conditions.datagramDuplication = [0, 0.1].randomElement(using: &generator)!
        conditions.connectionLoss = [0, 0, 0.002, 0.02].randomElement(using: &generator)!
        self.conditions = conditions
        self.hasCuts = Bool.random(using: &generator)
        self.hasPauses = Int.random(in: 0..<3, using: &generator) == 0
        self.clients = Int.random(in: 2...10, using: &generator)
        self.steps = count > 8 ? 60 : 120
        self.generator = generator
    }
    /// A small cluster behind a balancer: nothing is lost but what its faults take, and messages are acknowledged.
    init(balanced seed: UInt64) {
        var generator = SeededGenerator(seed: seed ^ 0x6261_6c61_6e63_6564)
        self.seed = seed
        self.kind = .delta
        self.count = UInt8.random(in: 2...4, using: &generator)
        self.options = .synchronous
        self.skews = (0..<self.count).map { _ in Int64.random(in: -2_000...2_000, using: &generator) }
        self.idleSeconds = 1800
        var conditions = EmbeddedNetwork.Conditions()
        conditions.delay = 1...[1, 5, 15].randomElement(using: &generator)!
        self.conditions = conditions
        self.hasCuts = true
        self.hasPauses = true
        self.clients = Int.random(in: 3...12, using: &generator)
        self.steps = Int.random(in: 4...10, using: &generator)
        self.generator = generator
    }
}
