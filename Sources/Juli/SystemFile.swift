import Glibc

/// A file opened for appending, closed with its owner.
///
/// Isolation: its owner's lock.
final class AppendingFile {
    let path: String
    private let descriptor: Int32

    /// - Throws: ``LogError``.
    init(path: String, truncating: Bool = false) throws(LogError) {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (truncating ? O_TRUNC : O_APPEND)
        let descriptor = open(path, flags, 0o666)
        guard descriptor >= 0 else { throw LogError(operation: .open, path: path, number: errno) }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(self.descriptor) }

    /// How long the file is, in bytes.
    var size: Int {
        var status = stat()
        return fstat(self.descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Writes everything.
    ///
    /// - Throws: ``LogError``; a part may have been written.
    func write(_ bytes: [UInt8]) throws(LogError) {
        try writeAll(bytes, to: self.descriptor, path: self.path)
    }
}

/// - Throws: ``LogError``; a part may have been written.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(LogError) {
    let failure: Int32 = bytes.withUnsafeBytes { buffer in
        var rest = buffer[...]
        while !rest.isEmpty {
            let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = rest.dropFirst(written)
        }
        return 0
    }
    guard failure == 0 else { throw LogError(operation: .write, path: path, number: failure) }
}

/// Largest file that is read whole, in bytes: no logging.properties comes near it.
private let readableSizeMaximum = 1 << 20

/// - Throws: ``LogError``, `EFBIG` for a file beyond the limit.
func readFile(_ path: String) throws(LogError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LogError(operation: .open, path: path, number: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw LogError(operation: .read, path: path, number: errno) }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
        guard bytes.count <= readableSizeMaximum else {
            throw LogError(operation: .read, path: path, number: EFBIG)
        }
    }
}

/// Makes the directory and those above it, as far as they are missing.
///
/// - Throws: ``LogError``.
func createDirectories(_ path: String) throws(LogError) {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
        throw LogError(operation: .createDirectory, path: path, number: errno)
    }
    try createDirectories(String(path[..<slash]))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
        throw LogError(operation: .createDirectory, path: path, number: errno)
    }
}

/// Names in a directory, in no order; empty when it cannot be read.
func names(inDirectory path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}

/// - Throws: ``LogError``, not for a file that is gone already.
func deleteFile(_ path: String) throws(LogError) {
    guard unlink(path) == 0 || errno == ENOENT else {
        throw LogError(operation: .delete, path: path, number: errno)
    }
}
