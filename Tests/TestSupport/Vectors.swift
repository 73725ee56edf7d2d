package import Foundation
package import Testing

/// Recorded rows of `Tests/Vectors`: read here, compared here, counted here.
///
/// A suite is parameterized over `Vectors.rows(file)` and ends each row in ``VectorRow/expect(_:equals:)``.
/// A row that stands in `Tests/Vectors/differences.tsv` (file, row, reason) is expected to disagree; once it
/// agrees its entry fails the test, so that the list only shrinks. When the last row of a file was compared,
/// the line `rows FILE: N agree of M` is printed.
package enum Vectors {
    /// `Tests/Vectors`.
    package static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors")

    /// The rows of a file with one JSON object a line, named relative to `Tests/Vectors`.
    package static func rows(_ file: String) -> [VectorRow] {
        do {
            let lines = try Data(contentsOf: self.directory.appending(path: file)).split(separator: UInt8(ascii: "\n"))
            return try lines.enumerated().map { index, line in
                VectorRow(file: file, number: index + 1, total: lines.count, value: try JSONValue(parsing: line))
            }
        } catch {
            preconditionFailure("\(file): \(error)")
        }
    }

    /// The bytes of a file of `Tests/Vectors`.
    package static func bytes(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: self.directory.appending(path: file)))
    }

    /// Rows that deliberately differ: `FILE<tab>ROW` to reason.
    static let differences: [String: String] = {
        guard let text = try? String(contentsOf: directory.appending(path: "differences.tsv"), encoding: .utf8) else {
            return [:]
        }
        var differences: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let fields = line.split(separator: "\t", maxSplits: 2)
            guard fields.count == 3 else { preconditionFailure("differences.tsv: three fields expected in: \(line)") }
            differences["\(fields[0])\t\(fields[1])"] = String(fields[2])
        }
        return differences
    }()
}

/// What may be wrong with a vector file.
package enum VectorError: Error {
    case unexpected(String)
}

/// One row of a vector file.
package struct VectorRow: Sendable, CustomTestStringConvertible {
    /// Relative to `Tests/Vectors`.
    package let file: String
    /// Line number, from 1.
    package let number: Int
    /// Rows of the file.
    package let total: Int
    package let value: JSONValue

    /// What `differences.tsv` calls this row: its `name`, or else its number.
    package var key: String { self.value["name"].string.map { "\($0)" } ?? "\(self.number)" }

    package var testDescription: String { "\(self.file):\(self.number)" }

    package subscript(_ key: String) -> JSONValue { self.value[key] }

    /// A member that must be a string.
    package func string(_ key: String) throws -> String { try self.required(self.value[key].string, key) }

    /// A member that must be an integer.
    package func int(_ key: String) throws -> Int { try self.required(self.value[key].int, key) }

    /// A member that must be a boolean.
    package func bool(_ key: String) throws -> Bool { try self.required(self.value[key].bool, key) }

    /// A member that must be an array.
    package func array(_ key: String) throws -> [JSONValue] { try self.required(self.value[key].array, key) }

    /// A member that must be one of an enumeration's raw strings.
    package func value<Value: RawRepresentable<String>>(_ key: String, as type: Value.Type) throws -> Value {
        try self.required(Value(rawValue: try self.string(key)), key)
    }

    private func required<Value>(_ value: Value?, _ key: String) throws -> Value {
        guard let value else { throw VectorError.unexpected("\(self.testDescription): member \(key)") }
        return value
    }

    /// Compares what was computed with what was recorded, and counts the row.
    ///
    /// Call it once per row.
    package func expect<Value: Equatable>(
        _ actual: Value,
        equals recorded: Value,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        self.expect(actual == recorded, "got \(actual), recorded \(recorded)", sourceLocation: sourceLocation)
    }

    /// Counts the row as agreeing or not, where equality does not say it.
    ///
    /// Call it once per row.
    package func expect(
        _ agrees: Bool,
        _ comment: @autoclosure () -> String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        VectorCounter.shared.count(self, agrees: agrees)
        let listed = self.differences
        if agrees, let listed {
            Issue.record("agrees, yet differences.tsv lists it: \(listed)", sourceLocation: sourceLocation)
        } else if !agrees, listed == nil {
            let comment = "\(self.testDescription) (\(self.key)): \(comment())"
            Issue.record(Comment(rawValue: comment), sourceLocation: sourceLocation)
        }
    }

    private var differences: String? {
        Vectors.differences["\(self.file)\t\(self.key)"] ?? Vectors.differences["\(self.file)\t\(self.number)"]
    }
}
