import CatalinaCore
import CatalinaSession
import JavaSerialization
import ServletAPI
import Synchronization
import TestSupport
import Testing
import Tribes

@testable import CatalinaHA

/// What listeners hear of messages that failed, and what other nodes get of objects that change after they were set.
@Suite struct FailureEventTests {
    private final class Listener: LifecycleListener {
        private let kinds = Mutex<[LifecycleEvent.Kind]>([])

        var heard: [LifecycleEvent.Kind] { self.kinds.withLock { $0 } }
        func lifecycleEvent(_ event: LifecycleEvent) { self.kinds.withLock { $0.append(event.kind) } }
    }

    @Test("lifecycle listeners hear of a failure if they are to", arguments: [true, false])
    func failure(isTold: Bool) async throws {
        let place = MeetingPlace()
        let (one, two) = (TestNode.cluster(place), TestNode.cluster(place))
        try one.reconfigure { $0.notifyLifecycleListenerOnFailure = isTold }
        let listener = Listener()
        try await one.start()
        try await two.start()
        try await one.meets(1)
        one.lifecycle.add(listener)
        let gone = Member(host: [127, 0, 0, 1], port: 1, uniqueID: UniqueID(high: 7, low: 7))
        let message = SessionMessage.accessed("s", in: "/app", now: 1)
        #expect(await !one.arrives(one.enqueue(message, to: gone, options: .synchronous)))
        if isTold {
            #expect(try await eventually { !listener.heard.isEmpty })
            #expect(listener.heard.first == .sendMessageFailure)
        }
        try await one.stop()
        try await two.stop()
        #expect(listener.heard.contains(.sendMessageFailure) == isTold)
    }

    @Test("a message that nobody waits for and that is refused is counted once, and told once")
    func refused() async throws {
        let place = MeetingPlace()
        let (one, two) = (TestNode.cluster(place), TestNode.cluster(place))
        try await one.start()
        try await two.start()
        try await one.meets(1)
        try await one.stop()
        let before = one.failures
        let told = Mutex(0)
        let message = SessionMessage.accessed("s", in: "/app", now: 1)
        for _ in 0..<3 { one.post(message, options: .asynchronous) { _ in told.withLock { $0 += 1 } } }
        #expect(try await eventually { told.withLock { $0 } >= 3 })
        #expect(told.withLock { $0 } == 3)
        #expect(one.failures.sent == before.sent + 3 && one.failures.refused == before.refused + 3)
        try await two.stop()
    }

    /// An object as applications keep it in a session: it changes while it is there.
    private final class Basket: Codable, Sendable {
        private let items: Mutex<[String]>

        init(_ items: [String]) { self.items = Mutex(items) }
        init(from decoder: any Decoder) throws {
            self.items = Mutex(try decoder.singleValueContainer().decode([String].self))
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(self.items.withLock { $0 })
        }

        func add(_ item: String) { self.items.withLock { $0.append(item) } }
    }

    @Test("an object that changes after it was set travels as it is at the end of the request")
    func changedObject() async throws {
        let nodes = try await TestNode.group(2)
        let basket = Basket(["apple"])
        let session = try await nodes[0].request { session in
            try session.setAttribute("basket", basket)
            basket.add("pear")
        }
        let copy = try #require(nodes[1].manager.session(session.id))
        let java = copy.protected.withLock { $0.attributes["basket"]?.java }
        #expect(java?.elements?.compactMap(\.string) == ["apple", "pear"])
        // as with Tomcat, an object that was not set again in a request does not travel
        basket.add("plum")
        _ = try await nodes[0].request(session)
        #expect(copy.protected.withLock { $0.attributes["basket"]?.java } == java)
        try await nodes.stop()
    }
}
