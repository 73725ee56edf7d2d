/// Removes empty, `.` and `..` segments from a decoded path.
enum PathNormalizer {
    /// Normalizes in place; false if the path has no normal form.
    ///
    /// A trailing slash survives; a path that ends in `/.` or `/..` gets none.
    /// Source: RFC 3986 §5.2.4 | Tomcat counterpart: `CoyoteAdapter.normalize`.
    static func normalize(_ path: inout [UInt8], allowBackslash: Bool) -> Bool {
        for index in path.indices {
            switch path[index] {
            case 0: return false
            case ASCII.backslash:
                guard allowBackslash else { return false }
                path[index] = ASCII.slash
            default: break
            }
        }
        guard path.first == ASCII.slash else { return false }
        return self.resolveSegments(&path)
    }

    /// Rewrites a path that begins with `/`, segment by segment; the written part never overtakes the read one.
    fileprivate static func resolveSegments(_ path: inout [UInt8]) -> Bool {
        let count = path.count
        var end = 0
        var start = 1
        var endsWithSlash = false
        while start <= count {
            var next = start
            while next < count, path[next] != ASCII.slash { next += 1 }
            endsWithSlash = false
            switch next - start {
            case 0: endsWithSlash = true
            case 1 where path[start] == ASCII.period: break
            case 2 where path[start] == ASCII.period && path[start + 1] == ASCII.period:
                guard end > 0 else { return false }
                repeat { end -= 1 } while path[end] != ASCII.slash
            default:
                path[end] = ASCII.slash
                end += 1
                for index in start..<next {
                    path[end] = path[index]
                    end += 1
                }
            }
            start = next + 1
        }
        if endsWithSlash || end == 0 {
            path[end] = ASCII.slash
            end += 1
        }
        path.removeSubrange(end...)
        return true
    }
}

extension RequestPath {
    /// The normal form of a decoded path as an application names it, nil if there is none.
    ///
    /// A missing leading slash is added. A backslash is taken for a slash, or for an ordinary character.
    /// Tomcat counterpart: `org.apache.tomcat.util.http.RequestUtil.normalize`.
    package static func normalize(_ path: String, replacingBackslash: Bool = true) -> String? {
        if self.isCanonical(path.utf8.span) { return path }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.utf8.count + 1)
        if path.utf8.first != ASCII.slash, path.utf8.first != ASCII.backslash || !replacingBackslash {
            bytes.append(ASCII.slash)
        }
        bytes.append(contentsOf: path.utf8)
        if replacingBackslash || !bytes.contains(ASCII.backslash) {
            guard PathNormalizer.normalize(&bytes, allowBackslash: true) else { return nil }
        } else {
            guard !bytes.contains(0), PathNormalizer.resolveSegments(&bytes) else { return nil }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
