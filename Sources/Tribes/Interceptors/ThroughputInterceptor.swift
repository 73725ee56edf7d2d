import Logging
package import Modeler
package import NIOCore
import Synchronization

/// Counts messages and bytes, and says so in the log every so many messages.
///
/// Isolation: channel loop; statistics any thread.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.ThroughputInterceptor`.
package final class ThroughputInterceptor: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []
        /// Messages between two reports.
        package var interval = 10_000

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<ThroughputInterceptor>(
        className: "org.apache.catalina.tribes.group.interceptors.ThroughputInterceptor",
        kind: .interceptor,
        "Counts messages and bytes",
        defaults: Configuration(),
        attributes: [
            .optionFlag,
            Attribute("interval", \.interval, "Messages between two reports in the log"),
        ]
    )

    package let settings: InterceptorSettings<Configuration>
    private let meter = Mutex(ThroughputMeter())

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    package var statistics: ThroughputMeter { self.meter.withLock { $0 } }

    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        let size = Self.frameSize(of: message)
        self.meter.withLock { $0.sendStarted(at: context.loop.now, wallClock: context.loop.wallClock) }
        let sent = context.send(message, to: destinations)
        sent.whenComplete { result in
            let isSuccess = if case .success = result { true } else { false }
            let interval = self.configuration.interval
            let isReportDue = self.meter.withLock { meter in
                meter.sendFinished(
                    isSuccess ? size : nil,
                    destinations: destinations.count,
                    at: context.loop.now,
                    interval: interval
                )
            }
            if isReportDue { self.report(context) }
        }
        return sent
    }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        let size = Self.frameSize(of: message)
        let interval = self.configuration.interval
        let isReportDue = self.meter.withLock { meter in
            meter.received(size, at: context.loop.now, wallClock: context.loop.wallClock, interval: interval)
        }
        if isReportDue { self.report(context) }
        try context.fireMessageReceived(message)
    }

    /// Bytes of the frame that carries a message.
    private static func frameSize(of message: ChannelMessage) -> Int {
        PackageDecoder.overhead + 24 + UniqueID.byteCount + MemberRecord.size(of: message.sender)
            + message.body.readableBytes
    }

    private func report(_ context: InterceptorContext) {
        Self.log(self.statistics, seconds: nil, now: context.loop.now)
    }

    private static func log(_ meter: ThroughputMeter, seconds: Double?, now: NIODeadline) {
        Logger(label: "org.apache.catalina.tribes.group.interceptors.ThroughputInterceptor")
            .info("\(meter.report(seconds: seconds ?? meter.sendSeconds, at: now))")
    }

    /// Writes the report now, with `seconds` as the time that sending took.
    package func report(seconds: Double) {
        Self.log(self.statistics, seconds: seconds, now: .now())
    }
}

extension ThroughputInterceptor: ManagedInterceptor, ChannelPart {
    package static let beanInfo = BeanInfo<ThroughputInterceptor>.interceptor(
        writable: ["interval"],
        [
            .gauge("LastCnt", "Reports written because of messages sent") { Double($0.statistics.sendReports) },
            .counter("MbTx", "Megabytes sent, counted for each destination") { $0.statistics.megabytesSent },
            .counter("MbAppTx", "Megabytes sent, counted once a message") { $0.statistics.megabytesOfApplication },
            .counter("MbRx", "Megabytes received") { $0.statistics.megabytesReceived },
            .counter("MsgTxCnt", "Messages sent") { $0.statistics.messagesSent },
            .counter("MsgRxCnt", "Messages received") { $0.statistics.messagesReceived },
            .counter("MsgTxErr", "Messages that did not reach every destination") { $0.statistics.messagesFailed },
            .gauge("RxStart", "When the first message came, in milliseconds since 1970") {
                $0.statistics.receiveStart
            },
            .gauge("TxStart", "When sending last began, in milliseconds since 1970") { $0.statistics.sendStart },
            .counter("TimeTx", "Seconds in which something was being sent") { $0.statistics.sendSeconds },
        ],
        operations: [
            ManagedOperation("report", takes: ["timeTx"], "Writes the report to the log") { interceptor, arguments in
                interceptor.report(seconds: try arguments.value(0, as: Double.self))
            }
        ]
    )
}
