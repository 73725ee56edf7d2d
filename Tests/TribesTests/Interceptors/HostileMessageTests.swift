import ClusterSupport
import Modeler
import NIOCore
import TestSupport
import Testing
import Tribes

/// Messages that no well-meaning peer sends, given to every layer there is.
@Suite struct HostileMessageTests {
    /// Every interceptor of the list of components, in stacks of one.
    static let layers = TribesComponents.all.filter { $0.kind == .interceptor }.map(\.className)

    static func harness(_ className: String, epoch: Int64) throws -> ChainHarness {
        let descriptor = try #require(TribesComponents.all.first { $0.className == className })
        var builder = descriptor.instantiate()
        if className.hasSuffix("EncryptInterceptor") {
            try builder.set("encryptionKey", to: EncryptInterceptorTests.key)
        }
        let interceptor = try #require(try builder.build() as? any ChannelInterceptor)
        let harness = ChainHarness([interceptor], epoch: epoch)
        #expect(harness.start().isSuccess)
        return harness
    }

    @Test("recorded messages, cut, changed and repeated, are read or refused by every layer", arguments: layers)
    func mutations(className: String) throws {
        var generator = SeededGenerator(seed: 17)
        let recorded = try TribesVector.messages.map { try ChannelDataTests.message($0) }
        let harness = try Self.harness(className, epoch: recorded[0].timestamp)
        var (refused, delivered) = (0, 0)
        for round in 0..<3000 {
            var message = recorded[round % recorded.count]
            var body = Array(message.body.readableBytesView)
            switch round % 3 {
            case 0: body = Array(body.prefix(Int.random(in: 0...body.count, using: &generator)))
            case 1 where !body.isEmpty:
                body[Int.random(in: 0..<body.count, using: &generator)] = .random(in: 0...255, using: &generator)
            default: break
            }
            message.body = ByteBuffer(bytes: body)
            message.options = SendOptions(rawValue: .random(in: 0...0x1ff, using: &generator))
            do {
                try harness.receive(message)
                delivered += 1
            } catch {
                refused += 1
            }
            if round % 500 == 499 { harness.beat(.seconds(5)) }
        }
        #expect(refused + delivered == 3000)
        harness.run(.seconds(120))
        harness.beat()
        #expect(harness.chain.members.count <= MembershipTable.countMaximum)
        #expect(Outcome(harness.chain.stop(.all)).error == nil)
    }

    @Test("a member that only hostile messages name is no member", arguments: layers)
    func members(className: String) throws {
        let harness = try Self.harness(className, epoch: 1_700_000_000_000)
        for number in 0..<200 {
            let sender = ChainHarness.member(77, port: number)
            for notice in [StaticMembershipInterceptor.startNotice, StaticMembershipInterceptor.stopNotice, []] {
                do {
                    try harness.receive(harness.makeMessage(notice, sender: sender))
                } catch is CancellationError {
                    Issue.record("no layer cancels")
                } catch {
                    continue  // refused, as it may be
                }
            }
        }
        harness.run(.seconds(20))
        #expect(harness.added.isEmpty)
        #expect(harness.chain.members.isEmpty)
    }
}
