import Synchronization

/// A value that is set once, when a component learns what it runs on, and read ever after.
///
/// Isolation: any thread.
package final class SetOnce<Value: Sendable>: Sendable {
    private let slot = Mutex<Value?>(nil)

    package init() {}

    package var value: Value? { self.slot.withLock { $0 } }

    /// Sets the value unless there is one.
    ///
    /// - Returns: whether it was set.
    @discardableResult
    package func set(_ value: Value) -> Bool {
        self.slot.withLock { slot in
            guard slot == nil else { return false }
            slot = value
            return true
        }
    }
}
