import Synchronization

/// Keeps the sign-ons of a host by their ids.
///
/// Isolation: any thread.
package protocol SingleSignOnCache: AnyObject, Sendable {
    func entry(_ id: String) -> SingleSignOnEntry?
    /// Keeps an entry, in place of one with that id.
    func put(_ id: String, _ entry: SingleSignOnEntry) async
    /// Forgets an entry, and does not wait for other nodes to do so.
    @discardableResult
    func remove(_ id: String) -> SingleSignOnEntry?
    /// Lets whoever else keeps an entry know how it is after a change; returns when that is done.
    func share(_ id: String, changing change: @Sendable (SingleSignOnEntry) -> Bool) async
    /// The same, without waiting.
    func enqueueShare(_ id: String)
}

/// Sign-ons of one process alone: there are as many as logins that still have a session.
package final class LocalSingleSignOnCache: SingleSignOnCache {
    private let entries = Mutex<[String: SingleSignOnEntry]>([:])

    package init() {}

    package func entry(_ id: String) -> SingleSignOnEntry? { self.entries.withLock { $0[id] } }

    package func put(_ id: String, _ entry: SingleSignOnEntry) async { self.entries.withLock { $0[id] = entry } }

    @discardableResult
    package func remove(_ id: String) -> SingleSignOnEntry? { self.entries.withLock { $0.removeValue(forKey: id) } }

    package func share(_ id: String, changing change: @Sendable (SingleSignOnEntry) -> Bool) async {
        if let entry = self.entry(id) { _ = change(entry) }
    }

    package func enqueueShare(_ id: String) {}
}
