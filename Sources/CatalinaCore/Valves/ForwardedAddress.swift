import Modeler

/// Who a request comes from when proxies have passed it on: no I/O.
///
/// Tomcat counterpart: the loops of `org.apache.catalina.valves.RemoteIpValve.invoke`.
struct ForwardedAddress: Equatable {
    /// The nearest address that is no known proxy; the farthest one if all are.
    var client: String
    /// The trusted proxies on the way, the farthest first.
    var proxies: [String]
    /// What is left of the list of addresses, beyond the client.
    var rest: [String]

    /// Reads the list from right to left.
    ///
    /// - Parameters:
    ///   - addresses: the lines of the field that names them.
    ///   - peer: who sent the request, unless that is an internal proxy.
    ///   - isInternal: whether an address belongs to a proxy that is not mentioned.
    ///   - isTrusted: whether an address belongs to a proxy that is.
    /// - Returns: `nil` if the field names nobody.
    static func resolve(
        _ addresses: [String],
        peer: String?,
        isInternal: (String) -> Bool,
        isTrusted: (String) -> Bool
    ) -> ForwardedAddress? {
        var left = addresses.flatMap { $0.split(separator: ",") }.map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
        var proxies = peer.map { [$0] } ?? []
        var client: String?
        while let address = left.popLast() {
            client = address
            if isInternal(address) { continue }
            guard isTrusted(address) else { break }
            proxies.insert(address, at: 0)
        }
        return client.map { ForwardedAddress(client: $0, proxies: proxies, rest: left) }
    }

    /// Whether every protocol that the proxies name is the secure one.
    static func isSecure(_ value: String, https: String) -> Bool {
        let protocols = value.split(separator: ",").map { $0.trimmingBlanks().lowercased() }
        return !protocols.isEmpty && protocols.allSatisfy { $0 == https.lowercased() }
    }
}
