import Glibc

/// The character encodings that the system can convert.
enum CharacterEncoding {
    static func isSupported(_ name: String) -> Bool {
        guard !name.isEmpty else { return false }
        let converter = iconv_open("UTF-8", name)
        guard converter != iconv_t(bitPattern: -1) else { return false }
        iconv_close(converter)
        return true
    }
}
