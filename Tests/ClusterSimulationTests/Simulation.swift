import CatalinaCore
import ClusterSupport
import NIOCore
import NIOEmbedded
import TestSupport
import Tribes

@testable import CatalinaHA

/// A cluster under faults, from one seed, on virtual time.
///
/// Clients use their sessions, each on one node as long as that serves, while nodes are killed, stopped, paused, cut off
/// and started; then everything is let be, and what the nodes hold must agree.
/// Isolation: the thread that made it.
// SAFETY: everything runs on that thread, the tasks of the nodes too.
final class Simulation: @unchecked Sendable {
    let nodes: SimulatedNodes
    let ledger: Ledger
    private var generator: SeededGenerator
    private var isCut = false

    init(seed: UInt64, isTraced: Bool = false) {
        let scenario = Scenario(seed: seed)
        self.nodes = SimulatedNodes(scenario, isTraced: isTraced)
        self.generator = scenario.generator
        self.ledger = Ledger(clients: scenario.clients)
    }

    var scenario: Scenario { self.nodes.scenario }

    /// Runs everything and says what was wrong.
    func run() throws -> [String] {
        for number in self.nodes.numbers {
            try self.nodes.start(number)
            if Bool.random(using: &self.generator) {
                self.nodes.pass(Int64.random(in: 0...3000, using: &self.generator))
            }
        }
        self.nodes.pass(8000)
        for _ in 0..<self.scenario.steps {
            try self.step()
            self.nodes.pass(Int64.random(in: 0...400, using: &self.generator))
        }
        self.calm()
        self.settle()
        var violations = self.ledger.violations + Invariants(self).violations()
        if self.ledger.counts.requests == 0 { violations.append("nobody served a request") }
        self.nodes.end()
        return violations
    }

    // MARK: Faults

    private func step() throws {
        switch Int.random(in: 0..<100, using: &self.generator) {
        case 0..<84: self.request()
        case 84..<86: if let server = self.victim() { self.kill(server) }
        case 86: if let server = self.victim() { self.stop(server) }
        case 87..<92:
            let numbers = self.nodes.numbers.filter { number in !self.nodes.living.contains { $0.number == number } }
            if let number = numbers.randomElement(using: &self.generator) { try self.nodes.start(number) }
        case 92..<94: if self.scenario.hasPauses, let server = self.victim() { self.pause(server) }
        case 94..<96: if self.scenario.hasCuts { self.cut() }
        case 96: for server in self.nodes.living { server.run { await server.manager.backgroundProcess() } }
        case 97: self.nodes.network.setConditions(self.scenario.conditions)
        default: if self.isCut { self.heal() }
        }
    }

    /// A node that may fail: one always stays.
    private func victim() -> SimulatedServer? {
        let candidates = self.nodes.living.filter(\.isServing)
        return candidates.count > 1 ? candidates.randomElement(using: &self.generator) : nil
    }

    private func kill(_ server: SimulatedServer) {
        self.nodes.trace("kill \(server.number)")
        server.kill()
    }

    private func stop(_ server: SimulatedServer) {
        self.nodes.trace("stop \(server.number)")
        server.stop()
        self.nodes.pass(2000)
    }

    private func pause(_ server: SimulatedServer) {
        let time = Int64.random(in: 50...20_000, using: &self.generator)
        self.nodes.trace("pause \(server.number) for \(time)")
        server.pause()
        self.nodes.eventLoop.scheduleTask(in: .milliseconds(time)) { server.resume() }
    }

    private func cut() {
        let left = self.nodes.numbers.filter { _ in Bool.random(using: &self.generator) }
        let right = self.nodes.numbers.filter { !left.contains($0) }
        self.nodes.trace("cut \(left) from \(right)")
        self.nodes.network.cut(left.map(SimulatedNodes.host), from: right.map(SimulatedNodes.host))
        self.isCut = true
        self.nodes.pass(Int64.random(in: 0...10_000, using: &self.generator))
    }

    private func heal() {
        self.nodes.trace("heal")
        self.nodes.network.heal()
        self.isCut = false
    }

    private func calm() {
        self.nodes.trace("calm")
        self.heal()
        for server in self.nodes.all { server.resume() }
        var conditions = self.scenario.conditions
        conditions.datagramLoss = 0
        conditions.connectionLoss = 0
        self.nodes.network.setConditions(conditions)
    }

    /// Waits until nothing is on its way any more; every node uses what others may have left without an owner.
    private func settle() {
        self.nodes.pass(100_000)
        for id in Set(self.nodes.living.flatMap { $0.backup?.map?.keysFull ?? [] }).sorted() {
            let owners = self.nodes.living.filter { $0.backup?.map?.isPrimary(id) == true }
            let holder = owners.first ?? self.nodes.living.first { $0.backup?.map?.contains(id) == true }
            if let holder { holder.run { _ = await holder.serve(.read, id: id) } }
            self.nodes.pass(100)
        }
        self.nodes.pass(30_000)
        if self.scenario.waitsForDeparted { self.nodes.pass(Backlogs.ageMaximum + 60_000) }
    }

    // MARK: Requests

    private func request() {
        let number = Int.random(in: 0..<self.scenario.clients, using: &self.generator)
        let client = self.ledger.clients[number]
        guard !client.isBusy, let server = self.server(for: client) else { return }
        let roll = Int.random(in: 0..<40, using: &self.generator)
        let (operation, id) = self.operation(roll, number, client)
        let hasMoved = client.id != nil && (client.hasMoved || client.server != ObjectIdentifier(server))
        self.ledger.change(number) { client in
            client.isBusy = true
            client.server = ObjectIdentifier(server)
            client.hasMoved = hasMoved
            if case .create(let value) = operation { (client.id, client.value) = (id, value) }
            if case .change(let value) = operation { client.value = value }
        }
        self.nodes.trace("client \(number) on \(server.number): \(operation) \(id)")
        // after a pause or a cut two nodes may have changed a session without each other, and one change gives way
        let isAlone = !hasMoved || !(self.scenario.hasCuts || self.scenario.hasPauses)
        let isStrict = isAlone && self.scenario.options == .synchronous
        let ledger = self.ledger
        server.run {
            let answer = await server.serve(operation, id: id)
            guard server.isAlive else {
                ledger.change(number) { $0.isBusy = false }
                return
            }
            // who has begun to stop has taken leave of the others: what a request still says there binds nobody
            if isStrict, answer.isAcknowledged, server.isServing { self.check(answer, operation, id, by: server) }
            self.answered(number, operation, id, answer, by: server)
        }
    }

    private func server(for client: Ledger.Client) -> SimulatedServer? {
        let serving = self.nodes.living.filter(\.isServing)
        let isLoyal = Int.random(in: 0..<12, using: &self.generator) > 0
        if isLoyal, let server = serving.first(where: { ObjectIdentifier($0) == client.server }) { return server }
        return serving.randomElement(using: &self.generator)
    }

    private func operation(_ roll: Int, _ number: Int, _ client: Ledger.Client) -> (SimulatedServer.Operation, String) {
        guard let id = client.id else {
            let generation = client.generation + 1
            self.ledger.change(number) { $0.generation = generation }
            return (.create(value: client.value + 1), "s\(number)-\(generation)")
        }
        switch roll {
        case 0..<2: return (.invalidate, id)
        case 2:
            let generation = client.generation + 1
            self.ledger.change(number) { $0.generation = generation }
            return (.rename(to: "s\(number)-\(generation)"), id)
        case 3..<8: return (.read, id)
        default: return (.change(value: client.value + 1), id)
        }
    }
}
