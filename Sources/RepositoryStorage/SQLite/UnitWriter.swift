import GRDB
import RepositoryCore

/// Writes batches of units, each batch in one transaction.
///
/// A unit runs in a savepoint: where one of its conditions does not hold it is undone alone and only its caller
/// gets the error. Any other error makes SQLite's transaction doubtful: then the whole batch is undone and every
/// unit is written again in a transaction of its own, so that the error reaches only those whom it concerns.
///
/// Index entries are written after the last unit of a batch and outside the savepoints, because FTS5 writes a
/// segment of its own for each savepoint, which would undo what batching gains.
///
/// Isolation: the writer's thread, which it blocks.
struct UnitWriter<Index: TransactionalIndex>: Sendable where Index.Connection == Database {
    typealias Unit = PreparedUnit<Index.Entry>

    /// What the units of one transaction have done besides their statements.
    private struct Effects {
        var changes: [IndexChange<Index.Entry>] = []
        var removedFiles: [PayloadFiles.Key] = []
    }

    let database: SQLiteDatabase
    let files: PayloadFiles
    let index: Index

    /// One outcome per unit, nil for success.
    func write(_ units: [Unit]) -> [(any Error)?] {
        do {
            return try self.writeTogether(units)
        } catch {
            guard units.count > 1 else { return [error] }
            return units.map { self.writeAlone($0) }
        }
    }

    private func writeAlone(_ unit: Unit) -> (any Error)? {
        do {
            return try self.writeTogether([unit]).first ?? nil
        } catch {
            return error
        }
    }

    private func writeTogether(_ units: [Unit]) throws -> [(any Error)?] {
        var effects = Effects()
        var outcomes: [(any Error)?] = []
        try self.database.writeBlocking { db in
            for unit in units {
                if units.count == 1 {
                    // Nothing but itself would be undone with a unit that is alone.
                    try self.write(unit, db, &effects)
                    outcomes.append(nil)
                } else {
                    outcomes.append(try self.writeInSavepoint(unit, db, &effects))
                }
            }
            try self.index.apply(Self.latest(of: effects.changes), to: db)
        }
        self.files.remove(effects.removedFiles)
        return outcomes
    }

    private func writeInSavepoint(_ unit: Unit, _ db: Database, _ effects: inout Effects) throws -> StorageError? {
        let before = effects
        try db.cachedStatement(sql: "SAVEPOINT unit").execute()
        var outcome: StorageError?
        do {
            try self.write(unit, db, &effects)
        } catch let error as StorageError {
            effects = before
            outcome = error
            try db.cachedStatement(sql: "ROLLBACK TO unit").execute()
        }
        try db.cachedStatement(sql: "RELEASE unit").execute()
        return outcome
    }

    private func write(_ unit: Unit, _ db: Database, _ effects: inout Effects) throws {
        for step in unit.steps { try self.write(step, db, &effects) }
    }

    private func write(_ step: Unit.Step, _ db: Database, _ effects: inout Effects) throws {
        switch step {
        case .create(let row, let payloads, let entry):
            try ObjectTable.insert(row, in: db)
            try self.put(payloads, of: row.id, db)
            if let entry { effects.changes.append(.put(entry, id: row.id)) }
        case .update(let row, let payloads, let entry):
            try ObjectTable.update(row, in: db)
            effects.removedFiles += try self.removePayloads(of: row, replacedBy: payloads, db)
            try self.put(payloads, of: row.id, db)
            effects.changes.append(entry.map { .put($0, id: row.id) } ?? .remove(row.id))
        case .delete(let id):
            try ObjectTable.delete(id, in: db)
            for payload in try PayloadTable.files(of: id, in: db) {
                try PayloadTable.delete(payload.name, of: id, in: db)
                effects.removedFiles.append(payload.file)
            }
            effects.changes.append(.remove(id))
        case .reindex(let entry, let id, let txnId):
            // An entry of a state that is no longer the object's would hide the newer one.
            guard let current = try ObjectTable.txnId(of: id, in: db), current <= txnId else { return }
            effects.changes.append(.put(entry, id: id))
        }
    }

    private func put(_ payloads: [Unit.StagedPayload], of id: ObjectID, _ db: Database) throws {
        for payload in payloads {
            try self.files.adopt(payload.entry.file)
            try PayloadTable.put(payload.entry, payload.name, of: id, in: db)
        }
    }

    /// Removes the payloads that the object's new state does not list or brings anew.
    private func removePayloads(
        of row: ObjectTable.Row,
        replacedBy payloads: [Unit.StagedPayload],
        _ db: Database
    ) throws -> [PayloadFiles.Key] {
        var removed: [PayloadFiles.Key] = []
        for payload in try PayloadTable.files(of: row.id, in: db) {
            let isReplaced = payloads.contains { $0.name.isIdentical(to: payload.name) }
            let isListed = row.payloadNames.contains { $0.isIdentical(to: payload.name) }
            guard isReplaced || !isListed else { continue }
            try PayloadTable.delete(payload.name, of: row.id, in: db)
            removed.append(payload.file)
        }
        return removed
    }

    /// The last change of each object, in the order of these.
    private static func latest(of changes: [IndexChange<Index.Entry>]) -> [IndexChange<Index.Entry>] {
        guard changes.count > 1 else { return changes }
        var seen: Set<ObjectID> = []
        return changes.reversed().filter { seen.insert($0.id).inserted }.reversed()
    }
}
