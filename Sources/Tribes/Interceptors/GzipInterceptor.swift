import Logging
package import Modeler
package import NIOCore
import Synchronization

/// Compresses the bodies of messages.
///
/// The whole body becomes one gzip member and the message gets the option 0x100, by which its receiver
/// knows. With the option flag 0, nothing is marked: every body is compressed and taken to be compressed, as
/// by Tomcat 8.5.
/// Isolation: channel loop; statistics any thread.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.GzipInterceptor`; differs from it in:
/// a body that is not gzip, or too large, is refused.
package final class GzipInterceptor: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// The mark of a compressed message.
        package var optionFlag = SendOptions(rawValue: 0x100)
        /// Bodies of up to this many bytes are not compressed.
        package var compressionMinSize = 0
        /// Whether messages and bytes are counted.
        package var statsEnabled = false
        /// Messages between two reports in the log, with `statsEnabled`; 0 for none.
        package var interval = 0
        /// Largest body after decompression, in bytes.
        package var maxUncompressedSize = 64 << 20

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<GzipInterceptor>(
        className: "org.apache.catalina.tribes.group.interceptors.GzipInterceptor",
        kind: .interceptor,
        "Compresses the bodies of messages",
        defaults: Configuration(),
        attributes: [
            .optionFlag,
            Attribute("compressionMinSize", \.compressionMinSize, "Bodies of up to this many bytes are left alone"),
            Attribute("statsEnabled", \.statsEnabled, "Whether messages and bytes are counted"),
            Attribute("interval", \.interval, "Messages between two reports in the log; 0 for none"),
            Attribute("maxUncompressedSize", \.maxUncompressedSize, "Largest body after decompression, in bytes"),
        ]
    )

    package let settings: InterceptorSettings<Configuration>
    private let codec = LoopConfined(GzipCodec())
    private let counts = Mutex(GzipStatistics())

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    package var statistics: GzipStatistics { self.counts.withLock { $0 } }

    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        let configuration = self.configuration
        let size = message.body.readableBytes
        guard size > configuration.compressionMinSize else {
            self.count(configuration, context: context) { $0.sent(size: size, compressed: nil) }
            return context.send(message, to: destinations)
        }
        var message = message
        do {
            message.body = try self.codec[context].compress(message.body)
        } catch {
            return context.loop.failed(
                ChannelError(.badMessage, "Failed to compress byte contents", destinations: destinations, cause: error)
            )
        }
        message.options.formUnion(configuration.optionFlag)
        let compressed = message.body.readableBytes
        self.count(configuration, context: context) { $0.sent(size: size, compressed: compressed) }
        return context.send(message, to: destinations)
    }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        let configuration = self.configuration
        let size = message.body.readableBytes
        let isMarked = !message.options.isDisjoint(with: configuration.optionFlag)
        guard isMarked || configuration.optionFlag.isEmpty else {
            self.count(configuration, context: context) { $0.received(size: size, compressed: nil) }
            return try context.fireMessageReceived(message)
        }
        var message = message
        do {
            message.body = try self.codec[context].decompress(
                message.body,
                maximumSize: configuration.maxUncompressedSize
            )
        } catch {
            throw ChannelError(.badMessage, "Failed to decompress byte contents", cause: error)
        }
        let uncompressed = message.body.readableBytes
        self.count(configuration, context: context) { $0.received(size: uncompressed, compressed: size) }
        try context.fireMessageReceived(message)
    }

    private func count(
        _ configuration: Configuration,
        context: InterceptorContext,
        _ change: (inout GzipStatistics) -> Void
    ) {
        guard configuration.statsEnabled else { return }
        let statistics = self.counts.withLock { statistics in
            change(&statistics)
            return statistics
        }
        if configuration.interval > 0, statistics.count % configuration.interval == 0 {
            context.logger("group.interceptors.GzipInterceptor").info("\(statistics.report)")
        }
    }

    fileprivate func reset() { self.counts.withLock { $0 = GzipStatistics() } }
}

/// What a ``GzipInterceptor`` did.
package struct GzipStatistics: Sendable, Equatable {
    /// Messages in one direction.
    package struct Direction: Sendable, Equatable {
        package fileprivate(set) var compressed = 0
        package fileprivate(set) var uncompressed = 0
        /// Bytes of all bodies as the application has them.
        package fileprivate(set) var size: Int64 = 0
        /// Bytes of compressed bodies as they travel.
        package fileprivate(set) var compressedSize: Int64 = 0
        /// Bytes of bodies that are left alone.
        package fileprivate(set) var uncompressedSize: Int64 = 0

        fileprivate mutating func add(size: Int, compressed: Int?) {
            self.size += Int64(size)
            if let compressed {
                self.compressed += 1
                self.compressedSize += Int64(compressed)
            } else {
                self.uncompressed += 1
                self.uncompressedSize += Int64(size)
            }
        }
    }

    package private(set) var count = 0
    package private(set) var sending = Direction()
    package private(set) var receiving = Direction()

    package init() {}

    /// A body of `size` bytes was sent, in `compressed` bytes or as it was.
    package mutating func sent(size: Int, compressed: Int?) {
        self.count += 1
        self.sending.add(size: size, compressed: compressed)
    }

    /// A body of `size` bytes came, in `compressed` bytes or as it was.
    package mutating func received(size: Int, compressed: Int?) {
        self.count += 1
        self.receiving.add(size: size, compressed: compressed)
    }

    /// The counts in lines, for the log.
    package var report: String {
        func lines(_ name: String, _ direction: Direction) -> String {
            """

            \t\(name) Msg: \(direction.compressed + direction.uncompressed) messages
            \t\(name) compressed: \(direction.compressed) messages, \(direction.compressedSize) bytes
            \t\(name) uncompressed: \(direction.uncompressed) messages, \(direction.uncompressedSize) bytes
            \t\(name) size: \(direction.size) bytes
            """
        }
        return "GzipInterceptor Report[" + lines("Tx", self.sending) + lines("Rx", self.receiving) + "]"
    }
}

extension GzipInterceptor: ManagedInterceptor, ChannelPart {
    package static let beanInfo = BeanInfo<GzipInterceptor>.interceptor(
        writable: ["optionFlag", "compressionMinSize", "statsEnabled", "interval"],
        [
            .counter("Count", "Messages in both directions") { $0.statistics.count },
            .counter("CountCompressedTX", "Messages sent compressed") { $0.statistics.sending.compressed },
            .counter("CountUncompressedTX", "Messages sent as they were") { $0.statistics.sending.uncompressed },
            .counter("CountCompressedRX", "Compressed messages received") { $0.statistics.receiving.compressed },
            .counter("CountUncompressedRX", "Other messages received") { $0.statistics.receiving.uncompressed },
            .counter("SizeTX", "Bytes of the application sent") { $0.statistics.sending.size },
            .counter("CompressedSizeTX", "Bytes sent compressed") { $0.statistics.sending.compressedSize },
            .counter("UncompressedSizeTX", "Bytes sent as they were") { $0.statistics.sending.uncompressedSize },
            .counter("SizeRX", "Bytes of the application received") { $0.statistics.receiving.size },
            .counter("CompressedSizeRX", "Compressed bytes received") { $0.statistics.receiving.compressedSize },
            .counter("UncompressedSizeRX", "Other bytes received") { $0.statistics.receiving.uncompressedSize },
        ],
        operations: [
            ManagedOperation("report", "Writes the counts to the log") { interceptor, _ in
                Logger(label: "org.apache.catalina.tribes.group.interceptors.GzipInterceptor")
                    .info("\(interceptor.statistics.report)")
            },
            ManagedOperation("reset", "Sets the counts to 0") { interceptor, _ in interceptor.reset() },
        ]
    )
}
