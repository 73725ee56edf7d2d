import Modeler
import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

/// Changes a request on its way in, and looks at it on its way out.
final class Probe: Valve {
    private let before: @Sendable (CatalinaCore.Request) -> Void
    private let after: @Sendable (CatalinaCore.Request) -> Void

    init(
        before: @escaping @Sendable (CatalinaCore.Request) -> Void = { _ in },
        after: @escaping @Sendable (CatalinaCore.Request) -> Void = { _ in }
    ) {
        self.before = before
        self.after = after
    }

    func invoke(
        _ request: CatalinaCore.Request,
        _ response: CatalinaCore.Response,
        next: Pipeline.Next
    ) async throws {
        self.before(request)
        try await next.invoke(request, response)
        self.after(request)
    }
}

@Suite struct RequestFilterValveTests {
    @Test("clients pass or do not", arguments: Vectors.rows("07/07_request_filter.jsonl"))
    func filters(row: VectorRow) async throws {
        let condition = row["condition"]
        var attributes: [(String, String)] = []
        for name in ["allow", "deny", "denyStatus", "addConnectorPort"] {
            if let value = condition[name].string { attributes.append((name, value)) }
        }
        if condition["auth"].string == "true" { attributes.append(("invalidAuthenticationWhenDeny", "true")) }
        if condition["peer"].string != nil { attributes.append(("usePeerAddress", "true")) }
        let tags = row["tags"].strings ?? []
        let valve: any Valve =
            if tags.contains("cidr") || tags.contains("cidr6") {
                try RemoteCIDRValve.descriptor.component(attributes)
            } else if tags.contains("host") {
                try RemoteHostValve.descriptor.component(attributes)
            } else {
                try RemoteAddrValve.descriptor.component(attributes)
            }
        let host = condition["host"].string
        let seen = Mutex<String?>(nil)
        let container = try await EmbeddedContainer(
            [Probe { $0.overrides.remoteHost = host }, valve],
            context: { $0.preemptiveAuthentication = condition["auth"].string == "true" },
            servlet: { request, _ in seen.withLock { $0 = request.header("authorization") } }
        )
        let answer = await container.send("GET", "/") { request in
            request.peerAddress = condition["peer"].string ?? ""
            request.addresses.remoteAddress = condition["ip"].string ?? "1.2.3.4"
        }
        if let status = row["status"].int {
            row.expect(answer.status, equals: status)
        } else {
            row.expect(seen.withLock { $0 }, equals: row["status"].string)
        }
    }

    @Test("rules that are none are refused")
    func refusesRules() {
        #expect(throws: WholePattern.Fault.self) { try RemoteAddrValve.descriptor.component([("allow", "(")]) }
        #expect(throws: WholePattern.Fault.self) { try RemoteHostValve.descriptor.component([("deny", "[")]) }
        #expect(throws: NetMask.Fault.self) { try RemoteCIDRValve.descriptor.component([("allow", "10.0.0.0/99")]) }
        #expect(throws: AttributeError.self) { try RemoteHostValve.descriptor.component([("usePeerAddress", "true")]) }
    }

    @Test("a rule that cannot tell refuses", arguments: [(["x"], []), ([], ["x"]), (["x"], ["x"])])
    func refusesUndecided(allow: [String], deny: [String]) {
        #expect(!RequestFilterRules(allow: allow, deny: deny).isAllowed { _, whenUndecided in whenUndecided })
    }

    @Test("credentials that are there are not replaced")
    func keepsCredentials() async throws {
        let valve = try RemoteAddrValve.descriptor.component([("invalidAuthenticationWhenDeny", "true")])
        let seen = Mutex<String?>(nil)
        let container = try await EmbeddedContainer(
            [valve],
            context: { $0.preemptiveAuthentication = true },
            servlet: { request, _ in seen.withLock { $0 = request.header("authorization") } }
        )
        _ = await container.send("GET", "/", [(name: "Authorization", value: "Basic x")])
        #expect(seen.withLock { $0 } == "Basic x")
    }
}
