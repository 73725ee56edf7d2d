import Glibc

/// File operations that throw ``StorageFailure``; each blocks the calling thread.
enum File {
    /// Makes a directory and its entry durable; one that exists is fine.
    static func makeDirectory(_ path: String) throws {
        guard mkdir(path, 0o750) != 0 else { return try self.synchronizeDirectory(self.parent(of: path)) }
        guard errno == EEXIST else { throw StorageFailure(errno: errno, path: path) }
    }

    /// Makes a directory with those above it.
    static func makeDirectories(_ path: String) throws {
        guard access(path, F_OK) != 0 else { return }
        let parent = self.parent(of: path)
        if parent != path { try self.makeDirectories(parent) }
        try self.makeDirectory(path)
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes renames and new files in a directory durable.
    static func synchronizeDirectory(_ path: String) throws {
        let descriptor = try self.open(path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw StorageFailure(errno: errno, path: path) }
    }

    /// Makes a new file of these bytes and waits until they are on the disk.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = try self.open(path, O_WRONLY | O_CREAT | O_EXCL)
        defer { close(descriptor) }
        try bytes.withUnsafeBytes { try self.write($0, to: descriptor, path: path) }
        guard fsync(descriptor) == 0 else { throw StorageFailure(errno: errno, path: path) }
    }

    /// Another name for the same bytes, or a copy where the file system cannot give one; durable either way.
    static func linkOrCopy(_ original: String, to path: String, copySize: Int) throws {
        if link(original, path) == 0 {
            let descriptor = try self.open(path, O_RDONLY)
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw StorageFailure(errno: errno, path: path) }
            return
        }
        let source = try self.open(original, O_RDONLY)
        defer { close(source) }
        let target = try self.open(path, O_WRONLY | O_CREAT | O_EXCL)
        defer { close(target) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: copySize, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(source, buffer.baseAddress, buffer.count)
            guard count >= 0 else { throw StorageFailure(errno: errno, path: original) }
            guard count > 0 else { break }
            try self.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: target, path: path)
        }
        guard fsync(target) == 0 else { throw StorageFailure(errno: errno, path: path) }
    }

    static func size(of path: String) throws -> Int64 {
        var status = stat()
        guard stat(path, &status) == 0 else { throw StorageFailure(errno: errno, path: path) }
        return Int64(status.st_size)
    }

    /// Part of a file, shorter where the file ends before; nil where there is no such file.
    static func read(_ path: String, in range: Range<Int64>) throws -> [UInt8]? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw StorageFailure(errno: errno, path: path) }
            return nil
        }
        defer { close(descriptor) }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            while filled < buffer.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let count = pread(descriptor, rest.baseAddress, rest.count, off_t(range.lowerBound) + off_t(filled))
                if count < 0 { failure = errno }
                guard count > 0 else { break }
                filled += count
            }
        }
        guard failure == 0 else { throw StorageFailure(errno: failure, path: path) }
        return bytes
    }

    /// The names in a directory, without the two dots.
    static func names(in directory: String) throws -> [String] {
        guard let handle = opendir(directory) else { throw StorageFailure(errno: errno, path: directory) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes an empty file that only its owner can read; one that exists is left as it is.
    static func makePrivate(_ path: String) throws {
        close(try self.open(path, O_RDONLY | O_CREAT))
    }

    /// An advisory lock that the kernel gives up with the process.
    ///
    /// - Returns: the descriptor that holds it.
    static func lock(_ path: String) throws -> Int32 {
        let descriptor = try self.open(path, O_RDWR | O_CREAT)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(descriptor)
            guard number == EWOULDBLOCK else { throw StorageFailure(errno: number, path: path) }
            throw StorageFailure(.inUse, path: path, detail: "its lock is held")
        }
        return descriptor
    }

    private static func open(_ path: String, _ flags: Int32) throws -> Int32 {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageFailure(errno: errno, path: path) }
        return descriptor
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            guard count >= 0 || errno == EINTR else { throw StorageFailure(errno: errno, path: path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[max(0, count)...])
        }
    }
}
