import Glibc
package import NIOCore
import NIOPosix

/// The one place where the container calls the file system in ways that may block.
///
/// Reading contents, hashing, listing, writing and deleting go through ``run(_:)``: a few threads of their own, so
/// that a slow disk delays those who asked for a file and no event loop. Looking at an inode (`lstat`) does not:
/// with its directory in memory it takes 1 µs a path segment, a hop to another thread and back 30 µs (measured), and
/// the resource cache makes it happen once per path and time to live.
/// Bound: a request waits for its own job, so no more jobs wait than requests are being served.
package enum FileIO {
    /// Threads that may block at a time.
    package static let threadsMaximum = 4

    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: Self.threadsMaximum)
        pool.start()
        return pool
    }()

    /// Runs a blocking operation on one of the threads, and continues where the caller was.
    package static func run<Value: Sendable>(
        _ operation: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withUnsafeThrowingContinuation(isolation: #isolation) { continuation in
            self.pool.submit { state in
                guard state == .active else { return continuation.resume(throwing: CancellationError()) }
                continuation.resume(with: Result { try operation() })
            }
        }
    }
}

extension FileIO {
    /// Runs a blocking operation on one of the threads, some time from now.
    ///
    /// Who calls it bounds what waits: an access log has one operation under way at most.
    static func submit(_ operation: @escaping @Sendable () -> Void) {
        self.pool.submit { state in
            if state == .active { operation() }
        }
    }
}

/// A call to the operating system failed.
package struct FileError: Error, Equatable, CustomStringConvertible {
    /// What was being done: `open`.
    package let call: String
    package let path: String
    /// The value of `errno`.
    package let code: Int32

    package init(_ call: String, _ path: String, code: Int32 = errno) {
        self.call = call
        self.path = path
        self.code = code
    }

    /// Whether the file is another than a moment ago: gone, grown, or no file any more.
    var isChange: Bool { [ENOENT, ENOTDIR, EISDIR, EFBIG].contains(self.code) }

    package var description: String { "\(self.call) \(self.path): \(String(cString: strerror(self.code)))" }
}

/// What the file system says about a path.
package struct FileStatus: Sendable, Equatable {
    package enum Kind: Sendable {
        case file
        case directory
        case symbolicLink
        /// A device, socket or pipe: nothing that is served.
        case other
    }

    package let kind: Kind
    /// In bytes.
    package let size: Int64
    /// Milliseconds since 1970.
    package let lastModified: Int64

    /// The status of a path; of what a symbolic link points to, if `followLink`.
    ///
    /// Returns `nil` if there is nothing, or nothing that may be looked at.
    package init?(_ path: String, followLink: Bool = true) {
        var status = stat()
        guard (followLink ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        self.init(status)
    }

    init(_ status: stat) {
        self.kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .other
            }
        self.size = Int64(status.st_size)
        self.lastModified = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    }
}

extension FileIO {
    /// The path without symbolic links, `.` and `..`; `nil` if there is nothing.
    package static func canonicalPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The names in a directory, sorted by their bytes; `nil` if it cannot be read.
    ///
    /// Blocks.
    package static func names(in directory: String) -> [String]? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The content of a regular file and its status while it was read.
    ///
    /// Blocks.
    /// - Throws: ``FileError``, for a file above `maximum` bytes with code `EFBIG`.
    package static func read(_ path: String, upTo maximum: Int) throws(FileError) -> (ByteBuffer, FileStatus) {
        let file = try DescriptorOwner(path)
        let status = try file.status()
        guard status.kind == .file else { throw FileError("read", path, code: EISDIR) }
        guard status.size <= Int64(maximum) else { throw FileError("read", path, code: EFBIG) }
        let size = Int(status.size)
        var buffer = ByteBufferAllocator().buffer(capacity: size)
        while buffer.readableBytes < size {
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size - buffer.readableBytes) { room in
                Swift.max(0, Glibc.read(file.descriptor, room.baseAddress, room.count))
            }
            guard count > 0 else { break }
        }
        return (buffer.getSlice(at: 0, length: min(size, buffer.readableBytes)) ?? buffer, status)
    }
}

/// An open file that is closed when the value dies.
struct DescriptorOwner: ~Copyable {
    let descriptor: Int32
    let path: String

    /// Opens for reading by default; a pipe never blocks the call.
    init(_ path: String, _ flags: Int32 = O_RDONLY, mode: mode_t = 0o640) throws(FileError) {
        self.path = path
        self.descriptor = open(path, flags | O_CLOEXEC | O_NONBLOCK, mode)
        guard self.descriptor >= 0 else { throw FileError("open", path) }
    }

    func status() throws(FileError) -> FileStatus {
        var status = stat()
        guard fstat(self.descriptor, &status) == 0 else { throw FileError("fstat", self.path) }
        return FileStatus(status)
    }

    /// Writes all bytes at an offset.
    func write(_ bytes: [UInt8], at offset: Int64) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                pwrite(self.descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset) + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError("write", self.path) }
            done += count
        }
    }

    /// Writes all bytes where the file is now.
    func append(_ bytes: [UInt8]) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.write(self.descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError("write", self.path) }
            done += count
        }
    }

    deinit { close(self.descriptor) }
}
