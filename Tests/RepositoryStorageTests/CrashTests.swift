import Foundation
import RepositoryCore
import RepositoryIndex
import TestSupport
import Testing

@testable import RepositoryStorage

/// A process that writes is killed with SIGKILL; whatever it had acknowledged must be in store and index.
@Suite(.serialized) struct CrashTests {
    /// The last change of each object that the process had acknowledged.
    private struct Acknowledged {
        var operation: String
        var txnId: Int64
    }

    private static var program: URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "CrashWriter")
    }

    /// Starts the writer, kills it after so many lines, and returns every complete line it had printed.
    private static func linesOfKilledWriter(_ directory: String, after count: Int) throws -> [String] {
        let process = Process()
        process.executableURL = self.program
        process.arguments = [directory, "16"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var bytes = Data()
        while bytes.count(where: { $0 == 0x0a }) < count {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { break }
            bytes.append(more)
        }
        kill(process.processIdentifier, SIGKILL)
        while true {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { break }
            bytes.append(more)
        }
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast().map(String.init)
    }

    private static func acknowledged(_ lines: [String]) throws -> [String: Acknowledged] {
        var last: [String: Acknowledged] = [:]
        for line in lines {
            let parts = line.split(separator: " ")
            let txnId = try #require(parts.count == 3 ? Int64(parts[2]) : nil)
            last[String(parts[1])] = Acknowledged(operation: String(parts[0]), txnId: txnId)
        }
        return last
    }

    @Test("every acknowledged change survives, again and again", arguments: [[1], [40], [300, 5, 200]])
    func survives(kills: [Int]) async throws {
        for (round, count) in kills.enumerated() {
            try await TemporaryDirectory.runAsync { directory in
                let path = directory.path + "/round\(round)"
                let lines = try Self.linesOfKilledWriter(path, after: count)
                #expect(lines.count >= count)
                let repository = try SQLiteRepository(directory: path, index: EmbeddedIndex())
                #expect(repository.indexState == .usable)
                try await Self.check(repository, try Self.acknowledged(lines))
                try repository.close()
            }
        }
    }

    private static func check(
        _ repository: SQLiteRepository<EmbeddedIndex>,
        _ acknowledged: [String: Acknowledged]
    ) async throws {
        for (id, change) in acknowledged {
            let object = try await repository.object(ObjectID(id))
            // A further change may have been made and not yet acknowledged when the process died.
            guard change.operation != "delete" else {
                #expect(object == nil, "\(id) was deleted")
                continue
            }
            let number = Int(id.split(separator: "-").last ?? "") ?? 0
            guard let object else {
                #expect(number % 3 == 2, "\(id) is missing")
                continue
            }
            #expect(object.metadata.txnId ?? 0 >= change.txnId, "\(id) is older than acknowledged")
            #expect(try await repository.text(of: "p", id) == "data")
        }
        // Store and index agree, whatever was acknowledged.
        let ids = try await repository.ids(after: nil, type: nil, limit: .max)
        #expect(try await repository.found("*:*") == ids.map(\.text).sorted())
        for object in try await repository.objects(ids) {
            let name = object.content["name"]?.string ?? ""
            let version = "v\(object.metadata.txnId ?? 0)"
            #expect(try await repository.found("+/name:\(name) +/txn:\(version)") == [object.id.text])
        }
        try await repository.commit(.create(DigitalObject("t/after", "after the crash")))
        #expect(try await repository.found("crash") == ["t/after"])
    }
}
