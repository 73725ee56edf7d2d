import Glibc

extension FileIO {
    /// What a path below a base leads to when no link is followed.
    enum LinkFreeStatus: Equatable {
        case status(FileStatus)
        case nothing
        /// One of the segments below the base is a symbolic link.
        case link
    }

    /// The status of `file`, every segment of it below `base` being looked at.
    ///
    /// - Precondition: `file` starts with `base`.
    static func statusWithoutLinks(base: String, file: String) -> LinkFreeStatus {
        guard file.utf8.count > base.utf8.count else {
            return FileStatus(file.isEmpty ? "/" : file).map { .status($0) } ?? .nothing
        }
        guard !file.utf8.contains(0) else { return .nothing }
        var path = file.utf8CString
        return path.withUnsafeMutableBufferPointer { path in
            guard let start = path.baseAddress else { return .nothing }
            let slash = CChar(bitPattern: UInt8(ascii: "/"))
            var status = stat()
            for index in base.utf8.count + 1..<path.count where path[index] == slash || path[index] == 0 {
                let kept = path[index]
                path[index] = 0
                let result = lstat(start, &status)
                path[index] = kept
                guard result == 0 else { return .nothing }
                if status.st_mode & S_IFMT == S_IFLNK { return .link }
            }
            return .status(FileStatus(status))
        }
    }

    /// Whether this process may read the file.
    static func isReadable(_ file: String) -> Bool { access(file, R_OK) == 0 }
}
