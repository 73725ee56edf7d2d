package import RepositoryCore

extension SQLiteRepository: UnitCommitter {
    /// Makes the unit durable together with whatever else waits for the writer.
    ///
    /// - Throws: ``StorageError`` where a step's condition does not hold, ``StorageFailure`` where the disk does
    ///   not; then nothing has changed.
    package func commit(_ unit: UnitOfWork) async throws {
        let prepared = try await self.prepared(unit)
        do {
            try await self.queue.submit(prepared)
        } catch {
            let files = self.files
            let keys = prepared.stagedKeys
            if !keys.isEmpty { try await self.lanes.run { keys.forEach(files.discard) } }
            throw error
        }
    }

    /// Does all work that needs no database; where files or long texts are involved, on a thread that may block.
    private func prepared(_ unit: UnitOfWork) async throws -> PreparedUnit<Index.Entry> {
        guard unit.isHeavy else { return try PreparedUnit(unit, index: self.index, files: self.files) }
        let (index, files) = (self.index, self.files)
        return try await self.lanes.run { try PreparedUnit(unit, index: index, files: files) }
    }
}

extension UnitOfWork {
    /// Bytes of text above which cutting it into words would hold up an event loop.
    private static let textMaximum = 64 << 10

    fileprivate var isHeavy: Bool {
        self.steps.contains { step in
            switch step {
            case .create(_, let uploads, let document), .update(_, let uploads, let document):
                !uploads.isEmpty || document.map(Self.isLong) ?? false
            case .delete: false
            case .reindex(let document): Self.isLong(document)
            }
        }
    }

    private static func isLong(_ document: IndexDocument) -> Bool {
        var size = 0
        for field in document.fields {
            for value in field.values { size += value.utf8.count }
            if size > self.textMaximum { return true }
        }
        return false
    }
}
