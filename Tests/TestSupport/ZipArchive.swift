/// Zip archives for tests: entries are stored, not compressed.
///
/// Source: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
package enum ZipArchive {
    /// An archive of files, by name, in order; a name that ends with a slash is a folder.
    package static func bytes(_ entries: [(name: String, content: [UInt8])]) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in entries {
            let offset = UInt32(file.count)
            let common = Self.common(name, content)
            file += Self.little(0x0403_4b50 as UInt32) + common + Array(name.utf8) + content
            directory += Self.little(0x0201_4b50 as UInt32) + Self.little(20 as UInt16) + common
            directory += Self.little(0 as UInt16) + Self.little(0 as UInt16) + Self.little(0 as UInt16)
            directory += Self.little(0 as UInt32) + Self.little(offset) + Array(name.utf8)
        }
        let count = Self.little(UInt16(entries.count))
        let end =
            Self.little(0x0605_4b50 as UInt32) + Self.little(0 as UInt32) + count + count
            + Self.little(UInt32(directory.count)) + Self.little(UInt32(file.count)) + Self.little(0 as UInt16)
        return file + directory + end
    }

    /// An archive of text files.
    package static func bytes(_ entries: [(name: String, text: String)]) -> [UInt8] {
        self.bytes(entries.map { (name: $0.name, content: Array($0.text.utf8)) })
    }

    /// What a local header and one of the directory have in common: version needed to length of extra field.
    private static func common(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let size = Self.little(UInt32(content.count))
        var header = Self.little(20 as UInt16) + Self.little(0x0800 as UInt16) + Self.little(0 as UInt16)
        header += Self.little(0 as UInt16) + Self.little(0x21 as UInt16)
        header += Self.little(Self.checksum(content)) + size + size
        header += Self.little(UInt16(name.utf8.count)) + Self.little(0 as UInt16)
        return header
    }

    private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
    }
}
