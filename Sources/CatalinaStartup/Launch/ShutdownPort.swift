import CatalinaCore
import Glibc
import Synchronization

/// Waits for the shutdown command on a TCP port, one connection at a time.
///
/// Source: `StandardServer.await`.
final class ShutdownPort: Sendable {
    /// Longest command that is read, in bytes.
    static let commandMaximum = 1024
    /// How long a client may take to send the command, in seconds.
    static let readTimeout = 10

    private let descriptor: Int32
    private let command: [UInt8]
    private let isClosed = Mutex(false)
    private static let log = CategoryLogger("org.apache.catalina.core.StandardServer")

    /// Opens the port.
    ///
    /// - Throws: `FileError` naming the call that failed.
    init(address: String, port: Int, command: String) throws {
        self.command = Array(command.utf8)
        self.descriptor = try Self.listen(address, port)
    }

    /// The port in use; differs from the one asked for if that was 0.
    var port: Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(self.descriptor, $0, &length) }
        }
        return result == 0 ? Int(UInt16(bigEndian: address.sin_port)) : -1
    }

    /// Blocks until the command has come or ``stop()`` was called, then closes the port.
    func wait() {
        defer { self.close() }
        while true {
            let connection = accept(self.descriptor, nil, nil)
            guard connection >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            let received = self.read(connection)
            Glibc.close(connection)
            if received == self.command {
                Self.log.info(
                    "await",
                    "A valid shutdown command was received via the shutdown port. Stopping the Server instance."
                )
                return
            }
            let shown = String(decoding: received, as: UTF8.self)
            Self.log.warning("await", "Invalid shutdown command [\(shown)] received")
        }
    }

    /// Makes ``wait()`` return.
    ///
    /// Its thread closes the port: a descriptor that is closed while a thread waits on it may by then be another file's.
    func stop() {
        self.isClosed.withLock { isClosed in
            if !isClosed { shutdown(self.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    private func close() {
        self.isClosed.withLock { isClosed in
            if !isClosed { Glibc.close(self.descriptor) }
            isClosed = true
        }
    }

    deinit { self.close() }

    /// Reads until a control byte, the end, or the limit.
    private func read(_ connection: Int32) -> [UInt8] {
        var timeout = timeval(tv_sec: Self.readTimeout, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var received: [UInt8] = []
        var byte: UInt8 = 0
        while received.count < Self.commandMaximum, recv(connection, &byte, 1, 0) == 1 {
            if byte < 32 || byte == 127 { break }
            received.append(byte)
        }
        return received
    }

    /// Sends the command to a running server.
    ///
    /// - Throws: `FileError` if nobody listens.
    static func send(_ command: String, to address: String, port: Int) throws {
        let descriptor = try Self.socket(address, port) { descriptor, target, length in
            connect(descriptor, target, length) == 0
        }
        defer { Glibc.close(descriptor) }
        let bytes = Array(command.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw FileError("send", "\(address):\(port)")
        }
    }

    private static func listen(_ address: String, _ port: Int) throws -> Int32 {
        try Self.socket(address, port) { descriptor, target, length in
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return bind(descriptor, target, length) == 0 && Glibc.listen(descriptor, 1) == 0
        }
    }

    /// A socket for the first address of a name that `open` succeeds with.
    private static func socket(
        _ address: String,
        _ port: Int,
        open: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Bool
    ) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family = AF_INET
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, String(port), &hints, &list) == 0 else {
            throw FileError("resolve", address, code: ENOENT)
        }
        defer { freeaddrinfo(list) }
        var failure = FileError("open", "\(address):\(port)", code: ENOENT)
        var next = list
        while let entry = next {
            let descriptor = Glibc.socket(
                entry.pointee.ai_family,
                entry.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue),
                0
            )
            if descriptor >= 0, open(descriptor, entry.pointee.ai_addr, entry.pointee.ai_addrlen) { return descriptor }
            failure = FileError("open", "\(address):\(port)")
            if descriptor >= 0 { Glibc.close(descriptor) }
            next = entry.pointee.ai_next
        }
        throw failure
    }
}
