import GRDB
import RepositoryCore

@testable import RepositoryIndex

/// The two indexes behind one face, so that one test body runs over both.
enum IndexTwin: String, CaseIterable, Sendable {
    case embedded
    case memory

    func make() throws -> any SearchableIndex {
        switch self {
        case .embedded: try EmbeddedIndexInMemory()
        case .memory: MemoryIndexInTest()
        }
    }
}

protocol SearchableIndex {
    func put(_ documents: [IndexDocument]) throws
    func remove(_ ids: [ObjectID]) throws
    func search(_ search: IndexSearch) throws -> IndexHits
}

extension SearchableIndex {
    /// Ids of the hits, in their order.
    func ids(
        _ query: String,
        sort: String = "",
        offset: Int = 0,
        limit: Int? = nil
    ) throws -> [String] {
        var search = IndexSearch(query: try QueryParser.parse(query))
        search.sort = SortField.list(parsing: sort)
        search.offset = offset
        search.limit = limit
        return try self.search(search).hits.map(\.id.text)
    }
}

/// The embedded index over an SQLite database in memory.
struct EmbeddedIndexInMemory: SearchableIndex {
    let index = EmbeddedIndex()
    let queue: DatabaseQueue

    init() throws {
        var configuration = Configuration()
        configuration.prepareDatabase { [index] in try index.prepare($0) }
        self.queue = try DatabaseQueue(configuration: configuration)
        let condition = try self.queue.write { [index] in try index.open($0) }
        precondition(condition == .created)
    }

    func put(_ documents: [IndexDocument]) throws {
        let changes = documents.map { IndexChange.put(self.index.entry(for: $0), id: $0.id) }
        try self.queue.write { try self.index.apply(changes, to: $0) }
    }

    func remove(_ ids: [ObjectID]) throws {
        try self.queue.write { try self.index.apply(ids.map { .remove($0) }, to: $0) }
    }

    func search(_ search: IndexSearch) throws -> IndexHits {
        try self.queue.read { try self.index.search(search, in: $0) }
    }
}

struct MemoryIndexInTest: SearchableIndex {
    let index = MemoryIndex()

    func put(_ documents: [IndexDocument]) {
        self.index.apply(documents.map { .put(self.index.entry(for: $0), id: $0.id) }, to: ())
    }

    func remove(_ ids: [ObjectID]) { self.index.apply(ids.map { .remove($0) }, to: ()) }

    func search(_ search: IndexSearch) -> IndexHits { self.index.search(search, in: ()) }
}

extension IndexDocument {
    /// A document of these fields, each analysed as its name says.
    init(_ id: String, txnId: Int64 = 0, _ fields: KeyValuePairs<String, [String]>) {
        var all = fields.map {
            IndexDocument.Field(name: $0.key, analysis: IndexField.analysis(of: $0.key), values: $0.value)
        }
        all.append(IndexDocument.Field(name: "id", analysis: .exact, values: [id]))
        all.append(IndexDocument.Field(name: "valid", analysis: .exact, values: ["true"]))
        all.append(IndexDocument.Field(name: "txnId", analysis: .number, values: [String(txnId)]))
        let leaves = all.filter { $0.name.hasPrefix("/") }.flatMap(\.values)
        if !leaves.isEmpty { all.append(.init(name: IndexField.all, analysis: .text, values: leaves)) }
        self.init(id: ObjectID(id), type: "T", txnId: txnId, fields: all)
    }
}
