import Glibc
import NIOCore

extension FileIO {
    /// Makes a directory and all above it; does nothing if it is there.
    ///
    /// Blocks.
    package static func makeDirectories(_ path: String) throws(FileError) {
        if FileStatus(path)?.kind == .directory { return }
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex {
            try self.makeDirectories(String(path[..<slash]))
        }
        if mkdir(path, 0o750) != 0, errno != EEXIST { throw FileError("mkdir", path) }
    }

    /// The whole of a text file.
    ///
    /// Blocks.
    package static func text(of path: String) throws(FileError) -> String {
        let (bytes, _) = try self.read(path, upTo: .max)
        return String(decoding: bytes.readableBytesView, as: UTF8.self)
    }

    /// Writes a whole file; it is there completely or, as before, not at all.
    ///
    /// Blocks.
    package static func write(_ text: String, to path: String, mode: UInt32 = 0o640) throws(FileError) {
        try self.write(Array(text.utf8), to: path, mode: mode)
    }

    /// Writes a whole file; it is there completely or, as before, not at all.
    ///
    /// Blocks.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o640) throws(FileError) {
        let temporary = path + ".\(ProcessFacts.processID).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileError("open", temporary) }
        var written = 0
        var failure: FileError?
        while written < bytes.count, failure == nil {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.write(descriptor, raw.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno != EINTR { failure = FileError("write", temporary) }
            if count > 0 { written += count }
        }
        if close(descriptor) != 0, failure == nil { failure = FileError("close", temporary) }
        if failure == nil, rename(temporary, path) != 0 { failure = FileError("rename", path) }
        if let failure {
            unlink(temporary)
            throw failure
        }
    }

    /// Removes a file or a directory with all below it, without following links; does nothing if it is not there.
    ///
    /// Blocks.
    package static func removeTree(_ path: String) throws(FileError) {
        guard let status = FileStatus(path, followLink: false) else { return }
        if status.kind == .directory {
            for name in self.names(in: path) ?? [] { try self.removeTree(path + "/" + name) }
            if rmdir(path) != 0 { throw FileError("rmdir", path) }
        } else if unlink(path) != 0 {
            throw FileError("unlink", path)
        }
    }

    /// Copies a file or a directory with all below it; each file is there completely or, as before, not at all.
    ///
    /// Blocks.
    /// - Throws: ``FileError``, for what is neither file nor directory with code `EISDIR`.
    package static func copyTree(_ source: String, to target: String) throws(FileError) {
        guard let status = FileStatus(source) else { throw FileError("stat", source, code: ENOENT) }
        if status.kind == .directory {
            try self.makeDirectories(target)
            for name in self.names(in: source) ?? [] {
                try self.copyTree(source + "/" + name, to: target + "/" + name)
            }
        } else {
            guard status.kind == .file else { throw FileError("read", source, code: EISDIR) }
            let temporary = target + ".\(ProcessFacts.processID).tmp"
            do throws(FileError) {
                try self.copy(source, to: temporary)
                guard rename(temporary, target) == 0 else { throw FileError("rename", target) }
            } catch {
                unlink(temporary)
                throw error
            }
        }
    }
}

extension FileIO {
    /// Bytes of a file from an offset on; empty at its end.
    ///
    /// Blocks.
    package static func readPart(of path: String, at offset: Int64, upTo maximum: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximum)
        let count = pread(descriptor, &bytes, maximum, Int(offset))
        guard count >= 0 else { throw FileError("read", path) }
        return Array(bytes.prefix(count))
    }
}

extension FileIO {
    /// The first line of a file of the kernel's, whose size is not known beforehand.
    package static func pseudoFileText(_ path: String) throws(FileError) -> String {
        let bytes = try self.readPart(of: path, at: 0, upTo: 4096)
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}

extension FileIO {
    /// Bytes of a kernel's file that are read; a process with more mappings than fit is cut.
    private static let kernelTextMaximum = 4 * 1024 * 1024

    /// The whole of a file of the kernel's, whose size is not known beforehand.
    ///
    /// Blocks, but not on a disk.
    package static func kernelText(_ path: String) throws(FileError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while text.count < self.kernelTextMaximum {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { break }
            text.append(contentsOf: piece[..<count])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
