import Glibc
import RepositoryCore

/// The directory of a repository and the small files in it that an operator writes or reads.
struct DataDirectory: Sendable {
    let path: String

    /// Largest configuration file, in bytes.
    private static let fileSizeMaximum = 16 << 20

    /// From the property `cordra.data`, else the environment's `cordra_data`, else `data` below the instance.
    static func path(property: (String) -> String?) -> String {
        if let path = property("cordra.data"), !path.isEmpty { return path }
        if let value = getenv("cordra_data") {
            let path = String(cString: value)
            if !path.isEmpty { return path }
        }
        return property("catalina.base").map { $0 + "/data" } ?? "data"
    }

    func file(_ name: String) -> String { self.path + "/" + name }

    /// Makes the directory and those above it.
    func create() throws(StartError) {
        var made = self.path.hasPrefix("/") ? "" : "."
        for part in self.path.utf8.split(separator: UInt8(ascii: "/")) {
            made += "/" + String(Substring(part))
            guard mkdir(made, 0o750) != 0, errno != EEXIST else { continue }
            throw .unwritable(path: made, reason: String(cString: strerror(errno)))
        }
    }

    /// The JSON in a file; nil where there is no such file.
    func json(_ name: String) throws(StartError) -> JSONValue? {
        let path = self.file(name)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < Self.fileSizeMaximum {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .unreadable(path: path, reason: error.description)
        }
    }

    /// Writes a file that only its owner can read, and sees it onto the disk.
    func writeSecret(_ text: String, to name: String) throws(StartError) {
        let path = self.file(name)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard fchmod(descriptor, 0o600) == 0, write(descriptor, bytes, bytes.count) == bytes.count,
            fsync(descriptor) == 0
        else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
    }

    func remove(_ name: String) throws(StartError) {
        guard unlink(self.file(name)) != 0, errno != ENOENT else { return }
        throw .unwritable(path: self.file(name), reason: String(cString: strerror(errno)))
    }
}
