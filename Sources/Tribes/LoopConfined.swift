/// State that only the channel's loop touches.
///
/// Components of a channel are made by the thread that reads the configuration, shown by threads of the
/// management, and work on the channel's loop. What works is kept here: every access names the loop and
/// stops the process on any other thread. Do not call out while a mutating access is open: what is called
/// may come back to the same state.
/// Isolation: channel loop.
// SAFETY: the state is reached through the subscripts alone, which require the channel's loop; a component belongs to
// one channel, so there is one such loop, and what happens before its first use is published by the hop on to it.
package final class LoopConfined<State>: @unchecked Sendable {
    private var state: State

    package init(_ state: sending State) {
        self.state = state
    }

    package subscript(loop: ChannelLoop) -> State {
        _read {
            loop.preconditionOnLoop()
            yield self.state
        }
        _modify {
            loop.preconditionOnLoop()
            yield &self.state
        }
    }

    package subscript(context: InterceptorContext) -> State {
        _read {
            context.preconditionOnChannelLoop()
            yield self.state
        }
        _modify {
            context.preconditionOnChannelLoop()
            yield &self.state
        }
    }
}
