/// The absolute form of a request target, `http://userinfo@host:port/path`.
///
/// Source: RFC 9112 §3.2.2.
struct AbsoluteTarget: Equatable {
    enum Form: Equatable {
        /// Not a URI with a scheme that starts with `http`.
        case relative
        /// Starts with `http` but is neither `http://` nor `https://`.
        case invalidScheme
        case absolute(AbsoluteTarget)
    }

    /// Host and port.
    var authority: Range<Int>
    /// From the first slash behind the authority on; where there is none, one slash of `://`.
    var path: Range<Int>
    var isUserinfoLegal = true

    /// Offsets are those of the slice.
    static func parse(_ target: Slice<UnsafeRawBufferPointer>) -> Form {
        guard target.hasPrefix("http") else { return .relative }
        var scheme = target.dropFirst(4)
        if let next = scheme.first, next.asciiLowercased == 0x73 { scheme = scheme.dropFirst() }
        guard scheme.hasPrefix("://") else { return .invalidScheme }
        var start = scheme.startIndex + 3
        let end = target[start...].firstIndex(of: ASCII.slash) ?? target.endIndex
        let path = end < target.endIndex ? end..<target.endIndex : (target.startIndex + 6)..<(target.startIndex + 7)
        var isUserinfoLegal = true
        if let at = target[start..<end].firstIndex(of: 0x40) {
            isUserinfoLegal = target[start..<at].allSatisfy { ByteSet.userinfo.contains($0) }
            start = at + 1
        }
        return .absolute(AbsoluteTarget(authority: start..<end, path: path, isUserinfoLegal: isUserinfoLegal))
    }
}

extension Slice<UnsafeRawBufferPointer> {
    /// Whether the bytes start with lower-case ASCII text, ignoring case.
    fileprivate func hasPrefix(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { prefix in
            self.count >= prefix.count && zip(self, prefix).allSatisfy { $0.asciiLowercased == $1 }
        }
    }
}
