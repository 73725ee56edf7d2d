/// Reads objects and payload bytes; writing goes through ``UnitCommitter``.
package protocol Storage: Sendable {
    func object(_ id: ObjectID) async throws -> DigitalObject?

    /// The objects that exist, in the order asked for; missing ones are left out.
    func objects(_ ids: [ObjectID]) async throws -> [DigitalObject]

    func contains(_ id: ObjectID) async throws -> Bool

    /// Part of a payload's bytes; the range lies within its size. Nil where there is no such payload.
    ///
    /// Callers stream by asking for one piece after the other.
    func payload(_ name: String, of id: ObjectID, in range: Range<Int64>) async throws -> [UInt8]?

    /// Up to `limit` ids above the given one, ascending; all types where `type` is nil.
    func ids(after id: ObjectID?, type: String?, limit: Int) async throws -> [ObjectID]
}

/// A condition of a unit of work that did not hold.
package enum StorageError: Error, Equatable, Sendable {
    case alreadyExists(ObjectID)
    case missing(ObjectID)
}
