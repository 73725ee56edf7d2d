import Glibc

/// Why a log could not be opened, read or written.
package struct LogError: Error, Equatable, CustomStringConvertible {
    /// What was tried.
    package var operation: Operation
    package var path: String
    /// The system's `errno`.
    package var number: Int32

    package enum Operation: String, Sendable {
        case createDirectory = "create directory"
        case open = "open"
        case read = "read"
        case write = "write"
        case rename = "rename"
        case delete = "delete"
    }

    package var description: String {
        "Failed to \(self.operation.rawValue) [\(self.path)]: \(systemMessage(self.number))"
    }
}

/// The system's words for an error number.
func systemMessage(_ number: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let start = buffer.baseAddress, strerror_r(number, start, buffer.count) == 0 else {
            return "error \(number)"
        }
        return String(cString: start)
    }
}
