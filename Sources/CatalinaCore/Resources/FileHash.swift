import Glibc
import NIOCore

/// SHA-256 of contents, as lower-case hexadecimal digits: a strong entity tag.
enum FileHash {
    private static let blockSize = 65_536

    static func hex(_ bytes: ByteBuffer) -> String {
        let stream = HashStream(.sha256)
        stream.update(bytes.readableBytesSpan)
        return HexText.encode(stream.finish())
    }

    /// Blocks.
    /// - Throws: ``FileError``.
    static func hex(ofFile path: String) throws(FileError) -> String {
        let file = try DescriptorOwner(path)
        let stream = HashStream(.sha256)
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        while true {
            let count = read(file.descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            guard count > 0 else { break }
            stream.update(block.span.extracting(..<count).bytes)
        }
        return HexText.encode(stream.finish())
    }
}
