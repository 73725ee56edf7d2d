import Logging
package import Modeler
package import NIOCore
import Synchronization

/// Lets the sender of an asynchronous message go on at once.
///
/// Messages to one destination keep the order in which they were sent: they go down at once, and the
/// transport has one lane for each destination. What has gone down and is not done is bounded by
/// `maxQueueSize`; above that a sender waits for its message, up to the same number of bytes again, and
/// above that, or without `alwaysSend`, its message is refused.
/// Isolation: channel loop; statistics any thread.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.MessageDispatchInterceptor`; differs
/// from it in: no pool of threads, and so no message that overtakes another.
package final class MessageDispatchInterceptor: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Bits of the messages that are dispatched.
        package var optionFlag: SendOptions = .asynchronous
        /// Bytes of messages that nobody waits for and that are not done.
        package var maxQueueSize: Int64 = 64 << 20
        /// Whether a sender waits when the queue is full; otherwise its message is refused.
        package var alwaysSend = true

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<MessageDispatchInterceptor>(
        className: "org.apache.catalina.tribes.group.interceptors.MessageDispatchInterceptor",
        aliases: ["org.apache.catalina.tribes.group.interceptors.MessageDispatch15Interceptor"],
        kind: .interceptor,
        "Lets the sender of an asynchronous message go on at once",
        defaults: Configuration(),
        attributes: [
            .optionFlag,
            Attribute("maxQueueSize", \.maxQueueSize, "Bytes of messages that nobody waits for and that are not done"),
            Attribute("alwaysSend", \.alwaysSend, "Whether a sender waits when the queue is full; else it is refused"),
            .ignored("useDeepClone", "Messages are values", type: .bool),
            .ignored("maxThreads", "No thread waits for a message", type: .int),
            .ignored("maxSpareThreads", "No thread waits for a message", type: .int),
            .ignored("keepAliveTime", "No thread waits for a message", type: .long),
        ]
    )

    package let settings: InterceptorSettings<Configuration>
    private let backlog = Mutex(DispatchBacklog())
    private let isRunning = LoopConfined(false)

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    /// What is on its way and what was counted.
    package var statistics: DispatchBacklog { self.backlog.withLock { $0 } }

    package func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        if levels.contains(.sender) {
            self.isRunning[context] = true
            let flag = self.optionFlag
            if flag != .asynchronous {
                context.logger("group.interceptors.MessageDispatchInterceptor").warning(
                    """
                    Warning, you are overriding the asynchronous option flag, \
                    this will disable the Channel.SEND_OPTIONS_ASYNCHRONOUS that other apps might use.
                    """,
                    metadata: ["optionFlag": "\(flag.rawValue)"]
                )
            }
        }
        return context.start(levels)
    }

    package func stop(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        if levels.contains(.sender) { self.isRunning[context] = false }
        return context.stop(levels)
    }

    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        guard self.works(on: message.options), self.isRunning[context] else {
            return context.send(message, to: destinations)
        }
        let configuration = self.configuration
        let size = Int64(message.body.readableBytes)
        let admission = self.backlog.withLock {
            $0.admit(size, maximum: configuration.maxQueueSize, isWaitingAllowed: configuration.alwaysSend)
        }
        if admission.isFirstOverflow { self.report(configuration, context: context) }
        switch admission.verdict {
        case .refused:
            return context.loop.failed(
                ChannelError(
                    .queueFull,
                    "Asynchronous queue is full, reached its limit of [\(configuration.maxQueueSize)] bytes",
                    destinations: destinations,
                    cause: ChannelError(.queueFull, "The queue is full")
                )
            )
        case .queued:
            self.dispatch(message, size: size, to: destinations, context: context)
            return context.loop.succeeded()
        case .waiting:
            // The result tells its sender, and the handler nothing, as of any message that is waited for.
            return context.send(message, to: destinations).always { self.finished(size, $0) }
        }
    }

    package func passes(_ options: SendOptions) -> Bool { !self.works(on: options) }

    private func dispatch(
        _ message: ChannelMessage,
        size: Int64,
        to destinations: [Member],
        context: InterceptorContext
    ) {
        let (handler, uniqueID) = (message.errorHandler, message.uniqueID)
        context.send(message, to: destinations).whenComplete { result in
            self.finished(size, result)
            switch result {
            case .success: handler?.handleCompletion(uniqueID: uniqueID)
            case .failure(let error):
                if let handler {
                    handler.handleError(ChannelError(wrapping: error), uniqueID: uniqueID)
                } else {
                    context.logger("group.interceptors.MessageDispatchInterceptor").debug(
                        "Error while processing async message.",
                        metadata: ["error": "\(error)"]
                    )
                }
            }
        }
    }

    private func finished(_ size: Int64, _ result: Result<Void, any Error>) {
        let isFailure = if case .failure = result { true } else { false }
        self.backlog.withLock { $0.finish(size, isFailure: isFailure) }
    }

    private func report(_ configuration: Configuration, context: InterceptorContext) {
        context.logger("group.interceptors.MessageDispatchInterceptor").warning(
            "Asynchronous queue is full: members do not keep up with what is sent",
            metadata: ["maxQueueSize": "\(configuration.maxQueueSize)", "alwaysSend": "\(configuration.alwaysSend)"]
        )
    }
}

extension MessageDispatchInterceptor: ManagedInterceptor, ChannelPart {
    package static let beanInfo = BeanInfo<MessageDispatchInterceptor>.interceptor(
        writable: ["alwaysSend"],
        [
            .gauge("CurrentSize", "Bytes of messages that are not done") { $0.statistics.bytes },
            .gauge("ActiveCount", "Messages that are not done") { $0.statistics.messages },
            .counter("TaskCount", "Messages taken") { $0.statistics.taken },
            .counter("CompletedTaskCount", "Messages done, failed ones included") { $0.statistics.finished },
            .counter("FailedTaskCount", "Messages that did not reach every destination") { $0.statistics.failed },
            .counter("OverflowCount", "Messages that found the queue full") { $0.statistics.overflows },
            .counter("RefusedCount", "Messages refused because the queue was full") { $0.statistics.refused },
            .gauge("MaxThreads", "No thread waits for a message") { _ in 0 },
            .gauge("MaxSpareThreads", "No thread waits for a message") { _ in 0 },
            .gauge("PoolSize", "No thread waits for a message") { _ in 0 },
            .gauge("KeepAliveTime", "No thread waits for a message") { _ in Int64(0) },
        ]
    )
}
