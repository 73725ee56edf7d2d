/// A session's id as a place in a table.
struct HashedSessionID: Hashable {
    let id: String

    init(_ id: String) { self.id = id }

    static func == (one: HashedSessionID, other: HashedSessionID) -> Bool {
        one.id.utf8.span.withUnsafeBytes { one in
            other.id.utf8.span.withUnsafeBytes { SessionIDOctets.areSame(one, $0) }
        }
    }

    func hash(into hasher: inout Hasher) {
        self.id.utf8.span.withUnsafeBytes { SessionIDOctets.hash($0, into: &hasher) }
    }
}
