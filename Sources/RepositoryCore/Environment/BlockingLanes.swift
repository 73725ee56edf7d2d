import Dispatch
import Synchronization

/// A few threads for work that blocks or computes for long, so that no event loop and no task thread waits for it.
///
/// Bounds: as many operations run at once as there are lanes; the others wait in their lane, one per request.
package final class BlockingLanes: Sendable {
    private let lanes: [DispatchQueue]
    private let turn = Atomic(0)

    package init(label: String, count: Int) {
        self.lanes = (0..<count).map { DispatchQueue(label: "\(label).\($0)") }
    }

    /// Runs `body` on one of the lanes.
    package func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        let turn = self.turn.wrappingAdd(1, ordering: .relaxed).oldValue
        let lane = self.lanes[Int(UInt(bitPattern: turn) % UInt(self.lanes.count))]
        return try await withCheckedThrowingContinuation(isolation: #isolation) { continuation in
            lane.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
