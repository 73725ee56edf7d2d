/// A configuration file that cannot be used at all, with the place that makes it so.
package struct ConfigError: Error, Equatable {
    package enum Code: Sendable, Equatable {
        /// The file is missing or cannot be read.
        case unreadable
        /// It is not well-formed XML.
        case malformed
        /// It refers to a file or an address outside itself.
        case externalEntity
        /// It is larger, deeper or more repetitive than any configuration is.
        case tooLarge
        /// It is well-formed, and says something impossible.
        case invalid
    }

    package let code: Code
    package let file: String
    /// Counted from 1; 0 if the error has no place.
    package let line: Int
    package let column: Int
    package let message: String

    package init(_ code: Code, file: String, line: Int = 0, column: Int = 0, _ message: String) {
        self.code = code
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }
}

extension ConfigError: CustomStringConvertible {
    package var description: String {
        self.line > 0 ? "\(self.file):\(self.line):\(self.column): \(self.message)" : "\(self.file): \(self.message)"
    }
}
