/// Locks by name: whoever changes an object holds its name, also across nodes.
package protocol NameLocker: Sendable {
    /// Runs the body while holding every name; names are taken in one global order, so nobody deadlocks.
    ///
    /// Not re-entrant: the body must not ask for a name that it holds.
    func withLocks<Result: Sendable>(
        on names: Set<String>,
        _ body: () async throws -> Result
    ) async throws -> Result
}
