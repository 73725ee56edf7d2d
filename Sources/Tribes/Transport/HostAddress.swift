import Glibc

/// Addresses as raw bytes: 4 for IPv4, 16 for IPv6.
package enum HostAddress {
    /// Every address of this machine.
    package static let any: [UInt8] = [0, 0, 0, 0]
    package static let loopback: [UInt8] = [127, 0, 0, 1]

    /// The bytes of a numeric address or of `{127,0,0,1}`; nil for a name.
    package static func parse(_ text: String) -> [UInt8]? {
        if let bytes = DecimalBytes.parse(text) { return bytes.count == 4 || bytes.count == 16 ? bytes : nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: six) { Array($0) } }
        return nil
    }

    /// The address as text, as `127.0.0.1`.
    package static func text(_ host: [UInt8]) -> String {
        if host.count == 4 { return host.map(String.init).joined(separator: ".") }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = host.count == 16 ? AF_INET6 : AF_INET
        guard host.count == 16, inet_ntop(family, host, &buffer, socklen_t(buffer.count)) != nil else {
            return DecimalBytes.text(host)
        }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The address as Java writes it: the eight groups of an IPv6 address are all there, as `0:0:0:0:0:0:0:1`.
    package static func javaText(_ host: [UInt8]) -> String {
        guard host.count == 16 else { return Self.text(host) }
        return stride(from: 0, to: 16, by: 2).map { String(Int(host[$0]) << 8 | Int(host[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }

    /// The addresses of a name or a numeric address, in the resolver's order; it waits for the resolver.
    package static func resolve(_ name: String) -> [[UInt8]] {
        if let address = Self.parse(name) { return [address] }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [[UInt8]] = []
        var next = list
        while let entry = next {
            if let address = Self.bytes(of: entry.pointee.ai_addr), !addresses.contains(address) {
                addresses.append(address)
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    /// This machine's address: that of its name, or loopback if its name has none; it waits for the resolver.
    package static func ownAddress() -> [UInt8] {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return Self.loopback }
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return Self.resolve(text).first { $0.count == 4 } ?? Self.loopback
    }

    private static func bytes(of address: UnsafeMutablePointer<sockaddr>?) -> [UInt8]? {
        guard let address else { return nil }
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { four in
                withUnsafeBytes(of: four.pointee.sin_addr) { Array($0) }
            }
        case AF_INET6:
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
                withUnsafeBytes(of: six.pointee.sin6_addr) { Array($0) }
            }
        default: return nil
        }
    }
}
