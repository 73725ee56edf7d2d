import Glibc
import NIOCore

extension SocketAddresses {
    /// What peers of a Unix domain socket are known as.
    private static let localPeer = "127.0.0.1"

    init(_ channel: any Channel) {
        self.init()
        (self.remoteAddress, self.remotePort) = Self.text(channel.remoteAddress)
        (self.localAddress, self.localPort) = Self.text(channel.localAddress)
    }

    /// Address and port as Java writes them: IPv6 in eight groups without `::`, mapped IPv4 as IPv4.
    static func text(_ address: SocketAddress?) -> (address: String, port: Int) {
        guard let address, address.protocol != .unix else { return (Self.localPeer, -1) }
        return address.withSockAddr { pointer, size in
            let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
            let port = Int(bytes[2]) << 8 | Int(bytes[3])
            guard address.protocol == .inet6 else { return (Self.dotted(bytes[4..<8]), port) }
            // sockaddr_in6: family, port, flow information, address, scope
            let groups = (0..<8).map { UInt16(bytes[8 + $0 * 2]) << 8 | UInt16(bytes[9 + $0 * 2]) }
            return (Self.text(groups, scope: bytes.loadUnaligned(fromByteOffset: 24, as: UInt32.self)), port)
        }
    }

    private static func text(_ groups: [UInt16], scope: UInt32) -> String {
        if groups[0..<5].allSatisfy({ $0 == 0 }), groups[5] == 0xFFFF {
            return Self.dotted(groups[6...7].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
        }
        let text = groups.map { String($0, radix: 16) }.joined(separator: ":")
        guard scope != 0 else { return text }
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard if_indextoname(scope, &name) != nil else { return "\(text)%\(scope)" }
        return text + "%" + name.prefix { $0 != 0 }.map { String(Unicode.Scalar(UInt8(bitPattern: $0))) }.joined()
    }

    private static func dotted(_ bytes: some Collection<UInt8>) -> String {
        bytes.map { String($0) }.joined(separator: ".")
    }
}
