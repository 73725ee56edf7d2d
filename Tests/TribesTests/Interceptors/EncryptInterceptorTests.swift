import ClusterSupport
import Foundation
import NIOCore
import TestSupport
import Testing
import Tribes

@Suite struct EncryptInterceptorTests {
    static let key = "cafebabedeadbeefbeefcafecafebabe"

    static func configuration(_ algorithm: String = "AES/GCM/NoPadding") throws -> EncryptInterceptor.Configuration {
        var configuration = EncryptInterceptor.Configuration()
        configuration.encryptionAlgorithm = algorithm
        configuration.encryptionKey = try EncryptionKey(attributeText: Self.key)
        return configuration
    }

    static func harness(
        epoch: Int64 = 1_700_000_000_000,
        _ configuration: EncryptInterceptor.Configuration
    ) -> (ChainHarness, EncryptInterceptor) {
        let interceptor = EncryptInterceptor(configuration: configuration)
        let harness = ChainHarness([interceptor], epoch: epoch)
        harness.start()
        return (harness, interceptor)
    }

    @Test(
        "a recorded message is decrypted, once and within its time",
        arguments: [
            ("encrypt-gcm-created", "AES/GCM/NoPadding"), ("encrypt-gcm-delta", "AES/GCM/NoPadding"),
            ("encrypt-cbc-delta", "AES/CBC/PKCS5Padding"),
        ]
    )
    func recorded(name: String, algorithm: String) throws {
        let message = try recordedMessage(name)
        var configuration = try Self.configuration(algorithm)
        let (harness, interceptor) = Self.harness(epoch: message.timestamp, configuration)
        try harness.receive(message)
        let body = try #require(harness.received.first?.body)
        #expect(body.readableBytesView.starts(with: [0xac, 0xed, 0, 5]))
        try harness.receive(message)
        #expect(harness.received.count == 1)
        #expect(interceptor.statistics.replayed == 1)
        for skew in [-20_000, 20_000] as [Int64] {
            let (late, lateInterceptor) = Self.harness(epoch: message.timestamp + skew, configuration)
            try late.receive(message)
            #expect(late.received.isEmpty)
            #expect(lateInterceptor.statistics.outsideWindow == 1)
        }
        configuration.encryptionKey = try EncryptionKey(attributeText: "00" + Self.key.dropFirst(2))
        let (stranger, strangerInterceptor) = Self.harness(epoch: message.timestamp, configuration)
        try stranger.receive(message)
        #expect(stranger.received.isEmpty)
        #expect(strangerInterceptor.statistics.undecipherable == 1)

        let cipher = try MessageCipher(
            algorithm: EncryptionAlgorithm(name: algorithm),
            key: EncryptionKey(attributeText: Self.key)
        )
        let (vector, plain) = try cipher.decrypt(message.body)
        #expect(try cipher.encrypt(plain, vector: vector) == message.body)
    }

    @Test("compressed, cut and encrypted: the recorded stack is undone in its order")
    func combination() throws {
        let message = try recordedMessage("combo-gzip-frag-encrypt")
        let harness = ChainHarness(
            [
                GzipInterceptor(configuration: GzipInterceptor.Configuration()),
                FragmentationInterceptor(configuration: FragmentationInterceptor.Configuration()),
                EncryptInterceptor(configuration: try Self.configuration()),
            ],
            epoch: message.timestamp
        )
        harness.start()
        try harness.receive(message)
        #expect(harness.received.first?.body.readableBytesView.starts(with: [0xac, 0xed, 0, 5]) == true)
        let plain = try #require(harness.received.first)
        var again = plain
        again.options = .asynchronous
        harness.send(again, to: [ChainHarness.member(2)])
        let sent = try #require(harness.sent.first?.message)
        #expect(sent.options == message.options)
        #expect(sent.body.readableBytes == message.body.readableBytes)
        try harness.receive(sent)
        #expect(harness.received.last?.body == plain.body)
    }

    static let ciphers: [[String]] = {
        let text = (try? Vectors.bytes("tribes/ciphers.txt")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: " ").map(String.init)
        }
    }()

    @Test("each cipher gives what the Java machine's provider gives", arguments: ciphers)
    func cipher(row: [String]) throws {
        #expect(row.count == 5)
        let cipher = try MessageCipher(
            algorithm: EncryptionAlgorithm(name: row[0]),
            key: EncryptionKey(attributeText: row[1])
        )
        let vector = try bytes(hex: row[2])
        let plain = ByteBuffer(bytes: try bytes(hex: String(row[3].dropLast())))
        let encrypted = ByteBuffer(bytes: vector + (try bytes(hex: row[4])))
        #expect(try cipher.encrypt(plain, vector: vector) == encrypted)
        let decrypted = try cipher.decrypt(encrypted)
        #expect(decrypted.vector == vector)
        #expect(decrypted.bytes == plain)
    }

    @Test(
        "names of ciphers that Tomcat refuses are refused",
        arguments: [
            "AES", "AES/GCM", "", "DES/CBC/PKCS5Padding", "AES/ECB/PKCS5Padding", "AES/CTR/NoPadding",
            "AES/PCBC/PKCS5Padding", "AES/CBC/NoPadding", "AES/CFB/NoPadding", "AES/OFB/NoPadding",
            "AES/GCM/PKCS5Padding", "AES/CFB8/PKCS5Padding", "AES/KW/NoPadding",
        ]
    )
    func refusedAlgorithms(name: String) throws {
        #expect(throws: Tribes.ChannelError.self) { try EncryptionAlgorithm(name: name) }
        let harness = ChainHarness([EncryptInterceptor(configuration: try Self.configuration(name))])
        #expect(harness.start().error?.code == .badConfiguration)
    }

    @Test("a start without key, with a key of a wrong size or below the failure detector fails")
    func badStart() throws {
        var configuration = try Self.configuration()
        configuration.encryptionKey = EncryptionKey([])
        #expect(
            ChainHarness([EncryptInterceptor(configuration: configuration)]).start().error?.code == .badConfiguration
        )
        configuration.encryptionKey = EncryptionKey([1, 2, 3])
        #expect(
            ChainHarness([EncryptInterceptor(configuration: configuration)]).start().error?.code == .badConfiguration
        )
        let detector = TcpFailureDetector(configuration: TcpFailureDetector.Configuration())
        let below = ChainHarness([detector, EncryptInterceptor(configuration: try Self.configuration())])
        #expect(below.start().error?.code == .badConfiguration)
        let above = ChainHarness([EncryptInterceptor(configuration: try Self.configuration()), detector])
        #expect(above.start().isSuccess)
        #expect(throws: (any Error).self) { try EncryptionKey(attributeText: "abc") }
        #expect(throws: (any Error).self) { try EncryptionKey(attributeText: "zz") }
        #expect(!"\(try EncryptionKey(attributeText: Self.key))".contains("cafe"))
    }

    @Test("peers before 10.1.56 send no timestamp, and get none")
    func older() throws {
        var configuration = try Self.configuration("AES/CBC/PKCS5Padding")
        configuration.timestamped = false
        let (harness, _) = Self.harness(configuration)
        harness.send(harness.makeMessage([1, 2, 3]), to: [ChainHarness.member(2)])
        let sent = try #require(harness.sent.first?.message)
        #expect(sent.body.readableBytes == 32)
        try harness.receive(sent)
        try harness.receive(sent)
        #expect(harness.receivedBodies == [[1, 2, 3], [1, 2, 3]])
    }

    @Test("what was cut short or changed is dropped and counted, wherever that is")
    func hostile() throws {
        let (harness, interceptor) = Self.harness(try Self.configuration())
        harness.send(harness.makeMessage([1, 2, 3, 4]), to: [ChainHarness.member(2)])
        let good = try #require(harness.sent.first?.message)
        let bytes = Array(good.body.readableBytesView)
        for size in 0..<bytes.count {
            var message = good
            message.body = ByteBuffer(bytes: bytes.prefix(size))
            try harness.receive(message)
        }
        for index in bytes.indices {
            var message = good
            var changed = bytes
            changed[index] ^= 0x40
            message.body = ByteBuffer(bytes: changed)
            try harness.receive(message)
        }
        #expect(harness.received.isEmpty)
        #expect(interceptor.statistics.undecipherable == Int64(2 * bytes.count))
        try harness.receive(good)
        #expect(harness.receivedBodies == [[1, 2, 3, 4]])
    }

    @Test("a message that was refused may come again, one that was taken may not")
    func refused() throws {
        struct Refusal: Error {}
        let (harness, _) = Self.harness(try Self.configuration())
        harness.send(harness.makeMessage([9]), to: [ChainHarness.member(2)])
        let message = try #require(harness.sent.first?.message)
        harness.refuse(with: Refusal())
        #expect(throws: Refusal.self) { try harness.receive(message) }
        harness.refuse(with: nil)
        try harness.receive(message)
        try harness.receive(message)
        #expect(harness.receivedBodies == [[9], [9]])
    }
}

@Suite struct ReplayWindowTests {
    @Test("the window holds no more than it may, and what fell out of it is old")
    func bounded() {
        var window = ReplayWindow(start: 0)
        for number in 0..<100 {
            let verdict = window.accept(
                timestamp: 1000 + Int64(number),
                vector: [UInt8(number)],
                now: 1100,
                time: 10_000,
                maximumCount: 10
            )
            #expect(verdict == .accepted)
        }
        #expect(window.count == 10)
        let fallen = window.accept(timestamp: 1050, vector: [50], now: 1100, time: 10_000, maximumCount: 10)
        #expect(fallen == .forgotten)
        let inside = window.accept(timestamp: 1095, vector: [95], now: 1100, time: 10_000, maximumCount: 10)
        #expect(inside == .replayed)
        let between = window.accept(timestamp: 1095, vector: [200], now: 1100, time: 10_000, maximumCount: 10)
        #expect(between == .accepted)
    }

    @Test("timestamps at both ends of what a number can be are judged", arguments: [Int64.min, .max])
    func extremes(timestamp: Int64) {
        var window = ReplayWindow(start: 0)
        let verdict = window.accept(timestamp: timestamp, vector: [1], now: 5000, time: 1000, maximumCount: 4)
        #expect(verdict == (timestamp < 0 ? .tooOld : .tooNew))
    }
}
