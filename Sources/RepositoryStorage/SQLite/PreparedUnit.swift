import RepositoryCore

/// A unit of work as the writer needs it: texts written, words cut, payload files staged.
struct PreparedUnit<Entry: Sendable>: Sendable {
    /// A payload whose bytes lie in a staged file.
    struct StagedPayload: Sendable {
        let name: String
        let entry: PayloadTable.Entry
    }

    enum Step: Sendable {
        case create(ObjectTable.Row, [StagedPayload], Entry?)
        case update(ObjectTable.Row, [StagedPayload], Entry?)
        case delete(ObjectID)
        case reindex(Entry, ObjectID, txnId: Int64)
    }

    private(set) var steps: [Step] = []

    /// - Throws: ``StorageFailure``, or a 400 for a text that cannot be kept; then no staged file is left.
    init<Index: TransactionalIndex>(
        _ unit: UnitOfWork,
        index: Index,
        files: PayloadFiles
    ) throws where Index.Entry == Entry {
        do {
            for step in unit.steps { try self.append(step, index, files) }
        } catch {
            self.stagedKeys.forEach(files.discard)
            throw error
        }
    }

    /// Every payload file that this unit brings.
    var stagedKeys: [PayloadFiles.Key] {
        self.steps.flatMap { step -> [PayloadFiles.Key] in
            switch step {
            case .create(_, let payloads, _), .update(_, let payloads, _): payloads.map(\.entry.file)
            case .delete, .reindex: []
            }
        }
    }

    private mutating func append<Index: TransactionalIndex>(
        _ step: UnitOfWork.Step,
        _ index: Index,
        _ files: PayloadFiles
    ) throws where Index.Entry == Entry {
        switch step {
        case .create(let object, let uploads, let document):
            try ObjectTable.checkTexts(of: object)
            let entry = document.map { index.entry(for: $0) }
            self.steps.append(.create(ObjectTable.Row(object), try Self.stage(uploads, files), entry))
        case .update(let object, let uploads, let document):
            try ObjectTable.checkTexts(of: object)
            let entry = document.map { index.entry(for: $0) }
            self.steps.append(.update(ObjectTable.Row(object), try Self.stage(uploads, files), entry))
        case .delete(let id):
            self.steps.append(.delete(id))
        case .reindex(let document):
            self.steps.append(.reindex(index.entry(for: document), document.id, txnId: document.txnId))
        }
    }

    private static func stage(_ uploads: [PayloadUpload], _ files: PayloadFiles) throws -> [StagedPayload] {
        var staged: [StagedPayload] = []
        do {
            for upload in uploads {
                guard !upload.payload.name.hasNUL else {
                    throw RepositoryError.badRequest("Invalid payload name: \(upload.payload.name)")
                }
                let file = try files.stage(upload.source)
                let entry = PayloadTable.Entry(file: file.key, size: file.size)
                staged.append(StagedPayload(name: upload.payload.name, entry: entry))
            }
        } catch {
            for payload in staged { files.discard(payload.entry.file) }
            throw error
        }
        return staged
    }
}
