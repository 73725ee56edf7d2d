import Modeler

/// A range of addresses, and a port if one is named: `10.0.0.0/8`, `::1`, `192.168.0.0/16;8080`.
///
/// Source: `org.apache.catalina.util.NetMask`.
package struct NetMask: Sendable {
    /// A mask that is none.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let text: String

        package var description: String { "[\(self.text)] is no network mask" }
    }

    private let network: IPAddress
    /// How many bits of the address count.
    private let bits: Int
    private let port: WholePattern?

    /// - Throws: ``Fault``.
    package init(_ text: String) throws(Fault) {
        let fault = Fault(text: text)
        let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let address = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let network = IPAddress(String(address[0])) else { throw fault }
        let width = network.width
        guard address.count == 2 else {
            self = try Self.complete(network, width, parts, fault)
            return
        }
        guard address[1].allSatisfy(\.isNumber), let bits = Int(address[1]), (0...width).contains(bits) else {
            throw fault
        }
        self = try Self.complete(network, bits, parts, fault)
    }

    private static func complete(
        _ network: IPAddress,
        _ bits: Int,
        _ parts: [Substring],
        _ fault: Fault
    ) throws(Fault) -> NetMask {
        do {
            let port = parts.count == 2 ? try WholePattern(String(parts[1]), attribute: "port") : nil
            return NetMask(network: network, bits: bits, port: port)
        } catch {
            throw fault
        }
    }

    private init(network: IPAddress, bits: Int, port: WholePattern?) {
        self.network = network
        self.bits = bits
        self.port = port
    }

    /// The masks of a comma separated list.
    ///
    /// - Throws: ``Fault`` for the first that is none.
    package static func list(_ text: String?) throws(Fault) -> [NetMask] {
        var masks: [NetMask] = []
        for item in (text ?? "").split(separator: ",") {
            let item = item.trimmingBlanks()
            if !item.isEmpty { masks.append(try NetMask(item)) }
        }
        return masks
    }

    /// Whether an address is in the range.
    ///
    /// Where ports count, a mask without one covers nothing; where they do not, nor does a mask with one.
    package func matches(_ address: IPAddress, port: Int? = nil, whenUndecided: Bool = false) -> Bool {
        switch (self.port, port) {
        case (nil, nil): break
        case (let wanted?, let port?):
            guard wanted.matches(String(port), whenUndecided: whenUndecided) else { return false }
        default: return false
        }
        guard address.isIPv6 == self.network.isIPv6 else { return false }
        return (address.number ^ self.network.number) >> UInt128(self.network.width - self.bits) == 0
    }
}
