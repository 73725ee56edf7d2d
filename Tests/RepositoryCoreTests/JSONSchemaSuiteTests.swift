import Foundation
import RepositoryCore
import Testing

/// The official tests of JSON Schema draft 4, read from the directory that `CARACAL_JSON_SCHEMA_SUITE` names
/// (it holds `tests/draft4` and `remotes`).
@Suite struct JSONSchemaSuiteTests {
    static let directory = ProcessInfo.processInfo.environment["CARACAL_JSON_SCHEMA_SUITE"]

    static var files: [String] {
        guard let directory, let names = FileManager.default.enumerator(atPath: directory + "/tests/draft4") else {
            return []
        }
        return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".json") }.sorted()
    }

    static let remotes: [String: JSONValue] = {
        guard let directory, let names = FileManager.default.enumerator(atPath: directory + "/remotes") else {
            return [:]
        }
        var documents: [String: JSONValue] = [:]
        for case let name as String in names where name.hasSuffix(".json") {
            guard name.hasPrefix("draft4/") || !name.hasPrefix("draft") else { continue }
            documents["http://localhost:1234/" + name] = try? Self.json(directory + "/remotes/" + name)
        }
        return documents
    }()

    static func json(_ path: String) throws -> JSONValue {
        try JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path))))
    }

    @Test(
        "every group of the file agrees",
        .enabled(if: directory != nil, "CARACAL_JSON_SCHEMA_SUITE does not name the test suite"),
        arguments: files
    )
    func agrees(file: String) throws {
        let directory = try #require(Self.directory)
        let groups = try #require(try Self.json("\(directory)/tests/draft4/\(file)").array)
        for group in groups {
            let name = "\(file): \(group["description"]?.string ?? "")"
            let json = try #require(group["schema"])
            let schema = try JSONSchema(json, documents: Self.remotes)
            try JSONSchema.checkSyntax(of: json)
            for test in try #require(group["tests"]?.array) {
                let label = "\(name): \(test["description"]?.string ?? "")"
                let data = try #require(test["data"])
                let violation = Self.violation(of: data, schema)
                #expect((violation == nil) == test["valid"]?.bool, "\(label) \(violation.map { "\($0)" } ?? "")")
            }
        }
    }

    static func violation(of data: JSONValue, _ schema: JSONSchema) -> SchemaViolation? {
        do throws(SchemaViolation) {
            _ = try schema.annotations(validating: data)
            return nil
        } catch {
            return error
        }
    }
}
