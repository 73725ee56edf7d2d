import Glibc

/// What tells one state of a file from another without reading it.
package struct FileIdentity: Sendable, Hashable {
    package let device: UInt64
    package let inode: UInt64
    package let size: Int64
    package let modificationSeconds: Int
    package let modificationNanoseconds: Int

    /// The file's state now; nil if it cannot be looked at or is no regular file.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }

    fileprivate init(_ status: stat) {
        self.device = UInt64(status.st_dev)
        self.inode = UInt64(status.st_ino)
        self.size = Int64(status.st_size)
        self.modificationSeconds = status.st_mtim.tv_sec
        self.modificationNanoseconds = status.st_mtim.tv_nsec
    }
}

/// Why a file could not be read.
package struct FileError: Error, Equatable {
    package let path: String
    /// The system's error number.
    package let code: Int32

    package init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }
}

extension FileError: CustomStringConvertible {
    package var description: String { "\(self.path): \(String(cString: strerror(self.code)))" }
}

/// Reads whole small files: configuration, secrets.
package enum RegularFile {
    /// Largest file that is read, in bytes.
    package static let sizeMaximum = 64 * 1024 * 1024

    /// The bytes of a file.
    /// - Throws: ``FileError``; `EISDIR` for anything that is no regular file, `EFBIG` beyond ``sizeMaximum``.
    package static func read(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path: path, code: EISDIR) }
        guard status.st_size <= Self.sizeMaximum else { throw FileError(path: path, code: EFBIG) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var count = 0
        while count < Self.sizeMaximum {
            if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: 64 * 1024)) }
            let got = bytes.withUnsafeMutableBytes { buffer in
                let free = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return Glibc.read(descriptor, free.baseAddress, free.count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw FileError(path: path, code: errno) }
            if got == 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// The bytes of a file, or nil if it cannot be read.
    package static func contents(of path: String) -> [UInt8]? {
        do {
            return try Self.read(path)
        } catch {
            return nil
        }
    }
}
