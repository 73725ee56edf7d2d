import Glibc
import RepositoryCore

/// The bytes of payloads: one file each, below `payloads/` in the data directory.
///
/// Files and not BLOBs, because a payload may be larger than memory and the one writer must not be held up
/// by an upload. A file's name is a random key; the table `payload` says which payload it belongs to, so the
/// database alone decides what exists, and an object and its payloads change in one transaction:
///
/// 1. ``stage(_:)`` copies or links the upload to `payloads/staging/KEY` and makes it durable.
/// 2. Inside the transaction ``adopt(_:)`` renames it to `payloads/KK/KEY` and the row is written.
/// 3. After the commit ``remove(_:)`` deletes the files whose rows are gone.
///
/// A crash leaves at worst files without a row. `payloads/in-use` stands while the repository is open; where
/// it still stands at the next start, ``removeOrphans(known:)`` deletes such files.
struct PayloadFiles: Sendable {
    /// A file's name: 32 lower-case hexadecimal digits.
    typealias Key = String

    private static let copySize = 1 << 20

    let directory: String
    private let entropy: any EntropySource

    init(directory: String, entropy: any EntropySource) {
        self.directory = directory
        self.entropy = entropy
    }

    private var stagingDirectory: String { self.directory + "/staging" }
    private var marker: String { self.directory + "/in-use" }

    private func shard(of key: Key) -> String { "\(self.directory)/\(key.prefix(2))" }
    private func path(of key: Key) -> String { "\(self.shard(of: key))/\(key)" }
    private func stagedPath(of key: Key) -> String { "\(self.stagingDirectory)/\(key)" }

    /// Makes the directories.
    ///
    /// - Returns: whether the last user left without ``close()``.
    func open() throws -> Bool {
        try File.makeDirectory(self.directory)
        try File.makeDirectory(self.stagingDirectory)
        let wasInUse = access(self.marker, F_OK) == 0
        if !wasInUse { try File.write([], to: self.marker) }
        return wasInUse
    }

    /// Says that every file belongs to a row.
    func close() { unlink(self.marker) }

    /// Makes the bytes durable under a new key, where nobody sees them yet.
    ///
    /// - Returns: the key and the size in bytes.
    func stage(_ source: PayloadUpload.Source) throws -> (key: Key, size: Int64) {
        let key = self.entropy.bytes(16).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
        let path = self.stagedPath(of: key)
        switch source {
        case .bytes(let bytes): try File.write(bytes, to: path)
        case .file(let original): try File.linkOrCopy(original, to: path, copySize: Self.copySize)
        }
        return (key, try File.size(of: path))
    }

    /// Gives a staged file its place; no harm in doing it twice.
    func adopt(_ key: Key) throws {
        try File.makeDirectory(self.shard(of: key))
        if rename(self.stagedPath(of: key), self.path(of: key)) != 0, errno != ENOENT {
            throw StorageFailure(errno: errno, path: self.path(of: key))
        }
        try File.synchronizeDirectory(self.shard(of: key))
    }

    /// Gives up a staged file whose transaction failed, adopted or not.
    func discard(_ key: Key) {
        unlink(self.stagedPath(of: key))
        unlink(self.path(of: key))
    }

    /// Deletes files whose rows are gone; one that cannot be deleted waits for ``removeOrphans(known:)``.
    func remove(_ keys: some Sequence<Key>) {
        for key in keys { unlink(self.path(of: key)) }
    }

    /// Part of a file; nil where it was deleted meanwhile.
    func read(_ key: Key, in range: Range<Int64>) throws -> [UInt8]? {
        try File.read(self.path(of: key), in: range)
    }

    /// Deletes every file that `isKnown` does not know, staged ones included.
    ///
    /// - Returns: how many there were.
    func removeOrphans(isKnown: (Key) throws -> Bool) throws -> Int {
        var count = 0
        for staged in try File.names(in: self.stagingDirectory) {
            unlink(self.stagedPath(of: staged))
            count += 1
        }
        for shard in try File.names(in: self.directory) where shard.utf8.count == 2 {
            for key in try File.names(in: "\(self.directory)/\(shard)") where try !isKnown(key) {
                unlink("\(self.directory)/\(shard)/\(key)")
                count += 1
            }
        }
        return count
    }
}
