import Synchronization
import Testing

@testable import Coyote

@Suite struct NumericAddressTests {
    @Test("a host is looked up once, until the connector gets another one")
    func once() {
        let asked = Mutex<[String]>([])
        let address = NumericAddress { host in
            asked.withLock { $0.append(host) }
            return host == "unknown" ? nil : "10.0.0.\(host.count)"
        }
        for _ in 0..<3 { #expect(address.text(of: "a") == "10.0.0.1") }
        for _ in 0..<3 { #expect(address.text(of: "unknown") == "unknown") }
        #expect(address.text(of: "bc") == "10.0.0.2")
        #expect(asked.withLock { $0 } == ["a", "unknown", "bc"])
    }

    @Test("addresses are shown in numbers", arguments: ["127.0.0.1": "127.0.0.1", "::1": "0:0:0:0:0:0:0:1"])
    func numbers(host: String, text: String) {
        #expect(NumericAddress().text(of: host) == text)
    }
}
