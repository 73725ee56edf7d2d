import TestSupport
import Testing

@testable import Coyote

@Suite struct ClientHelloTests {
    private static func parse(_ bytes: [UInt8], limit: Int = 65_536) -> ClientHello {
        bytes.withUnsafeBytes { ClientHello($0, limit: limit) }
    }

    @Test("the host name is found once the message is complete, and not before", arguments: ["a.Example.org", nil])
    func serverName(name: String?) throws {
        let hello = try TLSClient.hello(serverName: name)
        for cut in 0..<hello.count { #expect(Self.parse(Array(hello[..<cut])) == .incomplete) }
        #expect(Self.parse(hello) == .hello(serverName: name?.lowercased()))
        #expect(Self.parse(hello + [1, 2, 3]) == .hello(serverName: name?.lowercased()))
    }

    @Test("a message may be spread over records")
    func records() throws {
        let hello = try TLSClient.hello(serverName: "localhost")
        let message = hello[5...]
        for size in [1, 7, 100] {
            var records: [UInt8] = []
            var rest = message
            while !rest.isEmpty {
                let part = rest.prefix(size)
                records += [22, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 0xFF)] + part
                rest = rest.dropFirst(size)
            }
            #expect(Self.parse(records) == .hello(serverName: "localhost"))
        }
    }

    @Test("plain HTTP is told from TLS, and the rest is left to the library")
    func others() throws {
        #expect(Self.parse(Array("GET / HTTP/1.1".utf8)) == .plainText)
        #expect(Self.parse([0x80, 0x2E]) == .hello(serverName: nil))
        #expect(Self.parse([22, 3, 1, 0, 4, 2, 0, 0, 0]) == .hello(serverName: nil))
        let hello = try TLSClient.hello(serverName: "localhost")
        #expect(Self.parse(Array(hello[..<50]), limit: 50) == .hello(serverName: nil))
    }

    @Test("no mutation traps", arguments: [1, 2] as [UInt64])
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let hello = try TLSClient.hello(serverName: "localhost")
        for _ in 0..<5000 {
            var mutant = hello
            for _ in 0...Int.random(in: 0...4, using: &random) {
                mutant[Int.random(in: 0..<mutant.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = Self.parse(Array(mutant.prefix(Int.random(in: 0...mutant.count, using: &random))))
        }
    }

    @Test(
        "protocols name the versions that are served",
        arguments: [
            ("all", TLSProtocolsRange(0x0303, 0x0304)), ("TLSv1.2", .init(0x0303, 0x0303)),
            ("TLSv1.2+TLSv1.3", .init(0x0303, 0x0304)), ("all,-TLSv1.2", .init(0x0304, 0x0304)),
            ("all -TLSv1.3", .init(0x0303, 0x0303)), ("SSLv2Hello,TLSv1,TLSv1.1,TLSv1.2", .init(0x0303, 0x0303)),
            ("TLSv1.1", nil), ("-all", nil), ("TLSv9", nil), ("", nil),
        ]
    )
    func protocols(text: String, range: TLSProtocolsRange?) {
        let parsed = try? TLSProtocols(text)
        #expect(parsed.map { TLSProtocolsRange(Int($0.minimum), Int($0.maximum)) } == range)
    }
}

struct TLSProtocolsRange: Equatable, Sendable {
    let minimum: Int
    let maximum: Int

    init(_ minimum: Int, _ maximum: Int) {
        self.minimum = minimum
        self.maximum = maximum
    }
}
