import Synchronization

/// The attributes of a component that may change while it runs, and what was made of them: a compiled pattern, for example.
///
/// Reading takes no lock, since every request reads. For that each state stays in memory once it has been in force: there
/// are as many as an operator makes changes.
/// Isolation: any thread.
package final class LiveSettings<Value: Sendable, Derived: Sendable>: Sendable {
    /// What is in force at one time.
    private final class Snapshot: Sendable {
        let value: Value
        let derived: Derived

        init(_ value: Value, _ derived: Derived) {
            self.value = value
            self.derived = derived
        }
    }

    // SAFETY: the address of the last of the snapshots kept, none of which is let go.
    private let address: Atomic<UInt>
    private let kept: Mutex<[Snapshot]>
    private let derive: @Sendable (Value) throws -> Derived

    /// - Throws: what `derive` throws: the attributes cannot be used.
    package convenience init<Fault: Error>(
        _ value: Value,
        _ derive: @escaping @Sendable (Value) throws(Fault) -> Derived
    ) throws(Fault) {
        self.init(Snapshot(value, try derive(value)), derive)
    }

    /// Attributes from which nothing follows.
    package convenience init(_ value: Value) where Derived == Void {
        self.init(Snapshot(value, ())) { _ in }
    }

    private init(_ first: Snapshot, _ derive: @escaping @Sendable (Value) throws -> Derived) {
        self.address = Atomic(UInt(bitPattern: Unmanaged.passUnretained(first).toOpaque()))
        self.kept = Mutex([first])
        self.derive = derive
    }

    /// The attributes in force.
    // Inlined, so that of large attributes only those are copied that are asked for.
    package var value: Value { @inline(__always) get { unsafe self.current._withUnsafeGuaranteedRef { $0.value } } }
    /// What follows from them.
    package var derived: Derived {
        @inline(__always) get { unsafe self.current._withUnsafeGuaranteedRef { $0.derived } }
    }

    /// Changes attributes; with those that cannot be used nothing changes.
    ///
    /// - Returns: the attributes now in force.
    @discardableResult
    package func change(_ change: (inout Value) throws -> Void) throws -> Value {
        try self.kept.withLock { kept in
            var value = self.value
            try change(&value)
            let next = Snapshot(value, try self.derive(value))
            kept.append(next)
            self.address.store(UInt(bitPattern: Unmanaged.passUnretained(next).toOpaque()), ordering: .releasing)
            return value
        }
    }

    // Not retained, since it is never let go: all event loops would write the count.
    private var current: Unmanaged<Snapshot> {
        @inline(__always) get {
            guard let pointer = UnsafeRawPointer(bitPattern: self.address.load(ordering: .acquiring)) else {
                preconditionFailure("Settings always have a value")
            }
            return unsafe Unmanaged<Snapshot>.fromOpaque(pointer)
        }
    }
}
