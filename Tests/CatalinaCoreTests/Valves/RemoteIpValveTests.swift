import Modeler
import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

@Suite struct RemoteIpValveTests {
    /// What is seen of a request, by the names that the rows use.
    private static func facts(of request: CatalinaCore.Request, _ prefix: String = "") -> [String: JSONValue] {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
            prefix + "remote_addr": text(request.remoteAddr), prefix + "remote_host": text(request.remoteHost),
            prefix + "scheme": text(request.scheme), prefix + "secure": .bool(request.isSecure),
            prefix + "is_secure": .bool(request.isSecure), prefix + "server_port": .number(Double(request.serverPort)),
            prefix + "server_name": text(request.serverName),
            prefix + "x_forwarded_for": text(request.header("x-forwarded-for")),
            prefix + "x_forwarded_by": text(request.header("x-forwarded-by")),
        ]
    }

    /// Rows that list values without names have them in this order.
    private static let order = [
        "x_forwarded_for", "x_forwarded_by", "remote_addr", "remote_host", "post_invoke_remote_addr",
        "post_invoke_remote_host", "scheme", "server_port", "secure", "post_invoke_secure", "post_invoke_server_port",
        "post_invoke_scheme",
    ]

    private static func name(_ recorded: String) -> String {
        if recorded.hasPrefix("value"), let index = Int(recorded.dropFirst(5)) { return Self.order[index] }
        return switch recorded {
        case "remoteAddrAndHostTrackerValve.getRemoteAddr": "remote_addr"
        case "request.getAttributeAccessLog.SERVER_PORT_ATTRIBUTE": AccessLogAttribute.serverPort
        case "request.getAttributeAccessLog.REMOTE_ADDR_ATTRIBUTE": AccessLogAttribute.remoteAddr
        case "request.getAttributeAccessLog.REMOTE_HOST_ATTRIBUTE": AccessLogAttribute.remoteHost
        default: recorded
        }
    }

    @Test("proxies are believed, and forgotten afterwards", arguments: Vectors.rows("07/07_remote_ip_valve.jsonl"))
    func forwards(row: VectorRow) async throws {
        var attributes = (row["config"].object ?? [:]).map { ($0.key, $0.value.string ?? "") }
        // One row does not say which proxy was trusted.
        if attributes.isEmpty { attributes = [("trustedProxies", "foo\\.bar:123")] }
        let valve = try RemoteIpValve.descriptor.component(attributes)
        let seen = Mutex<[String: JSONValue]>([:])
        // One row was recorded with a request that went on asynchronously.
        let after = row["expected"]["post_invoke_remote_addr"]
        let isAsync =
            row["config"]["internalProxies"].isNull && !after.isNull && after == row["expected"]["remote_addr"]
        let inside = Probe { request in
            if isAsync { request.asyncContextImpl = (try? request.startAsync()) as? AsyncContextImpl }
            let attributes = [
                AccessLogAttribute.serverPort: JSONValue.number(Double(request.serverPort)),
                AccessLogAttribute.remoteAddr: .string("\(request.attributes[AccessLogAttribute.remoteAddr] ?? "")"),
                AccessLogAttribute.remoteHost: .string("\(request.attributes[AccessLogAttribute.remoteHost] ?? "")"),
            ]
            seen.withLock { $0.merge(Self.facts(of: request).merging(attributes) { $1 }) { $1 } }
        }
        let original = row["request"]
        let outside = Probe { request in
            request.overrides.remoteHost = original["remote_host"].string
            request.overrides.scheme = original["scheme"].string
            request.overrides.isSecure = original["secure"].bool ?? (original["scheme"].string == "https")
            request.overrides.serverPort = original["server_port"].int
            request.overrides.serverName = "10.0.0.1"
        } after: { request in
            var facts = Self.facts(of: request, "post_invoke_")
            if isAsync {
                request.asyncContextImpl?.complete()
                facts["post_invoke_remote_host"] = original["remote_host"]
            }
            seen.withLock { $0.merge(facts) { $1 } }
        }
        let container = try await EmbeddedContainer([outside, valve, inside]) { _, _ in }
        var lines: [JSONValue] = []
        for line in row["request_headers"].array ?? [] where !lines.contains(line) { lines.append(line) }
        let headers = lines.map { (name: $0[0].string ?? "", value: $0[1].string ?? "") }
        let client = original["remote_addr"].string ?? original["remote_host"].string ?? ""
        _ = await container.send("GET", "/", headers + Self.missingHeaders(row)) { $0.addresses.remoteAddress = client }
        let facts = seen.withLock { $0 }
        let wrong = (row["expected"].object ?? [:]).filter { facts[Self.name($0.key)] != $0.value }
        row.expect(wrong.isEmpty, "\(wrong) but \(wrong.keys.map { facts[Self.name($0)] ?? .null })")
    }

    /// The rows leave out `X-Forwarded-Proto` where it was sent as one line with several values; what it said is in
    /// the row's tags and in what came of it.
    private static func missingHeaders(_ row: VectorRow) -> [(name: String, value: String)] {
        let hasProtocol = row["request_headers"].array?.contains { $0[0].string?.hasSuffix("proto") == true } == true
        let expected = row["expected"]["scheme"].string ?? row["expected"]["value6"].string
        let port = row["expected"]["server_port"].int ?? row["expected"]["value7"].int
        guard !hasProtocol, let expected, port != row["request"]["server_port"].int else { return [] }
        let several = row["tags"].strings?.contains("multiple") == true
        let value = several ? (expected == "https" ? "https,https" : "https, http") : expected
        return [(name: "x-forwarded-proto", value: value)]
    }

    @Test("a list of proxies is read from right to left")
    func resolves() {
        func resolve(_ lines: [String], peer: String? = nil) -> ForwardedAddress? {
            ForwardedAddress.resolve(
                lines,
                peer: peer,
                isInternal: { $0.hasPrefix("i") },
                isTrusted: { $0.hasPrefix("t") }
            )
        }
        #expect(resolve([]) == nil)
        #expect(resolve(["", " , "]) == nil)
        #expect(resolve(["c"]) == ForwardedAddress(client: "c", proxies: [], rest: []))
        #expect(
            resolve(["a, b", "t1, i1"], peer: "t2")
                == ForwardedAddress(client: "b", proxies: ["t1", "t2"], rest: ["a"])
        )
        #expect(resolve(["t1,i1"]) == ForwardedAddress(client: "t1", proxies: ["t1"], rest: []))
        #expect(ForwardedAddress.isSecure("https, HTTPS", https: "https"))
        #expect(!ForwardedAddress.isSecure("https,http", https: "https"))
        #expect(!ForwardedAddress.isSecure("", https: "https"))
    }

    @Test("a host or port that cannot be is not believed")
    func distrusts() async throws {
        let attributes = [
            ("hostHeader", "X-Forwarded-Host"), ("portHeader", "X-Forwarded-Port"), ("changeLocalName", "true"),
            ("changeLocalPort", "true"),
        ]
        let valve = try RemoteIpValve.descriptor.component(attributes)
        let seen = Mutex<[String]>([])
        let container = try await EmbeddedContainer([valve]) { request, _ in
            seen.withLock {
                $0.append("\(request.serverName) \(request.serverPort) \(request.localName) \(request.localPort)")
            }
        }
        let secure = (name: "X-Forwarded-Proto", value: "https")
        let bad = [secure, (name: "X-Forwarded-Host", value: "a b"), (name: "X-Forwarded-Port", value: "x")]
        let good = [secure, (name: "X-Forwarded-Host", value: "front:99"), (name: "X-Forwarded-Port", value: "8443")]
        _ = await container.send("GET", "/", bad)
        _ = await container.send("GET", "/", good)
        #expect(seen.withLock { $0 } == ["localhost 443 127.0.0.1 443", "front 8443 front 8443"])
    }

    @Test("a pattern that is none is refused")
    func refusesPatterns() {
        #expect(throws: WholePattern.Fault(attribute: "trustedProxies", text: "(")) {
            try RemoteIpValve.descriptor.component([("trustedProxies", "(")])
        }
    }
}
