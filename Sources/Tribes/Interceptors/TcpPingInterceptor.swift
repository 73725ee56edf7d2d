import Logging
package import Modeler
package import NIOCore

/// Checks again and again whether the members can be reached.
///
/// With a ``TcpFailureDetector`` below, which should be there, that probes every member; without one, a
/// message that peers swallow goes to each.
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.TcpPingInterceptor`.
package final class TcpPingInterceptor: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []
        /// Milliseconds between two checks, with `useThread`.
        package var interval: Int64 = 1000
        /// Whether the checks have an interval of their own; otherwise they go with the channel's heartbeat.
        package var useThread = false
        /// Whether only members that an operator listed get a message.
        package var staticOnly = false

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<TcpPingInterceptor>(
        className: "org.apache.catalina.tribes.group.interceptors.TcpPingInterceptor",
        kind: .interceptor,
        "Checks again and again whether the members can be reached",
        defaults: Configuration(),
        attributes: [
            .optionFlag,
            Attribute("interval", \.interval, "Milliseconds between two checks, with useThread"),
            Attribute("useThread", \.useThread, "Whether the checks have an interval of their own"),
            Attribute("staticOnly", \.staticOnly, "Whether only listed members get a message"),
        ]
    )

    /// The body of such a message.
    package static let ping: [UInt8] = [
        0x4f, 0xa7, 0x73, 0x48, 0x79, 0xdf, 0x43, 0xc9, 0x9f, 0x6f, 0x89, 0x80, 0xa1, 0x5b, 0x07, 0x14,
        0x7d, 0xd9, 0x52, 0x5b, 0xeb, 0xdf, 0x43, 0x9a, 0xb7, 0x7e, 0xbe, 0x8f, 0x81, 0x67, 0x1e, 0xb6,
        0x37, 0x15, 0xbe, 0x87, 0x45, 0x21, 0x4c, 0xa8, 0xbf, 0x0a, 0x4d, 0x13, 0x53, 0x38, 0x15, 0x32,
        0x55, 0xf6, 0x94, 0xb7, 0x3a, 0xdf, 0x21, 0x78, 0x91, 0x04, 0x7d, 0xd7, 0x72, 0x84, 0xc0, 0xd5,
    ]

    package let settings: InterceptorSettings<Configuration>
    private let timer = LoopConfined<RepeatedTask?>(nil)

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    package func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        let configuration = self.configuration
        if configuration.useThread, configuration.interval > 0, self.timer[context] == nil {
            self.timer[context] = context.loop.repeat(every: .milliseconds(configuration.interval)) {
                self.check(context)
            }
        }
        return context.start(levels)
    }

    package func stop(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        self.timer[context]?.cancel()
        self.timer[context] = nil
        return context.stop(levels)
    }

    package func passes(_ options: SendOptions) -> Bool { true }

    package func heartbeat(context: InterceptorContext) {
        context.heartbeat()
        if !self.configuration.useThread { self.check(context) }
    }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        if self.works(on: message.options), message.hasBody(Self.ping) { return }
        try context.fireMessageReceived(message)
    }

    private func check(_ context: InterceptorContext) {
        if let (detector, place) = context.firstBelow(TcpFailureDetector.self) {
            detector.checkMembers(isForced: true, context: place)
        } else if self.configuration.staticOnly {
            if let (layer, place) = context.firstBelow(StaticMembershipInterceptor.self) {
                self.ping(layer.staticMembers(context: place), context: context)
            }
        } else {
            self.ping(context.members, context: context)
        }
    }

    private func ping(_ members: [Member], context: InterceptorContext) {
        guard !members.isEmpty, let message = context.makeMessage(self.optionFlag, body: ByteBuffer(bytes: Self.ping))
        else { return }
        context.send(message, to: members).whenFailure { error in
            context.logger("group.interceptors.TcpPingInterceptor").warning(
                "Unable to send TCP ping.",
                metadata: ["error": "\(error)"]
            )
        }
    }
}

extension TcpPingInterceptor: ManagedInterceptor, ChannelPart {
    package static let beanInfo = BeanInfo<TcpPingInterceptor>.interceptor()
}
