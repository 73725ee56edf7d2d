import Glibc
import TestSupport

/// A plain connection to a port of loopback, for tests that speak bytes.
final class RawConnection {
    private let descriptor: Int32

    init(port: Int) throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(self.descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw VectorError.unexpected("connect: \(errno)") }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(self.descriptor) }

    func write(_ bytes: [UInt8]) throws {
        guard send(self.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw VectorError.unexpected("send: \(errno)")
        }
    }

    func read(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: count - bytes.count)
            let size = recv(self.descriptor, &part, part.count, 0)
            guard size > 0 else { throw VectorError.unexpected("end after \(bytes.count) bytes") }
            bytes += part.prefix(size)
        }
        return bytes
    }

    func readToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            var part = [UInt8](repeating: 0, count: 4096)
            let size = recv(self.descriptor, &part, part.count, 0)
            if size == 0 || (size < 0 && errno == ECONNRESET) { return bytes }
            guard size > 0 else { throw VectorError.unexpected("recv: \(errno)") }
            bytes += part.prefix(size)
        }
    }
}
