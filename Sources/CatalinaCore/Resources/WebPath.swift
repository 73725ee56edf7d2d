/// Paths inside a web application: they start with `/` and use `/` alone.
package enum WebPath {
    /// The path without empty, `.` and `..` segments; `nil` if it leaves the root, is relative or holds a NUL.
    ///
    /// A path that is normal already is returned as it is, without a copy.
    package static func normalized(_ path: String) -> String? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        guard !self.isNormal(path.utf8) else { return path }
        var segments: [Substring.UTF8View] = []
        let pieces = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            let isLast = index == pieces.count - 1
            if piece.contains(0) { return nil }
            switch String(Substring(piece)) {
            case "", ".": if isLast { segments.append("".utf8[...]) }
            case "..":
                guard segments.popLast() != nil else { return nil }
                if isLast { segments.append("".utf8[...]) }
            default: segments.append(piece)
            }
        }
        return segments.map { "/" + String(Substring($0)) }.joined()
    }

    /// Whether the bytes hold neither `//`, a segment of dots, nor a NUL.
    private static func isNormal(_ bytes: String.UTF8View) -> Bool {
        var previous: UInt8 = 0
        for byte in bytes {
            switch byte {
            case 0: return false
            case UInt8(ascii: "/"), UInt8(ascii: "."): if previous == UInt8(ascii: "/") { return false }
            default: break
            }
            previous = byte
        }
        return true
    }

    /// What is left of `path` below `mount`: empty for the mount itself, else from a slash on; `nil` elsewhere.
    ///
    /// The root is mounted as the empty string.
    static func remainder(of path: String, below mount: String) -> Substring? {
        guard path.hasPrefix(mount) else { return nil }
        let rest = path.dropFirst(mount.count)
        return rest.isEmpty || rest.utf8.first == UInt8(ascii: "/") ? rest : nil
    }

    /// The name of the entry of `directory` that leads to `path`; `nil` if `path` is not below it.
    static func step(from directory: String, towards path: String) -> String? {
        let parent = directory.hasSuffix("/") ? directory : directory + "/"
        guard path.hasPrefix(parent), path.count > parent.count else { return nil }
        return String(path.dropFirst(parent.count).prefix { $0 != "/" })
    }

    /// Whether the path names `WEB-INF` or `META-INF` or something in them, in any spelling.
    package static func isProtected(_ path: String) -> Bool {
        self.starts(path.utf8, with: "/web-inf") || self.starts(path.utf8, with: "/meta-inf")
    }

    private static func starts(_ path: String.UTF8View, with folder: StaticString) -> Bool {
        guard path.count >= folder.utf8CodeUnitCount else { return false }
        var index = path.startIndex
        for offset in 0..<folder.utf8CodeUnitCount {
            let byte = path[index]
            let lower = (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
            guard lower == folder.utf8Start[offset] else { return false }
            path.formIndex(after: &index)
        }
        return index == path.endIndex || path[index] == UInt8(ascii: "/")
    }
}
