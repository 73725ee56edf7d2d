package import Synchronization

/// The attributes of a component that may change while it runs, and what was made of them: a compiled pattern, for example.
///
/// Reading takes no lock, since every request reads. For that each state stays in memory once it has been in force: there
/// are as many as an operator makes changes.
/// Isolation: any thread.
package final class LiveSettings<Value: Sendable, Derived: Sendable>: Sendable {
    /// What is in force at one time.
    @usableFromInline final class Snapshot: Sendable {
        @usableFromInline let value: Value
        @usableFromInline let derived: Derived

        init(_ value: Value, _ derived: Derived) {
            self.value = value
            self.derived = derived
        }
    }

    // SAFETY: the address of the last of the snapshots kept, none of which is let go.
    @usableFromInline let address: Atomic<UInt>
    private let kept: Mutex<[Snapshot]>
    private let derive: @Sendable (Value) throws -> Derived

    /// - Throws: what `derive` throws: the attributes cannot be used.
    package convenience init(_ value: Value, _ derive: @escaping @Sendable (Value) throws -> Derived) throws {
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
    @inlinable package var value: Value { self.current.value }
    /// What follows from them.
    @inlinable package var derived: Derived { self.current.derived }

    /// Changes attributes; with those that cannot be used nothing changes.
    package func change(_ change: (inout Value) throws -> Void) throws {
        try self.kept.withLock { kept in
            var value = self.value
            try change(&value)
            let next = Snapshot(value, try self.derive(value))
            kept.append(next)
            self.address.store(UInt(bitPattern: Unmanaged.passUnretained(next).toOpaque()), ordering: .releasing)
        }
    }

    @inlinable var current: Snapshot {
        guard let pointer = UnsafeRawPointer(bitPattern: self.address.load(ordering: .acquiring)) else {
            preconditionFailure("Settings always have a value")
        }
        return unsafe Unmanaged<Snapshot>.fromOpaque(pointer).takeUnretainedValue()
    }
}
