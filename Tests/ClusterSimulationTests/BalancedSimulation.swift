import ClusterSupport
import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Tribes

@testable import CatalinaHA

/// A cluster behind a balancer: one node after the other fails and comes back, and no client may see its count go back.
///
/// The balancer sends a client to the node that its session's id names while that answers, else to any other; a node
/// that takes a session over gives it its own name. Messages are acknowledged.
/// Isolation: the thread that made it.
// SAFETY: everything runs on that thread, the tasks of the nodes too.
final class BalancedSimulation: @unchecked Sendable {
    /// What is done to a node.
    private enum Fault: CaseIterable {
        case killed
        case stopped
        case paused
        case cut
    }

    /// One browser.
    private struct Client {
        var id: String?
        var count = 0
        /// The request that is answered next; what answers an earlier one comes too late.
        var request = 0
        var isBusy = false
        var server: UInt8 = 0
        var begin: Int64 = 0
    }

    /// Milliseconds until the balancer knows that a node does not answer, and that it does again.
    private static let notice: Int64 = 900
    /// Milliseconds that the balancer waits for an answer.
    private static let patience: Int64 = 15_000

    private let nodes: SimulatedNodes
    private var generator: SeededGenerator
    private var clients: [Client]
    /// Nodes to which the balancer sends nobody.
    private var down: Set<UInt8> = []
    private var violations: [String] = []
    private(set) var answers = 0
    private var made = 0

    init(seed: UInt64, _ kind: Scenario.Kind = .delta, isTraced: Bool = false) {
        let scenario = Scenario(balanced: seed, kind)
        self.nodes = SimulatedNodes(scenario, isTraced: isTraced)
        self.generator = scenario.generator
        self.clients = Array(repeating: Client(), count: scenario.clients)
    }

    var scenario: Scenario { self.nodes.scenario }

    /// Runs everything and says what was wrong.
    func run() throws -> [String] {
        for number in self.nodes.numbers { try self.nodes.start(number) }
        repeat { self.nodes.pass(1000) } while self.nodes.living.contains { !$0.isServing }
        self.nodes.pass(3000)
        for _ in 0..<self.scenario.steps {
            try self.fault(
                Fault.allCases.randomElement(using: &self.generator) ?? .cut,
                UInt8.random(in: self.nodes.numbers, using: &self.generator)
            )
        }
        self.nodes.pass(30_000)
        self.compare()
        self.nodes.end()
        return self.violations
    }

    // MARK: Nodes

    /// Does something to a node, lets clients work meanwhile, makes the node whole, and lets it come back.
    private func fault(_ fault: Fault, _ number: UInt8) throws {
        guard let server = self.nodes[number] else { return }
        let others = self.nodes.numbers.filter { $0 != number }.map(SimulatedNodes.host)
        self.nodes.trace("\(number) is \(fault)")
        switch fault {
        case .killed: server.kill()
        case .stopped: server.stop()
        case .paused: server.pause()
        case .cut: self.nodes.network.cut([server.host], from: others)
        }
        if fault == .killed || fault == .stopped { self.giveUp(number) }
        let seconds = Int64.random(in: 3...9, using: &self.generator)
        self.work(seconds * 1000, noticing: number)
        self.nodes.trace("\(number) is made whole")
        switch fault {
        case .killed, .stopped: try self.nodes.start(number)
        case .paused: server.resume()
        case .cut: self.nodes.network.heal()
        }
        self.work(Self.notice)
        while self.nodes[number]?.isServing == false { self.work(100) }
        self.down.remove(number)
        self.work(Int64.random(in: 3...9, using: &self.generator) * 1000)
    }

    /// Lets clients ask for some time; a node that does not answer is found out.
    private func work(_ milliseconds: Int64, noticing number: UInt8? = nil) {
        let begin = self.nodes.now
        while self.nodes.now - begin < milliseconds {
            if let number, !self.down.contains(number), self.nodes.now - begin >= Self.notice { self.giveUp(number) }
            for index in self.clients.indices where self.clients[index].isBusy {
                if self.nodes.now - self.clients[index].begin > Self.patience { self.abandon(index) }
            }
            self.ask(Int.random(in: 0..<self.clients.count, using: &self.generator))
            self.nodes.pass(Int64.random(in: 1...100, using: &self.generator))
        }
    }

    private func giveUp(_ number: UInt8) {
        self.down.insert(number)
        for index in self.clients.indices where self.clients[index].isBusy && self.clients[index].server == number {
            self.abandon(index)
        }
    }

    /// The client gets no answer.
    private func abandon(_ index: Int) {
        self.nodes.trace("client \(index) gets no answer")
        self.clients[index].isBusy = false
        self.clients[index].request += 1
    }

    // MARK: Requests

    private func ask(_ index: Int) {
        let up = self.nodes.numbers.filter { !self.down.contains($0) }
        guard !self.clients[index].isBusy, let any = up.randomElement(using: &self.generator) else { return }
        let route = self.clients[index].id.flatMap { UInt8($0.drop { $0 != "." }.dropFirst()) }
        let number = route.flatMap { up.contains($0) ? $0 : nil } ?? any
        guard let server = self.nodes[number] else { return }
        self.clients[index].isBusy = true
        self.clients[index].server = number
        self.clients[index].begin = self.nodes.now
        // What does not reach its node is only waited for.
        guard server.isAlive, !self.isCutOff(server) else { return }
        self.made += 1
        let (request, id, new) = (self.clients[index].request, self.clients[index].id, "s\(self.made).\(number)")
        self.nodes.trace("client \(index) asks \(number): \(id ?? "-")")
        server.run {
            let (id, count) = await server.count(id, orNew: new)
            guard server.isAlive, !self.isCutOff(server) else { return }
            self.answered(index, request, id, count, by: number)
        }
    }

    private func isCutOff(_ server: SimulatedServer) -> Bool {
        self.nodes.numbers.contains { self.nodes.network.isCut(server.host, SimulatedNodes.host($0)) }
            && !self.nodes.living.contains { other in
                other.number != server.number && !self.nodes.network.isCut(server.host, other.host)
            }
    }

    private func answered(_ index: Int, _ request: Int, _ id: String, _ count: Int, by number: UInt8) {
        self.nodes.trace("\(number) answers client \(index): \(id) \(count), \(self.holders(of: id))")
        guard self.clients[index].request == request else { return }
        self.answers += 1
        if count <= self.clients[index].count {
            let known = "\(self.clients[index].count) as \(self.clients[index].id ?? "-")"
            self.violations.append("\(self.nodes.now) client \(index): \(number) says \(count) as \(id) after \(known)")
        }
        self.clients[index].id = id
        self.clients[index].count = count
        self.clients[index].isBusy = false
        self.clients[index].request += 1
    }

    /// Who knows whom, and holds which count under which number.
    private func holders(of id: String) -> String {
        let texts = self.nodes.living.sorted { $0.number < $1.number }.map { server in
            if server.backup != nil { return server.place(of: id) }
            let session = server.delta?.session(id)
            let count = session.map { "\(SimulatedServer.counter(of: $0))#\($0.record.version)" } ?? "-"
            return "\(server.number)(\(server.cluster.members.map(\.host[3]).sorted())):\(count)"
        }
        return texts.joined(separator: " ")
    }

    /// All nodes hold what the clients were told last; of a BackupManager's two do.
    private func compare() {
        for client in self.clients {
            guard let id = client.id else { continue }
            let counts = self.nodes.living.compactMap { server -> Int? in
                if let map = server.backup?.map { return map.peek(id).map(SimulatedServer.counter) }
                return server.delta?.session(id).map(SimulatedServer.counter) ?? -1
            }
            let isShort = self.scenario.kind == .backup && counts.count != 2
            if isShort || Set(counts).count > 1 || counts.contains(where: { $0 < client.count }) {
                self.violations.append("\(id): client knows \(client.count), the nodes hold \(counts.sorted())")
            }
        }
    }
}
