import RepositoryCore
import RepositoryIndex
import TestSupport

@testable import RepositoryStorage

/// The two storages behind one face, so that one test body runs over both.
enum RepositoryTwin: String, CaseIterable, Sendable {
    case sqlite
    case memory

    /// Runs the body on a new, empty repository.
    func run(_ body: (any Repository) async throws -> Void) async throws {
        switch self {
        case .memory:
            try await body(MemoryRepository(index: MemoryIndex()))
        case .sqlite:
            try await TemporaryDirectory.runAsync { directory in
                let repository = try SQLiteRepository(directory: directory.path, index: EmbeddedIndex())
                try await body(repository)
                try repository.close()
            }
        }
    }
}

typealias Repository = Storage & Indexer & UnitCommitter

extension SQLiteRepository where Index == EmbeddedIndex {
    static func open(_ directory: TemporaryDirectory) throws -> SQLiteRepository<EmbeddedIndex> {
        try SQLiteRepository(directory: directory.path, index: EmbeddedIndex())
    }
}

extension DigitalObject {
    init(_ id: String, type: String = "Document", _ name: String, txnId: Int64 = 1, payloads: [Payload] = []) {
        var metadata = ObjectMetadata(createdOn: 1_700_000_000_000, createdBy: "admin")
        metadata.txnId = txnId
        let content: RepositoryCore.JSONValue = ["name": .string(name), "number": .number(JSONNumber(txnId))]
        self.init(id: ObjectID(id), type: type, content: content, metadata: metadata)
        self.payloads = payloads
    }

    var document: IndexDocument { IndexDocument(self, hints: IndexHints(), indexedOn: 0) }
}

extension UnitOfWork.Step {
    static func create(_ object: DigitalObject, uploads: [PayloadUpload] = []) -> UnitOfWork.Step {
        .create(object, uploads: uploads, index: object.document)
    }

    static func update(_ object: DigitalObject, uploads: [PayloadUpload] = []) -> UnitOfWork.Step {
        .update(object, uploads: uploads, index: object.document)
    }
}

extension PayloadUpload {
    init(_ name: String, _ text: String) {
        let payload = Payload(
            name: name,
            filename: name + ".txt",
            mediaType: "text/plain",
            size: Int64(text.utf8.count)
        )
        self.init(payload: payload, source: .bytes(Array(text.utf8)))
    }
}

extension Storage where Self: Indexer & UnitCommitter {
    func commit(_ steps: UnitOfWork.Step...) async throws { try await self.commit(UnitOfWork(steps)) }

    func text(of payload: String, _ id: String) async throws -> String? {
        try await self.payload(payload, of: ObjectID(id), in: 0..<(1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }

    func found(_ query: String) async throws -> [String] {
        let search = IndexSearch(query: try QueryParser.parse(query))
        return try await self.search(search).hits.map(\.id.text).sorted()
    }
}
