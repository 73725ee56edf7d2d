import Logging
package import Modeler
package import NIOCore
import Synchronization

/// Cuts large messages into pieces.
///
/// Shape at the end of each body: `00` for a whole message; piece number (`Int32`, from 0), number of pieces
/// (`Int32`) and `01` for a piece. All pieces have the unique id of their message.
/// Isolation: channel loop; statistics any thread.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.FragmentationInterceptor`; differs
/// from it in: what is incomplete is bounded in bytes too, and a piece that is sent again completes nothing
/// twice.
package final class FragmentationInterceptor: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []
        /// Bytes of a piece.
        package var maxSize = 102_400
        /// Milliseconds for which an incomplete message is kept.
        package var expire: Int64 = 60_000
        /// Bytes of incomplete messages that are kept; the oldest is dropped first.
        package var maxIncompleteSize = 128 << 20

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<FragmentationInterceptor>(
        className: "org.apache.catalina.tribes.group.interceptors.FragmentationInterceptor",
        kind: .interceptor,
        "Cuts large messages into pieces",
        defaults: Configuration(),
        attributes: [
            .optionFlag,
            Attribute("maxSize", \.maxSize, "Bytes of a piece"),
            Attribute("expire", \.expire, "Milliseconds for which an incomplete message is kept"),
            Attribute("maxIncompleteSize", \.maxIncompleteSize, "Bytes of incomplete messages that are kept"),
        ]
    )

    package let settings: InterceptorSettings<Configuration>
    private let assembler = Mutex(FragmentAssembler())

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    package var statistics: FragmentAssembler.Statistics { self.assembler.withLock { $0.statistics } }

    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        let maxSize = max(1, self.configuration.maxSize)
        guard message.body.readableBytes > maxSize, self.works(on: message.options) else {
            var message = message
            message.body.writeInteger(UInt8(0))
            return context.send(message, to: destinations)
        }
        let pieces = Fragment.pieces(of: message.body, size: maxSize)
        guard message.options.contains(.asynchronous) || !message.options.contains(.useAck) else {
            return self.sendNext(pieces[...], of: message, to: destinations, context: context)
        }
        // Nobody waits for answers: the order of the pieces is that of the sends.
        let sends = pieces.map { self.send($0, of: message, to: destinations, context: context) }
        return EventLoopFuture.andAllSucceed(sends, on: context.loop.eventLoop)
    }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        var message = message
        guard let mark = message.popLast(as: UInt8.self) else { throw FragmentError.missingMark }
        guard mark != 0 else { return try context.fireMessageReceived(message) }
        let configuration = self.configuration
        let now = context.loop.now
        let fragment = try Fragment(takenFrom: &message)
        let key = FragmentAssembler.Key(sender: message.sender, uniqueID: message.uniqueID)
        let body = try self.assembler.withLock { assembler in
            try assembler.add(fragment, of: key, at: now, maximumBytes: configuration.maxIncompleteSize)
        }
        guard let body else { return }
        message.body = body
        // If this throws, the sender sends the last piece again, and that completes the message again.
        try context.fireMessageReceived(message)
        self.assembler.withLock { $0.delivered(key, at: now) }
    }

    package func memberDisappeared(_ member: Member, context: InterceptorContext) {
        self.assembler.withLock { $0.forget(member) }
        context.fireMemberDisappeared(member)
    }

    package func heartbeat(context: InterceptorContext) {
        context.heartbeat()
        let (now, age) = (context.loop.now, TimeAmount.milliseconds(self.configuration.expire))
        let expired = self.assembler.withLock { $0.expire(olderThan: age, at: now) }
        for key in expired {
            context.logger("group.interceptors.FragmentationInterceptor").warning(
                "Message was not complete in time and is dropped",
                metadata: ["member": "\(key.sender.name)", "uniqueId": "\(key.uniqueID)"]
            )
        }
    }

    private func sendNext(
        _ pieces: ArraySlice<Fragment>,
        of message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        guard let piece = pieces.first else { return context.loop.succeeded() }
        return self.send(piece, of: message, to: destinations, context: context).flatMap {
            self.sendNext(pieces.dropFirst(), of: message, to: destinations, context: context)
        }
    }

    private func send(
        _ piece: Fragment,
        of message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        var part = message
        part.errorHandler = nil
        part.body = piece.encoded
        return context.send(part, to: destinations)
    }
}

extension FragmentationInterceptor: ManagedInterceptor, ChannelPart {
    package static let beanInfo = BeanInfo<FragmentationInterceptor>.interceptor(
        writable: ["maxSize", "expire"],
        [
            .gauge("IncompleteCount", "Messages of which pieces are missing") { $0.statistics.messages },
            .gauge("IncompleteSize", "Bytes of their pieces") { $0.statistics.bytes },
            .counter("ExpiredCount", "Incomplete messages dropped because of their age") { $0.statistics.expired },
            .counter("OverflowCount", "Incomplete messages dropped because of their size") {
                $0.statistics.overflowed
            },
        ]
    )
}
