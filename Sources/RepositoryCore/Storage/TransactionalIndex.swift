/// An index whose entries live in the storage's own database, so that one transaction covers both.
///
/// It owns no connection: the storage hands one over with each call, inside the transaction in which it reads
/// or writes objects. What costs processor time but needs no database, such as cutting text into words, happens
/// in ``entry(for:)``, which callers run side by side before they queue for the one writer.
package protocol TransactionalIndex<Connection, Entry>: Sendable {
    /// The storage's open database within a transaction.
    associatedtype Connection
    /// An index document made ready to be written.
    associatedtype Entry: Sendable

    /// Isolation: any thread.
    func entry(for document: IndexDocument) -> Entry

    /// Registers what searches need on a connection that was just opened.
    func prepare(_ connection: Connection) throws

    /// Creates what is missing and reads what is there; called once, before anything else.
    ///
    func open(_ connection: Connection) throws -> IndexCondition

    /// Writes the changes in their order.
    func apply(_ changes: [IndexChange<Entry>], to connection: Connection) throws

    /// Removes every entry.
    func clear(_ connection: Connection) throws

    /// What the transaction that `connection` is in sees.
    func search(_ search: IndexSearch, in connection: Connection) throws -> IndexHits
}

/// A change of one object's index entry.
package enum IndexChange<Entry: Sendable>: Sendable {
    /// The entry takes the place of an older one of the same object.
    case put(Entry, id: ObjectID)
    case remove(ObjectID)

    package var id: ObjectID {
        switch self {
        case .put(_, let id), .remove(let id): id
        }
    }
}

/// What a ``TransactionalIndex`` found when it was opened.
package enum IndexCondition: Sendable, Equatable {
    /// No tables; they were made and are empty.
    case created
    case usable
    /// The entries were made by another analysis or layout: they have to be cleared and written anew.
    case outdated
}
