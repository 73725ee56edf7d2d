import Glibc

/// An IPv4 or IPv6 address.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes, the first on the wire first.
    package let bytes: [UInt8]

    /// Reads an address in numbers; `nil` for anything else, names in particular.
    ///
    /// Zone ids are ignored.
    package init?(_ text: String) {
        let text = text.prefix { $0 != "%" }
        var four = in_addr()
        if inet_pton(AF_INET, String(text), &four) == 1 {
            self.bytes = withUnsafeBytes(of: four) { Array($0) }
            return
        }
        var six = in6_addr()
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text
        guard inet_pton(AF_INET6, String(bare), &six) == 1 else { return nil }
        self.bytes = withUnsafeBytes(of: six) { Array($0) }
    }

    package var isIPv6: Bool { self.bytes.count == 16 }

    /// The shortest form, as RFC 5952 has it.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = self.isIPv6 ? AF_INET6 : AF_INET
        guard inet_ntop(family, self.bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
