/// A place where the adapter keeps what all requests of an event loop and a connector share.
///
/// Isolation: the event loop.
package final class LoopNotes {
    package var adapter: AnyObject?
    /// What the loop's requests belong to; nil for requests without a task of it.
    let actor: LoopActor?

    package init() { self.actor = nil }
    init(_ actor: LoopActor) { self.actor = actor }
}
