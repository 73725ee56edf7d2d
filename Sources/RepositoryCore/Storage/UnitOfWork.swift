/// Changes of objects and of their index entries that become visible together or not at all.
///
/// It is a value, so a backend may write several units in one transaction of its own, as long as each of
/// them fails or succeeds alone.
package struct UnitOfWork: Sendable {
    package enum Step: Sendable {
        /// A new object; fails with ``StorageError/alreadyExists(_:)`` where the id is taken.
        case create(DigitalObject, uploads: [PayloadUpload], index: IndexDocument?)
        /// A new state of an object that exists, else ``StorageError/missing(_:)``. Bytes of payloads that
        /// the object still lists and `uploads` does not name are kept, all others are removed.
        case update(DigitalObject, uploads: [PayloadUpload], index: IndexDocument?)
        /// Removes object, payloads and index entry; ``StorageError/missing(_:)`` where there is none.
        case delete(ObjectID)
        /// Replaces the index entry alone.
        case reindex(IndexDocument)
    }

    package var steps: [Step]

    package init(_ steps: [Step]) { self.steps = steps }
}

/// Makes units of work durable: when `commit` returns, store and index hold them and survive a crash.
package protocol UnitCommitter: Sendable {
    /// - Throws: ``StorageError`` where a step's condition does not hold; then nothing has changed.
    func commit(_ unit: UnitOfWork) async throws
}
