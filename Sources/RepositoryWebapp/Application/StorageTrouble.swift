import RepositoryStorage

/// A lasting fault of the data directory, such as a full disk: told when it begins and when it ends, because a line for
/// each request that fails would fill what is left of the disk.
struct StorageTrouble {
    private var code: StorageFailure.Code?
    private var failed = 0

    /// Counts a request that failed; whether it is the first one with this fault.
    mutating func begins(with failure: StorageFailure) -> Bool {
        self.failed += 1
        guard self.code != failure.code else { return false }
        self.code = failure.code
        return true
    }

    /// Ends the fault because something was written; how many requests failed, nil where there was none.
    mutating func ends() -> Int? {
        guard self.code != nil else { return nil }
        defer { self = StorageTrouble() }
        return self.failed
    }
}
