import ClusterSupport
import Tribes

@testable import CatalinaHA

/// What a client learns, and what must be so at that moment.
extension Simulation {
    func answered(
        _ number: Int,
        _ operation: SimulatedServer.Operation,
        _ id: String,
        _ answer: SimulatedServer.Answer,
        by server: SimulatedServer
    ) {
        self.nodes.trace("client \(number) on \(server.number): \(operation) \(id) gave \(answer)")
        self.ledger.countRequest(isAcknowledged: answer.isAcknowledged)
        // who was told and did not say that it heard may know nothing: without acknowledgement only this node does
        let isHeard = answer.isAcknowledged && self.scenario.options.contains(.useAck)
        let witnesses = (isHeard ? answer.holders : []) + [server.member].compactMap { $0 }
        switch operation {
        case .invalidate where answer.id != nil: self.ledger.ended(id, witnesses: witnesses)
        case .rename(let new) where answer.id == new: self.ledger.ended(id, witnesses: witnesses)
        default: break
        }
        self.ledger.change(number) { client in
            client.isBusy = false
            guard answer.id != nil else {
                client.id = nil
                return
            }
            switch operation {
            case .create(let value), .change(let value): if answer.isAcknowledged { client.acknowledged = value }
            case .invalidate: client.id = nil
            case .rename(let new): client.id = new
            case .read: break
            }
        }
    }

    /// What was acknowledged is on every member that is still there, or on the backup.
    func check(
        _ answer: SimulatedServer.Answer,
        _ operation: SimulatedServer.Operation,
        _ id: String,
        by server: SimulatedServer
    ) {
        for holder in self.nodes.living where holder.member.map(answer.holders.contains) == true && holder.isServing {
            self.ledger.countCheck()
            let session = holder.delta?.session(id) ?? holder.backup?.map?.peek(id)
            switch operation {
            case .create(let value), .change(let value):
                if session.map(SimulatedServer.counter) ?? -1 < value {
                    self.ledger.violated(
                        "\(id): \(value) was acknowledged to \(server.number), and \(holder.number) has "
                            + (session.map { "\(SimulatedServer.counter(of: $0))" } ?? "nothing")
                    )
                }
            case .invalidate:
                if session?.isValid == true {
                    self.ledger.violated("\(id): its end was acknowledged to \(server.number), \(holder.number) has it")
                }
            case .rename(let new):
                if session != nil { self.ledger.violated("\(id): was renamed to \(new), \(holder.number) has it") }
            case .read: break
            }
        }
    }
}
