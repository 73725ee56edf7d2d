import Glibc

/// Permissions as `ls -l` shows them: `rw-rw-rw-`.
enum UnixSocketPermissions {
    /// - Returns: nil for anything but nine characters of `r`, `w`, `x` and `-` at their places.
    static func parse(_ text: String) -> mode_t? {
        let expected = Array("rwxrwxrwx".utf8)
        let given = Array(text.utf8)
        guard given.count == expected.count else { return nil }
        var mode: mode_t = 0
        for (index, byte) in given.enumerated() {
            mode <<= 1
            if byte == expected[index] {
                mode |= 1
            } else if byte != ASCII.hyphen {
                return nil
            }
        }
        return mode
    }
}
