package import ServletAPI
import Synchronization

/// A temporary file that takes the body of an upload until it is complete.
package struct UploadFile: Sendable {
    /// Bytes written at a time.
    static let pieceSize = 65_536

    private static let counter = Atomic(0)

    package let path: String

    /// Makes an empty file in a directory.
    ///
    /// - Throws: ``FileError``.
    package init(in directory: String) async throws {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        let path = "\(directory)/put-part-\(ProcessFacts.processID)-\(number).tmp"
        self.path = path
        try await FileIO.run { try FileIO.create(path) }
    }

    /// Takes over the beginning of another file, to be changed in parts.
    func fill(from file: String, _ length: Int64) async throws {
        let path = self.path
        try await FileIO.run {
            try FileIO.copy(file, to: path)
            try FileIO.truncate(path, length)
        }
    }

    /// Writes what is left of a body.
    ///
    /// - Parameters:
    ///   - input: the body.
    ///   - offset: where in the file it begins.
    ///   - maximum: stops when the body is longer than this.
    /// - Returns: how long the body is, as far as it was read.
    /// - Throws: ``FileError``; what reading throws.
    package func receive(_ input: any ServletInputStream, at offset: Int64, maximum: Int64?) async throws -> Int64 {
        let path = self.path
        var count: Int64 = 0
        while let piece = try await input.read(upTo: Self.pieceSize) {
            let position = offset + count
            count += Int64(piece.count)
            if let maximum, count > maximum { return count }
            try await FileIO.run { try FileIO.write(piece, to: path, at: position) }
        }
        return count
    }

    /// Cuts or extends the file.
    func setLength(_ length: Int64) async throws {
        let path = self.path
        try await FileIO.run { try FileIO.truncate(path, length) }
    }

    /// Removes the file.
    package func discard() async {
        let path = self.path
        // Nothing can be done about a temporary file that does not go away; the directory is emptied at start.
        _ = try? await FileIO.run { FileIO.delete(path) }
    }
}
