import CLibArchive
import CatalinaCore
import Glibc

/// A web application archive and the folder it is unpacked into.
///
/// Paths, links and sizes are checked by libarchive's secure extraction; an archive that fails leaves nothing behind.
/// Source: `org.apache.catalina.startup.ExpandWar`.
struct WarArchive: Sendable {
    /// Bytes that an archive may unpack to.
    static let unpackedMaximum: Int64 = 2 * 1024 * 1024 * 1024
    /// Bytes of an entry that is read into memory.
    static let entryMaximum = 8 * 1024 * 1024
    /// Remembers which archive a folder came from: its modification time is the archive's.
    static let tracker = "/META-INF/war-tracker"

    let path: String

    init(_ path: String) { self.path = path }

    /// Whether a folder holds this very archive, or was not made from an archive and is left as it is.
    func isUnpacked(in folder: String) -> Bool {
        guard FileStatus(folder) != nil else { return false }
        guard let mark = FileStatus(folder + Self.tracker) else { return true }
        return mark.lastModified == FileStatus(self.path)?.lastModified
    }

    /// Unpacks into a folder unless it holds this very archive already; blocks.
    ///
    /// - Throws: `LifecycleError` naming the archive and the entry.
    func unpack(to folder: String) throws {
        guard let archive = FileStatus(self.path) else {
            throw LifecycleError("The archive [\(self.path)] does not exist")
        }
        if self.isUnpacked(in: folder) { return }
        if FileStatus(folder) != nil {
            CategoryLogger("org.apache.catalina.startup.ExpandWar").info(
                "expand",
                "An expanded directory [\(folder)] was found with a last modified time that did not match the associated "
                    + "WAR. It will be deleted."
            )
            try FileIO.removeTree(folder)
        }
        let temporary = folder + ".unpacking"
        try FileIO.removeTree(temporary)
        do {
            try FileIO.makeDirectories(temporary + "/META-INF")
            try self.extract(to: temporary)
            try FileIO.write("", to: temporary + Self.tracker)
            self.setTime(of: temporary + Self.tracker, to: archive.lastModified)
            guard rename(temporary, folder) == 0 else { throw FileError("rename", folder) }
        } catch {
            try FileIO.removeTree(temporary)
            throw error
        }
    }

    /// The content of one entry, `nil` if there is none of this name; blocks.
    ///
    /// - Throws: `LifecycleError` for a broken archive and for an entry above ``entryMaximum``.
    func entry(_ wanted: String) throws -> [UInt8]? {
        try self.withReader { reader in
            var found: [UInt8]?
            try self.forEachEntry(of: reader) { name, _ in
                guard name == wanted else { return true }
                found = try self.content(of: name, from: reader)
                return false
            }
            return found
        }
    }

    private func content(of name: String, from reader: OpaquePointer) throws -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = archive_read_data(reader, &buffer, buffer.count)
            if count == 0 { return content }
            guard count > 0 else { throw self.failure(reader, name) }
            content += buffer[..<count]
            guard content.count <= Self.entryMaximum else {
                throw LifecycleError("The entry [\(name)] of [\(self.path)] is larger than \(Self.entryMaximum) bytes")
            }
        }
    }

    /// Unpacks the application's libraries alone; blocks.
    func unpackLibraries(to folder: String) throws {
        try self.extract(to: folder) { $0.hasPrefix("WEB-INF/lib/") && $0.hasSuffix(".so") }
    }

    private func setTime(of path: String, to milliseconds: Int64) {
        let time = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        _ = [time, time].withUnsafeBufferPointer { utimensat(AT_FDCWD, path, $0.baseAddress, 0) }
    }

    private func withReader<Value>(_ body: (OpaquePointer) throws -> Value) throws -> Value {
        guard let reader = archive_read_new() else { throw LifecycleError("libarchive is out of memory") }
        defer { archive_read_free(reader) }
        archive_read_support_format_zip(reader)
        archive_read_support_filter_all(reader)
        guard archive_read_open_filename(reader, self.path, 65_536) == ARCHIVE_OK else {
            throw self.failure(reader, nil)
        }
        return try body(reader)
    }

    /// Calls `body` for each entry until it returns false.
    private func forEachEntry(
        of reader: OpaquePointer,
        _ body: (_ name: String, _ entry: OpaquePointer) throws -> Bool
    ) throws {
        var entry: OpaquePointer?
        while true {
            let result = archive_read_next_header(reader, &entry)
            if result == ARCHIVE_EOF { return }
            guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry else { throw self.failure(reader, nil) }
            guard
                let name = archive_entry_pathname_utf8(entry).map({ String(cString: $0) })
                    ?? archive_entry_pathname(entry).map({ String(cString: $0) })
            else { throw LifecycleError("An entry of [\(self.path)] has no name") }
            guard try body(name, entry) else { return }
        }
    }

    private func extract(to folder: String, where isWanted: (String) -> Bool = { _ in true }) throws {
        try self.withReader { reader in
            var total: Int64 = 0
            try self.forEachEntry(of: reader) { name, entry in
                guard isWanted(name) else { return true }
                try self.extract(name, entry, from: reader, to: folder, &total)
                return true
            }
        }
    }

    private func extract(
        _ name: String,
        _ entry: OpaquePointer,
        from reader: OpaquePointer,
        to folder: String,
        _ total: inout Int64
    ) throws {
        guard Self.isSafe(name) else {
            throw LifecycleError(
                "The archive [\(self.path)] is malformed and will be ignored: an entry contains an illegal path [\(name)]"
            )
        }
        let target = folder + "/" + name
        if name.hasSuffix("/") {
            try FileIO.makeDirectories(String(target.dropLast()))
            return
        }
        guard archive_entry_symlink(entry) == nil, archive_entry_hardlink(entry) == nil else {
            throw LifecycleError("The archive [\(self.path)] contains a link [\(name)]")
        }
        if let slash = target.lastIndex(of: "/") { try FileIO.makeDirectories(String(target[..<slash])) }
        let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw FileError("open", target) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = archive_read_data(reader, &buffer, buffer.count)
            if count == 0 { break }
            guard count > 0 else { throw self.failure(reader, name) }
            total += Int64(count)
            guard total <= Self.unpackedMaximum else {
                throw LifecycleError("The archive [\(self.path)] unpacks to more than \(Self.unpackedMaximum) bytes")
            }
            guard write(descriptor, buffer, count) == count else { throw FileError("write", target) }
        }
        let time = Int64(archive_entry_mtime(entry)) * 1000
        self.setTime(of: target, to: time)
    }

    /// Whether an entry stays below the folder.
    static func isSafe(_ name: String) -> Bool {
        guard !name.isEmpty, !name.hasPrefix("/"), !name.contains("\\"), !name.utf8.contains(0) else { return false }
        return !name.split(separator: "/", omittingEmptySubsequences: true).contains("..")
    }

    private func failure(_ reader: OpaquePointer, _ entry: String?) -> LifecycleError {
        let reason = archive_error_string(reader).map { String(cString: $0) } ?? "unknown error"
        return LifecycleError(
            "The archive [\(self.path)] cannot be read\(entry.map { " at [\($0)]" } ?? ""): \(reason)"
        )
    }
}
