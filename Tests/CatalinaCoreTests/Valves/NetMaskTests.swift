import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct NetMaskTests {
    @Test("masks cover what they say", arguments: Vectors.rows("07/07_net_mask.jsonl"))
    func matches(row: VectorRow) {
        let mask = try? NetMask(row["mask"].string ?? "")
        guard row["valid"].bool == true, let mask, let input = row["input"].string else {
            return row.expect(mask != nil, equals: row["valid"].bool == true)
        }
        let parts = input.split(separator: ";")
        let port = parts.count > 1 ? Int(parts[1]) : nil
        let isMatch = IPAddress(String(parts[0])).map { mask.matches($0, port: port) }
        row.expect(isMatch, equals: row["matches"].bool)
    }

    @Test("a list of masks is refused for one that is none")
    func readsLists() throws {
        #expect(try NetMask.list(" 10.0.0.0/8 , ::1,, ").count == 2)
        #expect(try NetMask.list(nil).isEmpty)
        #expect(throws: NetMask.Fault(text: "10.0.0.0/33")) { try NetMask.list("::1,10.0.0.0/33") }
        #expect(throws: NetMask.Fault(text: "localhost")) { try NetMask.list("localhost") }
        #expect(throws: NetMask.Fault(text: "10.0.0.0/")) { try NetMask("10.0.0.0/") }
    }

    @Test("private networks are internal proxies", arguments: Vectors.rows("07/07_internal_proxy_addresses.jsonl"))
    func knowsPrivateNetworks(row: VectorRow) throws {
        let proxies = try KnownProxies(RemoteIpValve.Configuration())
        row.expect(proxies.isInternal(row["address"].string ?? ""), equals: row["internal_by_default"].bool == true)
    }

    @Test("the default pattern is Tomcat's own, and means the same when it is run as one")
    func runsTheDefault() throws {
        let text = RemoteIpValve.Configuration.privateNetworks
        #expect(text.hasPrefix("10\\.\\d{1,3}\\.") && text.hasSuffix("|f[cd]\\p{XDigit}{2}+:.*"))
        #expect(!text.contains("\n") && !text.contains(" "))
        let pattern = try WholePattern(text, attribute: "internalProxies")
        for row in Vectors.rows("07/07_internal_proxy_addresses.jsonl") {
            #expect(pattern.matches(row["address"].string ?? "") == row["internal_by_default"].bool)
        }
    }
}
