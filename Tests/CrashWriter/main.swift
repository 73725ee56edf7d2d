// Writes objects to a repository until it is killed, and names each change that was acknowledged: the crash
// tests start it, kill it, and look whether everything it named is there.
//
// Arguments: directory, number of concurrent writers.
import Foundation
import RepositoryCore
import RepositoryIndex
import RepositoryStorage

/// One line per acknowledged change: `create|update|delete ID TXN`.
func acknowledge(_ operation: String, _ object: DigitalObject) {
    let line = "\(operation) \(object.id.text) \(object.metadata.txnId ?? 0)\n"
    FileHandle.standardOutput.write(Data(line.utf8))
}

func makeObject(_ writer: Int, _ number: Int, txnId: Int) -> DigitalObject {
    var metadata = ObjectMetadata(createdOn: 0, createdBy: "admin")
    metadata.txnId = Int64(txnId)
    let text = (0..<60).map { "word\((number * 31 + $0) % 500)" }.joined(separator: " ")
    let content: JSONValue = [
        "name": .string("w\(writer)n\(number)"), "text": .string(text), "txn": .string("v\(txnId)"),
    ]
    var object = DigitalObject(id: ObjectID("t/\(writer)-\(number)"), type: "Doc", content: content, metadata: metadata)
    object.payloads = [Payload(name: "p", size: 4)]
    return object
}

func write(_ writer: Int, to repository: SQLiteRepository<EmbeddedIndex>) async throws {
    for number in 0... {
        let upload = PayloadUpload(payload: Payload(name: "p", size: 4), source: .bytes(Array("data".utf8)))
        let created = makeObject(writer, number, txnId: 1)
        let document = IndexDocument(created, hints: IndexHints(), indexedOn: 0)
        try await repository.commit(UnitOfWork([.create(created, uploads: [upload], index: document)]))
        acknowledge("create", created)
        if number % 3 == 1 {
            let updated = makeObject(writer, number, txnId: 2)
            let document = IndexDocument(updated, hints: IndexHints(), indexedOn: 0)
            try await repository.commit(UnitOfWork([.update(updated, uploads: [], index: document)]))
            acknowledge("update", updated)
        } else if number % 3 == 2 {
            try await repository.commit(UnitOfWork([.delete(created.id)]))
            acknowledge("delete", created)
        }
    }
}

let arguments = CommandLine.arguments
guard arguments.count == 3, let writers = Int(arguments[2]) else {
    FileHandle.standardError.write(Data("usage: CrashWriter DIRECTORY WRITERS\n".utf8))
    exit(2)
}
let repository = try SQLiteRepository(directory: arguments[1], index: EmbeddedIndex())
try await withThrowingTaskGroup(of: Void.self) { group in
    for writer in 0..<writers {
        group.addTask { try await write(writer, to: repository) }
    }
    try await group.waitForAll()
}
