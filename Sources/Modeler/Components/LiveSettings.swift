import Synchronization

/// The attributes of a component that a management client may change while it works, with what follows from them.
///
/// Isolation: any thread; a reader gets attributes and what follows of one moment.
package final class LiveSettings<Value: Sendable, Derived: Sendable>: Sendable {
    private let state: Mutex<(value: Value, derived: Derived)>
    private let derive: @Sendable (Value) throws -> Derived

    /// - Throws: what `derive` throws: the attributes cannot be used.
    package init(_ value: Value, _ derive: @escaping @Sendable (Value) throws -> Derived) throws {
        self.state = Mutex((value, try derive(value)))
        self.derive = derive
    }

    /// Attributes from which nothing follows.
    package init(_ value: Value) where Derived == Void {
        self.state = Mutex((value, ()))
        self.derive = { _ in }
    }

    /// The attributes in force.
    package var value: Value { self.state.withLock { $0.value } }
    /// What follows from them.
    package var derived: Derived { self.state.withLock { $0.derived } }

    /// Changes attributes; with those that cannot be used nothing changes.
    package func change(_ change: (inout Value) throws -> Void) throws {
        try self.state.withLock { state in
            var value = state.value
            try change(&value)
            state = (value, try self.derive(value))
        }
    }
}
