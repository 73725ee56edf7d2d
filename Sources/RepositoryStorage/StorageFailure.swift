import GRDB
import Glibc

/// Something is wrong with the data directory itself: the client gets a 500, the log this text.
///
/// Nothing that was acknowledged is lost by it, and a write that failed so has left no trace.
package struct StorageFailure: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        case diskFull
        case notWritable
        case corrupt
        /// Another process works on the same data directory.
        case inUse
        /// The directory or file cannot be opened or made.
        case cannotOpen
        case inputOutput
        case closed
        case other
    }

    package let code: Code
    package let path: String
    /// What SQLite or the kernel says.
    package let detail: String

    package init(_ code: Code, path: String, detail: String) {
        self.code = code
        self.path = path
        self.detail = detail
    }

    package var description: String { "\(self.code.sentence): \(self.path) (\(self.detail))" }

    /// What the kernel reports as `errno`.
    init(errno number: Int32, path: String) {
        let code: Code =
            switch number {
            case ENOSPC, EDQUOT: .diskFull
            case EROFS, EACCES, EPERM: .notWritable
            case ENOENT, ENOTDIR, EMFILE, ENFILE, EISDIR: .cannotOpen
            default: .inputOutput
            }
        self.init(code, path: path, detail: String(cString: strerror(number)))
    }

    init(_ error: DatabaseError, path: String) {
        let code: Code =
            switch error.resultCode {
            case .SQLITE_FULL: .diskFull
            case .SQLITE_READONLY, .SQLITE_PERM: .notWritable
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
            case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse
            case .SQLITE_CANTOPEN: .cannotOpen
            case .SQLITE_IOERR: .inputOutput
            default: .other
            }
        let message = error.message ?? "no message"
        self.init(code, path: path, detail: "SQLite error \(error.extendedResultCode.rawValue): \(message)")
    }

    /// A `DatabaseError` as a failure of the file at `path`; any other error as it is.
    static func wrapping(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return StorageFailure(error, path: path)
    }
}

extension StorageFailure.Code {
    fileprivate var sentence: String {
        switch self {
        case .diskFull: "The disk is full"
        case .notWritable: "The data directory is not writable"
        case .corrupt: "The repository database is damaged"
        case .inUse: "The data directory is in use by another process"
        case .cannotOpen: "The repository database cannot be opened"
        case .inputOutput: "Reading or writing the data directory failed"
        case .closed: "The repository database is closed"
        case .other: "The repository database reports an error"
        }
    }
}
