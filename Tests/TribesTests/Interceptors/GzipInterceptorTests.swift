import ClusterSupport
import NIOCore
import TestSupport
import Testing
import Tribes

@Suite struct GzipInterceptorTests {
    static func harness(
        _ change: (inout GzipInterceptor.Configuration) -> Void = { _ in }
    ) -> (
        ChainHarness, GzipInterceptor
    ) {
        var configuration = GzipInterceptor.Configuration()
        change(&configuration)
        let interceptor = GzipInterceptor(configuration: configuration)
        return (ChainHarness([interceptor]), interceptor)
    }

    @Test(
        "a recorded body is read, and compressed again to what the annotation says",
        arguments: ["gzip-delta", "gzip-large"]
    )
    func recorded(name: String) throws {
        let (harness, _) = Self.harness()
        let recorded = try recordedMessage(name)
        try harness.receive(recorded)
        let plain = try #require(harness.received.first)
        #expect(plain.body.readableBytesView.starts(with: [0xac, 0xed, 0, 5]))
        var again = plain
        again.options = .asynchronous
        harness.send(again, to: [ChainHarness.member(2)])
        let sent = try #require(harness.sent.first?.message)
        #expect(sent.options == recorded.options)
        #expect(sent.body.readableBytesView.starts(with: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0]))
        #expect(sent.body.readableBytes == recorded.body.readableBytes)
        try harness.receive(sent)
        #expect(harness.received.last?.body == plain.body)
    }

    @Test("small bodies are left alone and unmarked")
    func small() throws {
        let (harness, interceptor) = Self.harness { configuration in
            configuration.compressionMinSize = 4
            configuration.statsEnabled = true
        }
        harness.send(harness.makeMessage([1, 2, 3, 4]), to: [ChainHarness.member(2)])
        #expect(harness.sentBodies == [[1, 2, 3, 4]])
        #expect(harness.sent[0].message.options == [])
        try harness.receive(harness.sent[0].message)
        #expect(harness.receivedBodies == [[1, 2, 3, 4]])
        harness.send(harness.makeMessage([1, 2, 3, 4, 5]), to: [ChainHarness.member(2)])
        #expect(harness.sent[1].message.options.rawValue == 0x100)
        try harness.receive(harness.sent[1].message)
        #expect(harness.receivedBodies.last == [1, 2, 3, 4, 5])
        #expect(interceptor.statistics.sending.uncompressed == 1)
        #expect(interceptor.statistics.sending.compressed == 1)
        #expect(interceptor.statistics.receiving.uncompressedSize == 4)
        #expect(interceptor.statistics.receiving.size == 9)
    }

    @Test("with no flag everything is compressed and nothing marked, as by Tomcat 8.5")
    func unmarked() throws {
        let (harness, _) = Self.harness { $0.optionFlag = [] }
        harness.send(harness.makeMessage([7]), to: [ChainHarness.member(2)])
        let sent = try #require(harness.sent.first?.message)
        #expect(sent.options == [])
        try harness.receive(sent)
        #expect(harness.receivedBodies == [[7]])
    }

    @Test("what is no gzip member, cut short or too large is refused, and nothing goes up")
    func hostile() throws {
        let (harness, _) = Self.harness { $0.maxUncompressedSize = 1000 }
        var recorded = try recordedMessage("gzip-delta")
        for size in 0..<recorded.body.readableBytes {
            var short = recorded
            short.body = try #require(recorded.body.getSlice(at: recorded.body.readerIndex, length: size))
            #expect(throws: Tribes.ChannelError.self, "\(size) bytes") { try harness.receive(short) }
        }
        let codec = GzipCodec()
        let bomb = try codec.compress(ByteBuffer(repeating: 0, count: 10 << 20))
        #expect(throws: GzipError.tooLarge(maximum: 1000)) { try codec.decompress(bomb, maximumSize: 1000) }
        recorded.body = bomb
        #expect(throws: Tribes.ChannelError.self) { try harness.receive(recorded) }
        var trailing = try codec.compress(ByteBuffer(bytes: [1]))
        trailing.writeInteger(UInt8(0))
        #expect(throws: GzipError.trailingBytes(1)) { try codec.decompress(trailing, maximumSize: 10) }
        #expect(harness.received.isEmpty)
        recorded.body = try codec.compress(ByteBuffer(repeating: 1, count: 1000))
        try harness.receive(recorded)
        #expect(harness.received.count == 1)
    }

    @Test("every size survives, the empty one too", arguments: [0, 1, 100, 16_384, 16_385, 1 << 20])
    func sizes(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let codec = GzipCodec()
        let body = ByteBuffer(bytes: (0..<size).map { _ in UInt8.random(in: 0...15, using: &generator) })
        #expect(try codec.decompress(try codec.compress(body), maximumSize: size) == body)
    }

    @Test("mutated bodies are read or refused, never more")
    func mutations() throws {
        var generator = SeededGenerator(seed: 11)
        let codec = GzipCodec()
        let body = Array(try recordedMessage("gzip-delta").body.readableBytesView)
        for _ in 0..<2000 {
            var mutated = body
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                mutated[Int.random(in: 0..<body.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            guard let plain = try? codec.decompress(ByteBuffer(bytes: mutated), maximumSize: 4096) else { continue }
            #expect(plain.readableBytes <= 4096)
        }
    }
}
