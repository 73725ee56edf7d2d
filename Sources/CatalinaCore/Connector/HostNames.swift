import Glibc
import NIOPosix

/// Names of clients, as the system's resolver knows them.
///
/// Bound: a request waits for its own client's name, so no more wait than requests are being served.
/// Isolation: any thread.
/// Source: `java.net.InetAddress.getHostName`.
enum HostNames {
    /// Names asked for at a time.
    static let maximum = 4

    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: Self.maximum)
        pool.start()
        return pool
    }()

    /// The name of an address, if the name leads back to the address; otherwise the address.
    static func name(of address: String) async throws -> String {
        try await self.pool.runIfActive { Self.trustedName(of: address) ?? address }
    }

    private static func trustedName(of address: String) -> String? {
        guard let name = Self.names(of: address, query: AI_NUMERICHOST, answer: NI_NAMEREQD).first else { return nil }
        let plain = Self.names(of: address, query: AI_NUMERICHOST, answer: NI_NUMERICHOST).first
        // Whoever owns an address can give it any name, but not that name the address.
        let addresses = Self.names(of: name, query: 0, answer: NI_NUMERICHOST)
        return plain.map { addresses.contains($0) } == true ? name : nil
    }

    /// All that a name or address stands for, each as the resolver writes it.
    private static func names(of text: String, query: Int32, answer: Int32) -> [String] {
        var hints = addrinfo()
        hints.ai_flags = query
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(text, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var names: [String] = []
        var next = list
        while let entry = next?.pointee {
            if let name = Self.name(entry, answer) { names.append(name) }
            next = entry.ai_next
        }
        return names
    }

    private static func name(_ entry: addrinfo, _ flags: Int32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
            guard
                getnameinfo(
                    entry.ai_addr,
                    entry.ai_addrlen,
                    buffer.baseAddress,
                    socklen_t(buffer.count),
                    nil,
                    0,
                    flags
                ) == 0, let start = buffer.baseAddress
            else { return nil }
            return String(cString: start)
        }
    }
}
