import CatalinaCore
import ClusterSupport
import JavaSerialization
import Synchronization
import Tribes

@testable import CatalinaHA

/// What must be so when everything is quiet.
struct Invariants {
    private let servers: [SimulatedServer]
    private let ledger: Ledger
    private let scenario: Scenario

    init(_ simulation: Simulation) {
        self.servers = simulation.nodes.living
        self.ledger = simulation.ledger
        self.scenario = simulation.scenario
    }

    func violations() -> [String] {
        self.membership() + (self.scenario.kind == .delta ? self.replicas() : self.entries()) + self.ends()
            + self.lastValues() + self.leftovers()
    }

    private func membership() -> [String] {
        let all = Set(self.servers.compactMap(\.member))
        return self.servers.flatMap { server in
            var found: [String] = []
            if !server.isServing { found.append("\(server.number) does not serve") }
            let known = Set(server.cluster.members + [server.member].compactMap { $0 })
            if known != all {
                found.append("\(server.number) knows \(known.map(\.host[3])), there are \(all.map(\.host[3]))")
            }
            return found
        }
    }

    // MARK: DeltaManager

    /// All nodes have the same sessions with the same values.
    private func replicas() -> [String] {
        var found: [String] = []
        let ids = Set(self.servers.flatMap { $0.delta?.deltaSessions.map(\.idInternal) ?? [] })
        for id in ids.sorted() {
            let contents = self.servers.map { server in (server.number, Self.content(of: server.delta?.session(id))) }
            if Set(contents.map(\.1)).count > 1 { found.append("\(id) differs: \(contents)") }
        }
        return found
    }

    static func content(of session: DeltaSession?) -> String {
        guard let session else { return "none" }
        let attributes = session.protected.withLock { $0.attributes }
        let texts = attributes.map { name, attribute in
            let java = attribute.java
            return "\(name)=\(java?.string ?? java?.int.map(String.init) ?? "?")"
        }
        return (["\(session.maxInactiveInterval)"] + texts.sorted()).joined(separator: " ")
    }

    // MARK: BackupManager

    /// Every session has one primary and one backup with the same values, and everybody knows them.
    private func entries() -> [String] {
        var found: [String] = []
        let others = self.servers.count - 1
        let maps = self.servers.compactMap { server in server.backup?.map.map { (server, $0) } }
        let entries = maps.map { server, map in (server, Dictionary(map.entries.map { ($0.key, $0) }) { $1 }, map) }
        for id in Set(entries.flatMap { $0.1.keys }).sorted() {
            let held = entries.compactMap { server, table, map in table[id].map { (server, $0, map.peek(id)) } }
            let roles = held.map { "\($0.0.number):" + SimulatedServer.place($0.1, $0.2) }
            let owners = held.filter { $0.1.role == .primary }
            guard owners.count == 1, let owner = owners.first else {
                found.append("\(id): \(roles)")
                continue
            }
            let backups = held.filter { $0.1.role == .backup }
            if held.count != self.servers.count || backups.count != min(1, others) { found.append("\(id): \(roles)") }
            if owner.1.backups != backups.compactMap({ $0.0.member }) {
                found.append("\(id): backup elsewhere \(roles)")
            }
            for backup in backups where Self.content(of: backup.2) != Self.content(of: owner.2) {
                found.append("\(id): \(Self.content(of: owner.2)) and \(Self.content(of: backup.2))")
            }
        }
        return found
    }

    // MARK: Both

    /// No session returns whose end somebody knows who is still there.
    private func ends() -> [String] {
        let alive = Set(self.servers.compactMap(\.member))
        return self.ledger.ends.flatMap { end -> [String] in
            guard !alive.isDisjoint(with: end.witnesses) else { return [] }
            let holders = self.servers.filter {
                $0.delta?.session(end.id) != nil || $0.backup?.map?.contains(end.id) == true
            }
            return holders.isEmpty ? [] : ["\(end.id) had ended and is on \(holders.map(\.number))"]
        }
    }

    /// A session that one node alone has served, and that is still there, has the value that was written last.
    private func lastValues() -> [String] {
        guard self.scenario.idleSeconds > 300 else { return [] }
        return self.ledger.clients.enumerated().flatMap { number, client -> [String] in
            guard let id = client.id, !client.hasMoved, !client.isBusy,
                let server = self.servers.first(where: { ObjectIdentifier($0) == client.server })
            else { return [] }
            let values = (server.delta == nil ? self.servers : [server]).compactMap { holder in
                (holder.delta?.session(id) ?? holder.backup?.map?.peek(id)).map(SimulatedServer.counter)
            }
            let value = values.max()
            guard value != client.value else { return [] }
            return ["\(id): client \(number) wrote \(client.value) on \(server.number), and \(value ?? -1) is there"]
        }
    }

    /// Nothing is kept for those who are gone.
    private func leftovers() -> [String] {
        let alive = Set(self.servers.compactMap(\.member))
        return self.servers.flatMap { server -> [String] in
            var found: [String] = []
            // one that was killed may come back, unless another process has its place
            let places = Set(alive.map(\.endpoint))
            for member in server.delta?.backlogs.withLock({ $0.members }) ?? [] where !alive.contains(member) {
                if self.scenario.waitsForDeparted || places.contains(member.endpoint) {
                    found.append("\(server.number) waits for a departed member")
                }
            }
            if let map = server.backup?.map {
                if !alive.isSuperset(of: map.mapMembers) { found.append("\(server.number) has a departed map member") }
                let named = Set(map.entries.flatMap { $0.backups + [$0.primary].compactMap { $0 } })
                if !alive.isSuperset(of: named) { found.append("\(server.number): entries name the departed") }
            }
            return found
        }
    }
}
