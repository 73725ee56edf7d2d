import Glibc
package import RepositoryCore
import Synchronization

/// Objects, payloads and index in memory: the twin of ``SQLiteRepository`` for tests and for repositories that
/// are not kept (`storage.module` `memory`).
package final class MemoryRepository<Index: TransactionalIndex>: Sendable where Index.Connection == Void {
    private struct State {
        var objects: [ObjectID: DigitalObject] = [:]
        var payloads: [ObjectID: [String: [UInt8]]] = [:]
    }

    private let state = Mutex(State())
    private let index: Index

    package init(index: Index) { self.index = index }

    package func count() async throws -> Int { self.state.withLock { $0.objects.count } }
}

extension MemoryRepository: Storage {
    package func object(_ id: ObjectID) async throws -> DigitalObject? {
        self.state.withLock { $0.objects[id] }
    }

    package func objects(_ ids: [ObjectID]) async throws -> [DigitalObject] {
        self.state.withLock { state in ids.compactMap { state.objects[$0] } }
    }

    package func contains(_ id: ObjectID) async throws -> Bool {
        self.state.withLock { $0.objects[id] != nil }
    }

    package func payload(_ name: String, of id: ObjectID, in range: Range<Int64>) async throws -> [UInt8]? {
        guard let bytes = self.state.withLock({ $0.payloads[id]?[name] }) else { return nil }
        let range = range.clamped(to: 0..<Int64(bytes.count))
        return Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    package func ids(after id: ObjectID?, type: String?, limit: Int) async throws -> [ObjectID] {
        let ids = self.state.withLock { state in
            state.objects.values
                .filter { object in
                    (id.map { $0 < object.id } ?? true) && (type.map { $0.isIdentical(to: object.type) } ?? true)
                }
                .map(\.id)
        }
        return Array(ids.sorted().prefix(limit))
    }
}

extension MemoryRepository: Indexer {
    package func search(_ search: IndexSearch) async throws -> IndexHits {
        try self.index.search(search, in: ())
    }
}

extension MemoryRepository: UnitCommitter {
    package func commit(_ unit: UnitOfWork) async throws {
        let steps = try unit.steps.map { try self.prepared($0) }
        try self.state.withLock { state in
            var changed = state
            var changes: [IndexChange<Index.Entry>] = []
            for step in steps { try Self.apply(step, to: &changed, &changes) }
            try self.index.apply(changes, to: ())
            state = changed
        }
    }

    private enum Step {
        case create(DigitalObject, [String: [UInt8]], Index.Entry?)
        case update(DigitalObject, [String: [UInt8]], Index.Entry?)
        case delete(ObjectID)
        case reindex(Index.Entry, ObjectID, txnId: Int64)
    }

    private func prepared(_ step: UnitOfWork.Step) throws -> Step {
        switch step {
        case .create(let object, let uploads, let document):
            .create(object, try Self.bytes(of: uploads), document.map { self.index.entry(for: $0) })
        case .update(let object, let uploads, let document):
            .update(object, try Self.bytes(of: uploads), document.map { self.index.entry(for: $0) })
        case .delete(let id): .delete(id)
        case .reindex(let document):
            .reindex(self.index.entry(for: document), document.id, txnId: document.txnId)
        }
    }

    private static func bytes(of uploads: [PayloadUpload]) throws -> [String: [UInt8]] {
        var payloads: [String: [UInt8]] = [:]
        for upload in uploads {
            switch upload.source {
            case .bytes(let bytes): payloads[upload.payload.name] = bytes
            case .file(let path):
                guard let bytes = try File.read(path, in: 0..<File.size(of: path)) else {
                    throw StorageFailure(errno: ENOENT, path: path)
                }
                payloads[upload.payload.name] = bytes
            }
        }
        return payloads
    }

    private static func apply(
        _ step: Step,
        to state: inout State,
        _ changes: inout [IndexChange<Index.Entry>]
    ) throws {
        switch step {
        case .create(let object, let payloads, let entry):
            guard state.objects[object.id] == nil else { throw StorageError.alreadyExists(object.id) }
            state.objects[object.id] = object
            state.payloads[object.id] = payloads
            if let entry { changes.append(.put(entry, id: object.id)) }
        case .update(let object, let payloads, let entry):
            guard state.objects[object.id] != nil else { throw StorageError.missing(object.id) }
            state.objects[object.id] = object
            let listed = Set(object.payloads.map(\.name))
            var kept = state.payloads[object.id, default: [:]].filter { listed.contains($0.key) }
            kept.merge(payloads) { _, new in new }
            state.payloads[object.id] = kept
            changes.append(entry.map { .put($0, id: object.id) } ?? .remove(object.id))
        case .delete(let id):
            guard state.objects.removeValue(forKey: id) != nil else { throw StorageError.missing(id) }
            state.payloads[id] = nil
            changes.append(.remove(id))
        case .reindex(let entry, let id, let txnId):
            guard let current = state.objects[id], current.metadata.txnId ?? 0 <= txnId else { return }
            changes.append(.put(entry, id: id))
        }
    }
}
