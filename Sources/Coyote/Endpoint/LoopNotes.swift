/// A place where the adapter keeps what all requests of an event loop and a connector share.
///
/// Isolation: the event loop.
package final class LoopNotes {
    package var adapter: AnyObject?
}
