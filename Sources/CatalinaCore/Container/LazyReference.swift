import Synchronization

/// An object that is stored once and read ever after.
///
/// `AtomicLazyReference` of the standard library does the same, but what it does for each read is not compiled for the
/// type: it looks up metadata first, some seven hundred instructions on the path of every request.
///
/// Isolation: any thread.
struct LazyReference<Instance: AnyObject & Sendable>: ~Copyable {
    // SAFETY: holds the address of an object that was retained when it was stored; the address never changes again.
    private let address = Atomic<UInt>(0)

    deinit {
        guard let pointer = UnsafeRawPointer(bitPattern: self.address.load(ordering: .acquiring)) else { return }
        unsafe Unmanaged<Instance>.fromOpaque(pointer).release()
    }

    @inline(__always)
    borrowing func load() -> Instance? {
        guard let pointer = UnsafeRawPointer(bitPattern: self.address.load(ordering: .acquiring)) else { return nil }
        return unsafe Unmanaged<Instance>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Stores the object unless there is one.
    ///
    /// - Returns: the object that is stored.
    borrowing func storeIfNil(_ instance: Instance) -> Instance {
        let stored = Unmanaged.passRetained(instance)
        let outcome = self.address.compareExchange(
            expected: 0,
            desired: UInt(bitPattern: stored.toOpaque()),
            ordering: .acquiringAndReleasing
        )
        guard !outcome.exchanged, let pointer = UnsafeRawPointer(bitPattern: outcome.original) else { return instance }
        stored.release()
        return unsafe Unmanaged<Instance>.fromOpaque(pointer).takeUnretainedValue()
    }
}
