import Foundation
import GRDB
import RepositoryCore
import RepositoryIndex
import Synchronization
import TestSupport
import Testing

@testable import RepositoryStorage

@Suite struct SQLiteRepositoryTests {
    @Test("everything is there after closing and opening again")
    func persists() async throws {
        try await TemporaryDirectory.runAsync { directory in
            let first = try SQLiteRepository.open(directory)
            #expect(first.indexState == .usable)
            let upload = PayloadUpload("p", "bytes")
            var object = DigitalObject("t/1", "one", payloads: [upload.payload])
            object.metadata.internalMetadata = ["hash": "x"]
            try await first.commit(.create(object, uploads: [upload]), .create(DigitalObject("t/2", "two")))
            try first.close()
            await #expect(throws: RepositoryError.systemDown) { try await first.commit(.delete(object.id)) }
            await #expect(throws: StorageFailure.self) { try await first.object(object.id) }

            let second = try SQLiteRepository.open(directory)
            #expect(second.indexState == .usable)
            #expect(second.orphansRemoved == 0)
            #expect(try await second.object(object.id) == object)
            #expect(try await second.text(of: "p", "t/1") == "bytes")
            #expect(try await second.found("one two") == ["t/1", "t/2"])
            try await second.commit(.create(DigitalObject("t/3", "three")), .delete(object.id))
            #expect(try await second.found("/name:three") == ["t/3"])
            #expect(try await second.count() == 2)
            try second.close()
            #expect(try directory.names(in: "payloads").sorted().contains("in-use") == false)
        }
    }

    @Test("what is acknowledged is on the disk: write-ahead log with full synchronisation")
    func durability() async throws {
        try await TemporaryDirectory.runAsync { directory in
            let repository = try SQLiteRepository.open(directory)
            let settings = try repository.database.writeBlocking { db in
                try ["synchronous", "journal_mode"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
            }
            #expect(settings == ["2", "wal"])
            try repository.close()
        }
    }

    @Test("a failing unit in a batch is undone alone, with its payload files")
    func isolation() async throws {
        try await TemporaryDirectory.runAsync { directory in
            let repository = try SQLiteRepository.open(directory)
            let writer = UnitWriter(
                database: repository.database,
                files: repository.files,
                index: repository.index
            )
            let upload = PayloadUpload("p", "bytes")
            let units: [UnitOfWork] = [
                UnitOfWork([.create(DigitalObject("t/1", "one"))]),
                UnitOfWork([
                    .create(DigitalObject("t/2", "two", payloads: [upload.payload]), uploads: [upload]),
                    .create(DigitalObject("t/1", "x")),
                ]),
                UnitOfWork([.create(DigitalObject("t/3", "three"))]), UnitOfWork([.delete(ObjectID("t/9"))]),
                UnitOfWork([.update(DigitalObject("t/1", "first"))]),
            ]
            let prepared = try units.map {
                try PreparedUnit($0, index: repository.index, files: repository.files)
            }
            let outcomes = writer.write(prepared).map { $0 as? StorageError }
            #expect(
                outcomes == [nil, .alreadyExists(ObjectID("t/1")), nil, .missing(ObjectID("t/9")), nil]
            )
            #expect(try await repository.found("*:*") == ["t/1", "t/3"])
            #expect(try await repository.found("first") == ["t/1"])
            #expect(try await repository.found("one two x") == [])
            #expect(try await repository.text(of: "p", "t/2") == nil)
            try repository.close()
        }
    }

    private static func payloadFiles(_ directory: TemporaryDirectory) throws -> [String] {
        try directory.names(in: "payloads").filter { $0.count == 2 }
            .flatMap { try directory.names(in: "payloads/\($0)") }
    }

    @Test("payload files come and go with their rows, and a crash's leftovers go at the next start")
    func payloadFiles() async throws {
        try await TemporaryDirectory.runAsync { directory in
            let repository = try SQLiteRepository.open(directory)
            let uploads = [PayloadUpload("a", "1"), PayloadUpload("b", "2")]
            let object = DigitalObject("t/1", "one", payloads: uploads.map(\.payload))
            try await repository.commit(.create(object, uploads: uploads))
            #expect(try Self.payloadFiles(directory).count == 2)
            await #expect(throws: StorageError.self) {
                try await repository.commit(.create(object, uploads: uploads))
            }
            #expect(try Self.payloadFiles(directory).count == 2)
            try await repository.commit(.update(object, uploads: [PayloadUpload("a", "3")]))
            #expect(try Self.payloadFiles(directory).count == 2)
            #expect(try directory.names(in: "payloads/staging") == [])
            try repository.close()

            try directory.write("left", to: "payloads/staging/0123")
            let shard = try #require(try directory.names(in: "payloads").first { $0.count == 2 })
            try directory.write("left", to: "payloads/\(shard)/ffff")
            let clean = try SQLiteRepository.open(directory)
            #expect(clean.orphansRemoved == 0)
            try clean.close()
            try directory.write("", to: "payloads/in-use")
            let crashed = try SQLiteRepository.open(directory)
            #expect(crashed.orphansRemoved == 2)
            #expect(try await crashed.text(of: "a", "t/1") == "3")
            #expect(try await crashed.text(of: "b", "t/1") == "2")
            try await crashed.commit(.delete(object.id))
            #expect(try Self.payloadFiles(directory) == [])
            try crashed.close()
        }
    }

    @Test("a full disk refuses the write with a clear text, harms nothing, and passes")
    func diskFull() async throws {
        try await TemporaryDirectory.runAsync { directory in
            let repository = try SQLiteRepository.open(directory)
            try await repository.commit(.create(DigitalObject("t/1", "one")))
            let pages = try await repository.database.pool.writeWithoutTransaction { db in
                let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
                return try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)") ?? 0
            }
            let big = DigitalObject("t/big", String(repeating: "word ", count: 20_000))
            let failure = await #expect(throws: StorageFailure.self) { try await repository.commit(.create(big)) }
            #expect(failure?.code == .diskFull)
            #expect(failure?.description.hasPrefix("The disk is full: \(directory.path)") == true)
            #expect(RepositoryError.answer(to: try #require(failure)) == .unexpected)
            #expect(try await repository.found("*:*") == ["t/1"])

            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let object = number == 3 ? big : DigitalObject("t/2", "small", txnId: Int64(number))
                        do {
                            try await repository.commit(number == 3 ? .create(object) : .update(object))
                            return true
                        } catch let error as StorageFailure {
                            #expect(error.code == .diskFull)
                            return false
                        } catch StorageError.missing {
                            return true
                        }
                    }
                }
                let outcomes = try await group.reduce(into: [Bool]()) { $0.append($1) }
                #expect(outcomes.count { !$0 } == 1)
            }
            _ = try await repository.database.pool.writeWithoutTransaction { db in
                try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 10_000)")
            }
            try await repository.commit(.create(big))
            #expect(try await repository.found("word") == ["t/big"])
            try repository.close()
        }
    }

    @Test("a directory that cannot be made or is no directory")
    func badDirectory() throws {
        try TemporaryDirectory.run { directory in
            try directory.write("x", to: "file")
            let cases: [(String, Set<StorageFailure.Code>)] = [
                (directory.path + "/file/below", [.cannotOpen]), (directory.path + "/file", [.cannotOpen]),
                ("/sys/caracal", [.notWritable]),
            ]
            for (path, codes) in cases {
                let failure = #expect(throws: StorageFailure.self) {
                    try SQLiteRepository(directory: path, index: EmbeddedIndex())
                }
                #expect(codes.contains(try #require(failure?.code)), "\(String(describing: failure))")
            }
        }
    }

    @Test("texts with NUL characters are refused or not found, never cut short")
    func nulCharacters() async throws {
        try await TemporaryDirectory.runAsync { directory in
            let repository = try SQLiteRepository.open(directory)
            let upload = PayloadUpload("p", "bytes")
            try await repository.commit(
                .create(DigitalObject("t/1", "one", payloads: [upload.payload]), uploads: [upload])
            )
            let id = ObjectID("t/1\u{0}x")
            #expect(try await repository.object(id) == nil)
            #expect(try await !repository.contains(id))
            #expect(try await repository.text(of: "p\u{0}", "t/1") == nil)
            #expect(try await repository.ids(after: nil, type: "Document\u{0}", limit: 9) == [])
            await #expect(throws: StorageError.missing(id)) { try await repository.commit(.delete(id)) }
            let steps: [UnitOfWork.Step] = [
                .create(DigitalObject("t/2\u{0}", "x")), .create(DigitalObject("t/2", type: "A\u{0}", "x")),
                .create(DigitalObject("t/2", "x"), uploads: [PayloadUpload("p\u{0}", "x")]),
                .update(DigitalObject("t/1", "x", payloads: [Payload(name: "\u{0}", size: 0)])),
            ]
            for step in steps {
                let error = await #expect(throws: RepositoryError.self) { try await repository.commit(step) }
                #expect(error?.status == 400)
            }
            #expect(try await repository.found("*:*") == ["t/1"])
            try repository.close()
            try repository.close()
        }
    }

    @Test("only the owner may read what is stored")
    func permissions() async throws {
        try await TemporaryDirectory.runAsync { directory in
            let repository = try SQLiteRepository.open(directory)
            try await repository.commit(.create(DigitalObject("t/1", "one"), uploads: [PayloadUpload("p", "x")]))
            let shard = try #require(try directory.names(in: "payloads").first { $0.count == 2 })
            let key = try #require(try directory.names(in: "payloads/\(shard)").first)
            for name in ["repository.sqlite", "repository.sqlite-wal", "payloads/\(shard)/\(key)"] {
                let path = directory.path + "/" + name
                let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
                #expect(permissions as? Int == 0o600, "\(name)")
            }
            try repository.close()
        }
    }

    @Test("a second process is kept out")
    func inUse() throws {
        try TemporaryDirectory.run { directory in
            let repository = try SQLiteRepository.open(directory)
            let failure = #expect(throws: StorageFailure.self) { try SQLiteRepository.open(directory) }
            #expect(failure?.code == .inUse)
            try repository.close()
            try SQLiteRepository.open(directory).close()
        }
    }

    @Test("a database that is none, and one with damaged pages")
    func corrupt() async throws {
        try await TemporaryDirectory.runAsync { directory in
            try directory.write(String(repeating: "no database ", count: 1000), to: "repository.sqlite")
            let failure = #expect(throws: StorageFailure.self) { try SQLiteRepository.open(directory) }
            #expect(failure?.code == .corrupt)
            #expect(failure?.description.contains("is damaged: \(directory.path)") == true)
        }
        try await TemporaryDirectory.runAsync { directory in
            let repository = try SQLiteRepository.open(directory)
            for number in 0..<300 {
                try await repository.commit(.create(DigitalObject("t/\(number)", "name \(number)")))
            }
            try repository.close()
            let path = directory.path + "/repository.sqlite"
            let handle = try #require(FileHandle(forUpdatingAtPath: path))
            let size = try handle.seekToEnd()
            try handle.seek(toOffset: 8192)
            try handle.write(contentsOf: Data(repeating: 0xa5, count: Int(size) - 8192))
            try handle.close()
            let failure = await #expect(throws: StorageFailure.self) {
                let damaged = try SQLiteRepository.open(directory)
                defer { try? damaged.close() }
                for number in 0..<300 { _ = try await damaged.object(ObjectID("t/\(number)")) }
            }
            #expect(failure?.code == .corrupt)
        }
    }

    @Test("an index of another analysis is rebuilt, and an interrupted rebuild starts again")
    func rebuilds() async throws {
        try await TemporaryDirectory.runAsync { directory in
            let first = try SQLiteRepository.open(directory)
            for number in 0..<250 { try await first.commit(.create(DigitalObject("t/\(number)", "name n\(number)"))) }
            try first.database.writeBlocking { db in
                try db.execute(sql: "UPDATE index_state SET value = 'older' WHERE key = 'fingerprint'")
            }
            try first.close()

            struct Interruption: Error {}
            let second = try SQLiteRepository.open(directory)
            #expect(second.indexState == .needsRebuild)
            await #expect(throws: Interruption.self) {
                try await second.rebuildIndex(document: { object in
                    if object.id.text == "t/240" { throw Interruption() }
                    return object.document
                })
            }
            try second.close()

            let third = try SQLiteRepository.open(directory)
            #expect(third.indexState == .needsRebuild)
            let progress = ProgressRecorder()
            try await third.rebuildIndex(
                document: { $0.id.text == "t/7" ? nil : $0.document },
                progress: { progress.record($0) }
            )
            #expect(progress.counts == [200, 250])
            #expect(try await third.found("/name:name").count == 249)
            #expect(try await third.found("n249") == ["t/249"])
            try third.close()
            let last = try SQLiteRepository.open(directory)
            #expect(last.indexState == .usable)
            try last.close()
        }
    }

    @Test("a database of a newer release is left alone")
    func newer() throws {
        try TemporaryDirectory.run { directory in
            let repository = try SQLiteRepository.open(directory)
            try repository.database.writeBlocking { db in
                try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 from the future')")
            }
            try repository.close()
            let failure = #expect(throws: StorageFailure.self) { try SQLiteRepository.open(directory) }
            #expect(failure?.detail == "written by a newer release")
        }
    }
}

final class ProgressRecorder: Sendable {
    private let state = Mutex<[Int]>([])
    var counts: [Int] { self.state.withLock { $0 } }
    func record(_ count: Int) { self.state.withLock { $0.append(count) } }
}
