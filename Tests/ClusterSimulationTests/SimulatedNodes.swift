import ClusterSupport
import NIOCore
import NIOEmbedded
import TestSupport
import Tribes

@testable import CatalinaHA

/// The processes of one simulated cluster, those that have ended included, on one loop and one network.
///
/// Isolation: the thread that made it.
final class SimulatedNodes {
    let scenario: Scenario
    let eventLoop = EmbeddedEventLoop()
    let network: EmbeddedNetwork
    /// In the order in which they were started.
    private(set) var all: [SimulatedServer] = []
    private var lives: [UInt8: Int] = [:]
    /// What happened, for whoever looks for the cause of a failure.
    private let isTraced: Bool
    /// A session of which every move is traced.
    private let watched: String?
    private var lastPlaces = ""

    init(_ scenario: Scenario, isTraced: Bool) {
        self.watched = isTraced ? ClusterSimulationTests.watched : nil
        self.scenario = scenario
        self.network = EmbeddedNetwork(loop: self.eventLoop, seed: scenario.seed)
        self.network.setConditions(scenario.conditions)
        self.isTraced = isTraced
    }

    var numbers: ClosedRange<UInt8> { 1...self.scenario.count }
    var living: [SimulatedServer] { self.all.filter(\.isAlive) }
    /// The last process that was started with that number.
    subscript(number: UInt8) -> SimulatedServer? { self.all.last { $0.number == number } }

    static func host(_ number: UInt8) -> [UInt8] { [10, 0, 0, number] }

    @discardableResult
    func start(_ number: UInt8) throws -> SimulatedServer {
        let life = self.lives[number, default: 0] + 1
        self.lives[number] = life
        let server = try SimulatedServer(
            number: number,
            life: life,
            scenario: self.scenario,
            base: self.eventLoop,
            network: self.network
        )
        self.all.append(server)
        self.trace("start \(number)")
        server.start()
        return server
    }

    /// Ends all of them, and lets what they have begun come to its end.
    func end() {
        for server in self.living { server.kill() }
        self.pass(120_000)
    }

    // MARK: Time

    /// Milliseconds since the beginning.
    var now: Int64 { Int64(self.eventLoop.now.uptimeNanoseconds / 1_000_000) }

    func pass(_ milliseconds: Int64) {
        guard let watched = self.watched else { return self.eventLoop.advanceTime(by: .milliseconds(milliseconds)) }
        for _ in 0..<milliseconds {
            self.eventLoop.advanceTime(by: .milliseconds(1))
            let places = self.living.sorted { $0.number < $1.number }.map { $0.place(of: watched) }.joined(
                separator: " "
            )
            if places != self.lastPlaces { self.trace("\(watched): \(places)") }
            self.lastPlaces = places
        }
    }

    func trace(_ text: @autoclosure () -> String) { if self.isTraced { print("\(self.now) \(text())") } }
}
