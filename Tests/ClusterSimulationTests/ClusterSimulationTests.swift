import FoundationEssentials
import TestSupport
import Testing

private let isRepeatable = ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] != nil

/// Whole clusters on virtual time, with sessions, under faults that a seed stands for.
///
/// `CARACAL_SIMULATION_SEEDS=FIRST-LAST` chooses the seeds and prints a line for each, one number that seed alone, with
/// all that happens, and with `CARACAL_SIMULATION_WATCH=SESSION` where that session is. Only with `SWIFT_DETERMINISTIC_HASHING=1`, as `bin/test.sh` and `Tests/simulation.sh` set it, does a
/// seed do the same in every run.
@Suite(.enabled(if: isRepeatable, "SWIFT_DETERMINISTIC_HASHING is not set"))
struct ClusterSimulationTests {
    private static let chosen = ProcessInfo.processInfo.environment["CARACAL_SIMULATION_SEEDS"]
    static let watched = ProcessInfo.processInfo.environment["CARACAL_SIMULATION_WATCH"]
    static let seeds: ClosedRange<UInt64> = {
        let numbers = (chosen ?? "8-19").split(separator: "-").compactMap { UInt64($0) }
        guard let first = numbers.first, let last = numbers.last, first <= last else { return 8...19 }
        return first...last
    }()

    @Test("whatever happens, what was acknowledged is kept and the nodes agree", arguments: Array(Self.seeds))
    func simulate(seed: UInt64) throws {
        let isTraced = Self.seeds.count == 1
        if !isTraced { TestLog.install() }
        let simulation = Simulation(seed: seed, isTraced: isTraced)
        if isTraced { print(simulation.scenario) }
        let violations = try simulation.run()
        #expect(violations == [], "seed \(seed)")
        guard Self.chosen != nil else { return }
        let counts = simulation.ledger.counts
        print(
            "seed \(seed) \(violations.isEmpty ? "passed" : "failed: \(violations)"), \(simulation.scenario.count) nodes,",
            "\(counts.requests) requests, \(counts.acknowledged) acknowledged, \(counts.checked) holders looked at"
        )
    }

    @Test("behind a balancer no client sees its count go back", arguments: Array(Self.seeds))
    func balance(seed: UInt64) throws {
        let isTraced = Self.seeds.count == 1
        if !isTraced { TestLog.install() }
        let simulation = BalancedSimulation(seed: seed, isTraced: isTraced)
        if isTraced { print(simulation.scenario) }
        let violations = try simulation.run()
        #expect(violations == [], "balanced seed \(seed)")
        guard Self.chosen != nil else { return }
        print(
            "balanced seed \(seed) \(violations.isEmpty ? "passed" : "failed: \(violations)"),",
            "\(simulation.scenario.count) nodes, \(simulation.answers) answers"
        )
    }

    @Test("behind a balancer nor does it with sessions on two nodes", arguments: Array(Self.seeds))
    func balanceOnTwo(seed: UInt64) throws {
        let isTraced = Self.seeds.count == 1
        if !isTraced { TestLog.install() }
        let simulation = BalancedSimulation(seed: seed, .backup, isTraced: isTraced)
        if isTraced { print(simulation.scenario) }
        let violations = try simulation.run()
        #expect(violations == [], "twofold seed \(seed)")
        guard Self.chosen != nil else { return }
        print(
            "twofold seed \(seed) \(violations.isEmpty ? "passed" : "failed: \(violations)"),",
            "\(simulation.scenario.count) nodes, \(simulation.answers) answers"
        )
    }
}
