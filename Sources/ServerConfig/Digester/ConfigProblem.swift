/// Something in a configuration file that is not as it should be.
///
/// Start-up logs each with the line that Tomcat writes for it; `configtest` prints them all.
package struct ConfigProblem: Sendable, Equatable {
    package enum Severity: Sendable, Comparable {
        /// Nothing is lost: worth a line for someone who looks for it.
        case notice
        /// The attribute or element has no effect, and the rest goes on.
        case warning
        /// The whole file is rejected.
        case fatal
    }

    /// The line that start-up logs.
    package struct LogLine: Sendable, Equatable {
        package enum Level: Sendable {
            case severe
            case warning
            case info
        }

        package let level: Level
        /// The category whose level decides whether the line is written.
        package let category: String
        /// The class and method that Tomcat's line names.
        package let source: String
        package let message: String

        package init(_ level: Level, category: String = Self.digester, source: String, _ message: String) {
            self.level = level
            self.category = category
            self.source = source
            self.message = message
        }

        package static let digester = "org.apache.tomcat.util.digester.Digester"
    }

    package let severity: Severity
    package let file: String
    package let line: Int
    package let column: Int
    /// The element's path, as `Server/Service/Connector`.
    package let element: String
    package let attribute: String?
    /// What is wrong, in a sentence.
    package let message: String
    /// The known name that was probably meant.
    package let nearest: String?
    package let log: LogLine

    package init(
        _ severity: Severity,
        at place: ConfigPlace,
        attribute: XMLAttribute? = nil,
        _ message: String,
        nearest: String? = nil,
        log: LogLine
    ) {
        self.severity = severity
        self.file = place.file
        self.line = attribute.map { $0.line > 0 ? $0.line : place.line } ?? place.line
        self.column = place.column
        self.element = place.path
        self.attribute = attribute?.name
        self.message = message
        self.nearest = nearest
        self.log = log
    }
}

/// An element's place: its file, line, column and path.
package struct ConfigPlace: Sendable, Equatable {
    package let file: String
    package let line: Int
    package let column: Int
    package let path: String

    package init(file: String, line: Int = 0, column: Int = 0, path: String) {
        self.file = file
        self.line = line
        self.column = column
        self.path = path
    }

    init(_ element: XMLElement, file: String, path: String) {
        self.init(file: file, line: element.line, column: element.column, path: path)
    }
}

extension ConfigProblem: CustomStringConvertible {
    /// One line for `configtest`: place, severity, element, attribute, sentence, nearest name.
    package var description: String {
        let kind =
            switch self.severity {
            case .notice: "note"
            case .warning: "warning"
            case .fatal: "error"
            }
        let attribute = self.attribute.map { " attribute [\($0)]" } ?? ""
        let nearest = self.nearest.map { ", did you mean [\($0)]?" } ?? ""
        let place = self.line > 0 ? "\(self.file):\(self.line)" : self.file
        let element = self.element.isEmpty ? "" : "[\(self.element)]\(attribute): "
        return "\(place): \(kind): \(element)\(self.message)\(nearest)"
    }
}
