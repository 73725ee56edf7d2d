import Logging
package import Modeler
package import NIOCore
import Synchronization

/// Encrypts the bodies of messages with a key that all nodes share.
///
/// The plaintext begins with the message's timestamp, and a receiver takes a message only once and only if
/// it is not old: clocks must agree within `replayWindowTime`. Header, options and sender of a frame stay
/// in clear, as do probes and notices of the layers below.
/// Isolation: channel loop; statistics any thread.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.EncryptInterceptor`; differs from it
/// in: a message that was refused may come again; the key is shown to nobody.
package final class EncryptInterceptor: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []
        /// AES in one of the modes GCM (NoPadding), CBC, CFB, OFB (PKCS5Padding).
        package var encryptionAlgorithm = "AES/GCM/NoPadding"
        /// 16, 24 or 32 bytes as hexadecimal digits.
        package var encryptionKey = EncryptionKey([])
        /// Milliseconds that the clocks of two nodes may differ, the way of the message included.
        package var replayWindowTime: Int64 = 10_000
        /// Messages that are remembered so that none is taken twice.
        package var replayWindowMessageCount = 8192
        /// Whether the plaintext begins with a timestamp; peers before 10.1.56, 9.0.119 and every 8.5 have none.
        package var timestamped = true

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<EncryptInterceptor>(
        className: "org.apache.catalina.tribes.group.interceptors.EncryptInterceptor",
        kind: .interceptor,
        "Encrypts the bodies of messages",
        defaults: Configuration(),
        attributes: [
            .optionFlag,
            Attribute("encryptionAlgorithm", \.encryptionAlgorithm, "AES/MODE/PADDING, as AES/GCM/NoPadding"),
            Attribute(
                "encryptionKey",
                \.encryptionKey,
                "16, 24 or 32 bytes as hexadecimal digits",
                aliases: ["encryptionKeyString"]
            ),
            .ignored("providerName", "libcrypto is the only provider"),
            Attribute("replayWindowTime", \.replayWindowTime, "Milliseconds that clocks may differ"),
            Attribute("replayWindowMessageCount", \.replayWindowMessageCount, "Messages that are remembered"),
            Attribute(
                "timestamped",
                \.timestamped,
                "Whether the plaintext begins with a timestamp; older peers' does not"
            ),
        ]
    )

    /// Messages that did not go up.
    package struct Statistics: Sendable, Equatable {
        package fileprivate(set) var undecipherable: Int64 = 0
        package fileprivate(set) var replayed: Int64 = 0
        package fileprivate(set) var outsideWindow: Int64 = 0
    }

    private struct State {
        var cipher: MessageCipher?
        var window = ReplayWindow(start: .min)
    }

    package let settings: InterceptorSettings<Configuration>
    private let state = LoopConfined(State())
    private let counts = Mutex(Statistics())

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    package var statistics: Statistics { self.counts.withLock { $0 } }

    package func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        do {
            if self.state[context].cipher == nil { try self.prepare(context) }
        } catch {
            return context.loop.failed(ChannelError(wrapping: error))
        }
        return context.start(levels)
    }

    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        guard let cipher = self.state[context].cipher else {
            return context.loop.failed(ChannelError(.notStarted, "EncryptInterceptor is not started"))
        }
        var message = message
        var plain = message.body
        if self.configuration.timestamped {
            plain = ByteBufferAllocator().buffer(capacity: message.body.readableBytes + 24)
            plain.writeInteger(message.timestamp)
            plain.writeImmutableBuffer(message.body)
        }
        do {
            let vector = context.loop.randomBytes(count: cipher.algorithm.mode.vectorSize)
            message.body = try cipher.encrypt(plain, vector: vector)
        } catch {
            return context.loop.failed(
                ChannelError(.badMessage, "Failed to encrypt message", destinations: destinations, cause: error)
            )
        }
        return context.send(message, to: destinations)
    }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        guard let cipher = self.state[context].cipher else {
            throw ChannelError(.notStarted, "EncryptInterceptor is not started")
        }
        var message = message
        let vector: [UInt8]
        do {
            (vector, message.body) = try cipher.decrypt(message.body)
        } catch {
            return self.drop(message, "Failed to decrypt message", context: context) { $0.undecipherable += 1 }
        }
        guard self.configuration.timestamped else { return try context.fireMessageReceived(message) }
        guard let timestamp = message.body.readInteger(as: Int64.self) else {
            return self.drop(message, "Failed to decrypt message: premature end-of-message", context: context) {
                $0.undecipherable += 1
            }
        }
        guard self.isNew(message, timestamp: timestamp, vector: vector, context: context) else { return }
        do {
            try context.fireMessageReceived(message)
        } catch {
            // Its sender was told and sends the same bytes again; they are no replay then.
            self.state[context].window.forget(vector: vector)
            throw error
        }
    }

    private func prepare(_ context: InterceptorContext) throws {
        let configuration = self.configuration
        let algorithm = try EncryptionAlgorithm(name: configuration.encryptionAlgorithm)
        guard !configuration.encryptionKey.bytes.isEmpty else {
            throw ChannelError(.badConfiguration, "Encryption key is required")
        }
        guard configuration.replayWindowTime >= 1, configuration.replayWindowMessageCount >= 1 else {
            throw ChannelError(.badConfiguration, "The replay window of EncryptInterceptor must not be empty")
        }
        guard context.firstAbove(TcpFailureDetector.self) == nil else {
            throw ChannelError(
                .badConfiguration,
                "EncryptInterceptor must be upstream of TcpFailureDetector. Please re-order EncryptInterceptor to be "
                    + "listed before TcpFailureDetector in your channel interceptor pipeline."
            )
        }
        do {
            let cipher = try MessageCipher(algorithm: algorithm, key: configuration.encryptionKey)
            self.state[context].cipher = cipher
        } catch {
            throw ChannelError(.badConfiguration, "Failed to initialize EncryptInterceptor", cause: error)
        }
        self.state[context].window = ReplayWindow(start: context.loop.wallClock - configuration.replayWindowTime)
        if algorithm.mode != .gcm {
            self.log(context).warning(
                "The mode authenticates nothing: use AES/GCM/NoPadding where every node can",
                metadata: ["algorithm": "\(configuration.encryptionAlgorithm)"]
            )
        }
    }

    private func isNew(
        _ message: ChannelMessage,
        timestamp: Int64,
        vector: [UInt8],
        context: InterceptorContext
    ) -> Bool {
        let configuration = self.configuration
        let now = context.loop.wallClock
        let verdict = self.state[context].window.accept(
            timestamp: timestamp,
            vector: vector,
            now: now,
            time: configuration.replayWindowTime,
            maximumCount: configuration.replayWindowMessageCount
        )
        switch verdict {
        case .accepted: return true
        case .replayed, .forgotten:
            self.drop(message, "Message was received before and is dropped", context: context) { $0.replayed += 1 }
        case .tooOld, .tooNew:
            let line = "Message is outside the replay window and is dropped: do the clocks of the nodes agree?"
            self.drop(message, line, context: context) { $0.outsideWindow += 1 }
        }
        return false
    }

    private func drop(
        _ message: ChannelMessage,
        _ reason: String,
        context: InterceptorContext,
        _ count: (inout Statistics) -> Void
    ) {
        self.counts.withLock { count(&$0) }
        self.log(context).error("\(reason)", metadata: ["member": "\(message.sender.name)"])
    }

    private func log(_ context: InterceptorContext) -> Logger {
        context.logger("group.interceptors.EncryptInterceptor")
    }
}

extension EncryptInterceptor: ManagedInterceptor, ChannelPart {
    package static let beanInfo = BeanInfo<EncryptInterceptor>.interceptor(
        writable: ["replayWindowTime", "replayWindowMessageCount"],
        hidden: ["encryptionKey"],
        [
            .counter("UndecipherableCount", "Messages not from this key, or damaged") { $0.statistics.undecipherable },
            .counter("ReplayedCount", "Messages that came a second time") { $0.statistics.replayed },
            .counter("OutsideWindowCount", "Messages of clocks that differ too much") { $0.statistics.outsideWindow },
        ]
    )
}
