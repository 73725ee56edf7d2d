import Glibc
import NIOPosix

/// What a server sent on one connection.
package struct WireAnswer: Sendable {
    package var bytes: [UInt8] = []
    /// Whether the server closed the connection.
    package var isClosed = false

    package init() {}

    package var text: String { String(decoding: self.bytes, as: Unicode.ASCII.self) }
    package var responses: [WireResponse] { WireReader(bytes: self.bytes, isClosed: self.isClosed).responses }
}

/// A blocking client on a thread of its own pool: it sends parts and reads until told.
package enum WireClient {
    /// Longest wait for one read, in seconds; a test that meets it fails.
    ///
    /// Longer than all tests take together: what a server does on the runtime's threads waits behind the tests that do.
    private static let timeout = 300
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 8)
        pool.start()
        return pool
    }()

    /// Connects to the port, or to a Unix domain socket where a path is given, and talks.
    package static func exchange(
        port: Int = 0,
        path: String? = nil,
        _ parts: [String],
        closesOutput: Bool = false,
        until isDone: @escaping @Sendable (WireReader) -> Bool
    ) async throws -> WireAnswer {
        let parts = try parts.map { try bytes(latin1: $0) }
        return try await self.threads.runIfActive {
            let socket = try path.map { try Self.connect(path: $0) } ?? Self.connect(port)
            defer { close(socket) }
            for part in parts { Self.send(socket, part) }
            if closesOutput { shutdown(socket, Int32(SHUT_WR)) }
            var answer = WireAnswer()
            var chunk = [UInt8](repeating: 0, count: 65536)
            while !isDone(WireReader(bytes: answer.bytes, isClosed: false)) {
                let count = recv(socket, &chunk, chunk.count, 0)
                guard count > 0 else {
                    guard count == 0 || errno == ECONNRESET else { throw VectorError.unexpected("errno \(errno)") }
                    answer.isClosed = true
                    break
                }
                answer.bytes += chunk[..<count]
            }
            return answer
        }
    }

    package static func connect(_ port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var wait = timeval(tv_sec: self.timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw VectorError.unexpected("connect: errno \(errno)") }
        return descriptor
    }

    private static func connect(path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw VectorError.unexpected("connect \(path): errno \(errno)") }
        return descriptor
    }

    /// A server that has refused the request already may not read the rest.
    private static func send(_ socket: Int32, _ part: [UInt8]) {
        var rest = part[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
