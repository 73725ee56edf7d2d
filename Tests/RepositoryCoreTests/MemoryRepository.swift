import RepositoryCore
import Synchronization

/// Storage, index and commits in memory, for tests of the rules: checks what it is asked, as a real one does.
final class MemoryRepository: Storage, Indexer, UnitCommitter, NameLocker, UploadReader, WallClock, EntropySource {
    private struct State {
        var objects: [String: DigitalObject] = [:]
        var payloads: [String: [String: [UInt8]]] = [:]
        var index: [String: (document: IndexDocument, matcher: QueryMatcher)] = [:]
        var now: Int64 = 1_700_000_000_000
        var random: UInt8 = 0
        var commits = 0
    }

    private let state = Mutex(State())

    var commits: Int { self.state.withLock { $0.commits } }
    var milliseconds: Int64 { self.state.withLock { $0.now } }

    func advance(by milliseconds: Int64) { self.state.withLock { $0.now += milliseconds } }

    func bytes(_ count: Int) -> [UInt8] {
        self.state.withLock { state in
            (0..<count).map { _ in
                state.random &+= 7
                return state.random
            }
        }
    }

    func withLocks<Result: Sendable>(on names: Set<String>, _ body: () async throws -> Result) async throws -> Result {
        try await body()
    }

    func object(_ id: ObjectID) async throws -> DigitalObject? { self.state.withLock { $0.objects[id.text] } }

    func objects(_ ids: [ObjectID]) async throws -> [DigitalObject] {
        self.state.withLock { state in ids.compactMap { state.objects[$0.text] } }
    }

    func contains(_ id: ObjectID) async throws -> Bool { self.state.withLock { $0.objects[id.text] != nil } }

    func payload(_ name: String, of id: ObjectID, in range: Range<Int64>) async throws -> [UInt8]? {
        self.state.withLock { $0.payloads[id.text]?[name] }.map {
            Array($0[Int(range.lowerBound)..<Int(range.upperBound)])
        }
    }

    func ids(after id: ObjectID?, type: String?, limit: Int) async throws -> [ObjectID] {
        self.state.withLock { state in
            let ids = state.objects.values.filter { type == nil || $0.type == type }.map(\.id).sorted()
            return Array(ids.filter { other in id.map { $0 < other } ?? true }.prefix(limit))
        }
    }

    func bytes(of upload: PayloadUpload, from offset: Int64) async throws -> [UInt8] {
        guard case .bytes(let bytes) = upload.source else { return [] }
        return Array(bytes.dropFirst(Int(offset)).prefix(3))
    }

    func commit(_ unit: UnitOfWork) async throws {
        try self.state.withLock { state in
            var next = state
            next.commits += 1
            for step in unit.steps { try Self.apply(step, to: &next) }
            state = next
        }
    }

    private static func apply(_ step: UnitOfWork.Step, to state: inout State) throws {
        switch step {
        case .create(let object, let uploads, let index):
            guard state.objects[object.id.text] == nil else { throw StorageError.alreadyExists(object.id) }
            self.put(object, uploads, index, &state)
        case .update(let object, let uploads, let index):
            guard state.objects[object.id.text] != nil else { throw StorageError.missing(object.id) }
            self.put(object, uploads, index, &state)
        case .delete(let id):
            guard state.objects.removeValue(forKey: id.text) != nil else { throw StorageError.missing(id) }
            state.payloads[id.text] = nil
            state.index[id.text] = nil
        case .reindex(let document):
            state.index[document.id.text] = (document, QueryMatcher(document))
        }
    }

    private static func put(
        _ object: DigitalObject,
        _ uploads: [PayloadUpload],
        _ index: IndexDocument?,
        _ state: inout State
    ) {
        state.objects[object.id.text] = object
        var payloads = state.payloads[object.id.text] ?? [:]
        for upload in uploads {
            if case .bytes(let bytes) = upload.source { payloads[upload.payload.name] = bytes }
        }
        let names = object.payloads.map(\.name)
        precondition(names.allSatisfy { payloads[$0] != nil }, "payload without bytes")
        state.payloads[object.id.text] = payloads.filter { names.contains($0.key) }
        state.index[object.id.text] = index.map { ($0, QueryMatcher($0)) }
    }

    func search(_ search: IndexSearch) async throws -> IndexHits {
        self.state.withLock { state in
            let found = state.index.values.filter { entry in
                ([search.query] + search.filters).allSatisfy { entry.matcher.matches($0) }
            }
            let sorted = found.sorted { left, right in
                for field in search.sort {
                    let first = left.document[field.name]?.sortKey ?? ""
                    let second = right.document[field.name]?.sortKey ?? ""
                    if first != second { return field.isDescending ? second < first : first < second }
                }
                return left.document.id < right.document.id
            }
            let page = sorted.dropFirst(search.offset).prefix(search.limit ?? .max)
            return IndexHits(total: sorted.count, hits: page.map { .init(id: $0.document.id, score: 1) })
        }
    }

    func dependencies() -> RepositoryService.Dependencies {
        var dependencies = RepositoryService.Dependencies(
            storage: self,
            indexer: self,
            committer: self,
            locker: self,
            uploads: self
        )
        dependencies.clock = self
        dependencies.entropy = self
        return dependencies
    }

    /// A repository with admin password `secret`.
    func service(_ design: JSONObject = [:]) async throws -> RepositoryService {
        var initialization = RepositoryInit()
        initialization.adminPassword = "secret"
        initialization.design = design
        return try await RepositoryService.start(
            on: self.dependencies(),
            initialization: .init(repoInit: initialization)
        )
    }
}

/// The error that an operation answers with.
func failure(_ body: () async throws -> Void) async -> RepositoryError? {
    do {
        try await body()
        return nil
    } catch {
        return RepositoryError.answer(to: error)
    }
}
