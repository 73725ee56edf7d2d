import NIOCore
import Synchronization

/// The loop contexts of a protocol handler by event loop.
// SAFETY: a context is used on its own event loop only, except for its statistics, which are Sendable.
struct LoopTable: @unchecked Sendable {
    private let contexts: [ObjectIdentifier: LoopContext]

    init(contexts: [ObjectIdentifier: LoopContext]) {
        self.contexts = contexts
    }

    init(group: any EventLoopGroup, settings: Http11Settings) throws(CoyoteError) {
        var contexts: [ObjectIdentifier: LoopContext] = [:]
        for (index, eventLoop) in group.makeIterator().enumerated() {
            contexts[ObjectIdentifier(eventLoop)] = try LoopContext(
                eventLoop: eventLoop,
                index: index,
                settings: settings
            )
        }
        self.contexts = contexts
    }

    /// Makes an accepted channel a connection.
    ///
    /// Isolation: the channel's event loop.
    func start(_ channel: any Channel, tls: CurrentTLSContexts?) -> EventLoopFuture<Void> {
        guard let context = self.contexts[ObjectIdentifier(channel.eventLoop)] else {
            preconditionFailure("The channel belongs to another group's event loop")
        }
        let processor = Http11Processor(
            loop: context,
            addresses: SocketAddresses(channel),
            connectionID: Http11Protocol.connectionIDs.add(1, ordering: .relaxed).newValue
        )
        do {
            if let tls {
                let handler = TLSHandler(contexts: tls.value, loop: context)
                processor.tls = handler
                try channel.pipeline.syncOperations.addHandler(handler)
            }
            try channel.pipeline.syncOperations.addHandler(processor)
            return channel.eventLoop.makeSucceededVoidFuture()
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    /// Lets requests finish and closes everything.
    func drain(gracePeriod: Duration) async {
        let pending = self.contexts.values.map { context in
            // SAFETY: used on its event loop.
            nonisolated(unsafe) let context = context
            return context.eventLoop.flatSubmit { context.drain(gracePeriod: TimeAmount(gracePeriod)) }
        }
        for future in pending {
            do {
                try await future.get()
            } catch {
                return  // the event loop has shut down, and with it every connection
            }
        }
    }

    /// Gives every loop other attributes for requests to come.
    ///
    /// - Throws: ``CoyoteError`` for those that cannot be used; nothing is changed then.
    func use(_ settings: Http11Settings) throws(CoyoteError) {
        for context in self.contexts.values {
            let made = try settings.restrictedUserAgentPattern()
            // SAFETY: used on its event loop, the pattern by nobody else.
            nonisolated(unsafe) let (context, pattern) = (context, made)
            context.eventLoop.execute { context.use(settings, restrictedUserAgents: pattern) }
        }
    }

    /// Ends what waits for requests; those under way go on.
    func retire() {
        for context in self.contexts.values {
            // SAFETY: used on its event loop.
            nonisolated(unsafe) let context = context
            context.eventLoop.execute { context.retire() }
        }
    }

    func requestInfos() async -> [RequestInfo] {
        var infos: [RequestInfo] = []
        for context in self.contexts.values {
            // SAFETY: used on its event loop.
            nonisolated(unsafe) let context = context
            do {
                infos += try await context.eventLoop.submit { context.requestInfos() }.get()
            } catch {
                return infos  // the event loop has shut down
            }
        }
        return infos
    }

    func add(to info: inout RequestGroupInfo, withGauges: Bool) {
        for context in self.contexts.values { context.statistics.add(to: &info, withGauges: withGauges) }
    }

    func resetCounters() {
        for context in self.contexts.values { context.statistics.reset() }
    }
}
