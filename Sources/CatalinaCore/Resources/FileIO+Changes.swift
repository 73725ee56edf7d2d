import Glibc
import NIOCore

extension FileIO {
    /// Up to `count` bytes of a file from an offset on, at least one.
    ///
    /// Blocks.
    /// - Throws: ``FileError``, with code `EIO` at the end of the file.
    static func read(_ path: String, at offset: Int64, count: Int) throws(FileError) -> ByteBuffer {
        let file = try DescriptorOwner(path)
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        var code: Int32 = 0
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            let result = pread(file.descriptor, room.baseAddress, count, off_t(offset))
            if result < 0 { code = errno }
            return max(0, result)
        }
        guard buffer.readableBytes > 0 else { throw FileError("read", path, code: code == 0 ? EIO : code) }
        return buffer
    }

    /// Makes an empty file that was not there.
    ///
    /// Blocks.
    static func create(_ path: String) throws(FileError) {
        _ = try DescriptorOwner(path, O_WRONLY | O_CREAT | O_EXCL)
    }

    /// Writes bytes into a file.
    ///
    /// Blocks.
    static func write(_ bytes: [UInt8], to path: String, at offset: Int64) throws(FileError) {
        let file = try DescriptorOwner(path, O_WRONLY)
        try file.write(bytes, at: offset)
    }

    /// Sets the length of a file.
    ///
    /// Blocks.
    static func truncate(_ path: String, _ length: Int64) throws(FileError) {
        guard Glibc.truncate(path, off_t(length)) == 0 else { throw FileError("truncate", path) }
    }

    /// Makes a directory.
    ///
    /// Blocks.
    static func makeDirectory(_ path: String) -> Bool { mkdir(path, 0o750) == 0 }

    /// Deletes a file or an empty directory.
    ///
    /// Blocks.
    static func delete(_ path: String) -> Bool { remove(path) == 0 }

    /// Moves a file, also to another file system, replacing what is there in one step.
    ///
    /// Blocks.
    /// - Returns: false if it cannot be moved, for lack of a parent directory for example.
    package static func move(_ source: String, to destination: String) -> Bool {
        if rename(source, destination) == 0 { return true }
        guard errno == EXDEV else { return false }
        let sibling = destination + ".part"
        guard (try? self.copy(source, to: sibling)) != nil, rename(sibling, destination) == 0 else {
            unlink(sibling)
            return false
        }
        return unlink(source) == 0
    }

    /// Copies a file over another.
    ///
    /// Blocks.
    /// - Throws: ``FileError``.
    static func copy(_ source: String, to destination: String) throws(FileError) {
        let input = try DescriptorOwner(source)
        let output = try DescriptorOwner(destination, O_WRONLY | O_CREAT | O_TRUNC)
        let length = try input.status().size
        var done: off_t = 0
        while done < length {
            let count = sendfile(output.descriptor, input.descriptor, &done, Int(length - Int64(done)))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError("write", destination) }
        }
    }

    /// Lets a closure look at the bytes of a file, of which only those looked at are read.
    ///
    /// Blocks.
    /// - Throws: ``FileError``.
    static func withMappedFile<Value>(
        _ path: String,
        _ body: (UnsafeRawBufferPointer) -> Value
    ) throws(FileError) -> Value {
        let file = try DescriptorOwner(path)
        let status = try file.status()
        guard status.kind == .file else { throw FileError("mmap", path, code: EISDIR) }
        guard status.size > 0 else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let size = Int(status.size)
        let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
        guard let memory, memory != MAP_FAILED else { throw FileError("mmap", path) }
        defer { munmap(memory, size) }
        return body(UnsafeRawBufferPointer(start: memory, count: size))
    }
}
