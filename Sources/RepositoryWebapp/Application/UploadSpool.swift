import Glibc
import RepositoryCore
import ServletAPI

/// Takes in payloads: small ones in memory, larger ones as files that go when the request has been answered.
struct UploadSpool: UploadReader {
    /// Largest payload kept in memory, in bytes.
    private static let memoryMaximum: Int64 = 262_144
    private static let pieceSize = 262_144

    private let directory: String
    private let entropy = SystemEntropy()

    /// Empties the spool of whatever a crash has left in it.
    init(directory: DataDirectory) throws(StartError) {
        self.directory = directory.file("spool")
        try DataDirectory(path: self.directory).create()
        guard let entries = opendir(self.directory) else {
            throw .unreadable(path: self.directory, reason: String(cString: strerror(errno)))
        }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { try DataDirectory(path: self.directory).remove(name) }
        }
    }

    /// The content of a part, ready to be stored.
    func upload(_ part: any Part) async throws -> PayloadUpload {
        let payload = Payload(
            name: part.name,
            filename: part.submittedFileName.map { Self.baseName($0) },
            mediaType: part.contentType,
            size: part.size
        )
        guard part.size > Self.memoryMaximum else {
            return PayloadUpload(payload: payload, source: .bytes(try await part.bytes()))
        }
        let path = self.directory + "/" + Hex.encode(self.entropy.bytes(16))
        try await part.write(to: path)
        return PayloadUpload(payload: payload, source: .file(path: path))
    }

    /// A file name without the directories that some browsers put before it.
    static func baseName(_ name: String) -> String {
        let parts = name.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        return parts.last.map { String($0) } ?? name
    }

    func discard(_ uploads: [PayloadUpload]) {
        for case .file(let path) in uploads.map(\.source) { unlink(path) }
    }

    func bytes(of upload: PayloadUpload, from offset: Int64) async throws -> [UInt8] {
        switch upload.source {
        case .bytes(let bytes):
            return offset < bytes.count ? Array(bytes[Int(offset)...]) : []
        case .file(let path):
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw StartError.unreadable(path: path, reason: String(cString: strerror(errno)))
            }
            defer { close(descriptor) }
            var buffer = [UInt8](repeating: 0, count: Self.pieceSize)
            let count = pread(descriptor, &buffer, buffer.count, Int(offset))
            guard count >= 0 else { throw StartError.unreadable(path: path, reason: String(cString: strerror(errno))) }
            return Array(buffer[..<count])
        }
    }
}
