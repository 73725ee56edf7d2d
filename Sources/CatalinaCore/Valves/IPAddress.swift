import Glibc

/// An IPv4 or IPv6 address.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address as a number; an IPv4 address fills the lowest 32 bits.
    package let number: UInt128
    package let isIPv6: Bool

    /// Reads an address in numbers; `nil` for anything else, names in particular.
    ///
    /// Zone ids are ignored.
    package init?(_ text: String) {
        var text = text
        if let zone = text.utf8.firstIndex(of: UInt8(ascii: "%")) { text = String(text[..<zone]) }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.number = UInt128(UInt32(bigEndian: four.s_addr))
            self.isIPv6 = false
            return
        }
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self.number = withUnsafeBytes(of: six) { $0.reduce(0) { $0 << 8 | UInt128($1) } }
        self.isIPv6 = true
    }

    /// How many bits it has.
    package var width: Int { self.isIPv6 ? 128 : 32 }

    /// The shortest form, as RFC 5952 has it.
    package var description: String {
        let bytes = (0..<self.width / 8).reversed().map { UInt8(truncatingIfNeeded: self.number >> UInt128($0 * 8)) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = self.isIPv6 ? AF_INET6 : AF_INET
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
