import NIOCore
import Synchronization

/// What a map is while it runs, and how far it has come.
struct ReplicatedMapLife {
    struct Running: Sendable {
        let loop: ChannelLoop
        let rpc: RpcChannel
    }

    var running: Running?
    /// The loop of the last start.
    var loop: ChannelLoop?
    var state = ReplicatedMapState.new
}

/// Orders the changes that are taken from one value, and no more: keys share these by their hash.
final class MapTurn: Sendable {
    /// The changes of each key that were sent last and may not have arrived.
    let last = Mutex<[String: EventLoopFuture<Void>]>([:])
}
