/// On whose behalf a request runs.
package struct Caller: Sendable, Equatable {
    /// Id of the user object, or `admin`; nil for an anonymous caller.
    package var userID: String?
    package var username: String?
    /// Groups of the user, however deeply nested.
    package var groupIDs: [String] = []
    package var hasUserObject = false
    /// Whether the caller presented a password or key rather than a token.
    package var hasPresentedCredentials = false

    package static let anonymous = Caller()
    package static let admin = Caller(userID: "admin", username: "admin")

    package init(userID: String? = nil, username: String? = nil) {
        self.userID = userID
        self.username = username
    }

    package var isAdmin: Bool { self.userID == "admin" }
    package var isAnonymous: Bool { self.userID == nil }

    /// What metadata records.
    package var recordedName: String { self.userID ?? "anonymous" }

    /// The caller's id and groups in the case in which they are compared.
    var identities: [String] {
        guard let userID else { return [] }
        return ([userID] + self.groupIDs).map { $0.lowercased() }
    }

    func isIdentified(as id: String) -> Bool {
        let id = id.lowercased()
        return self.identities.contains { $0.isIdentical(to: id) }
    }

    /// The answer where a right is missing: who is unknown may log in, who is known may not do it.
    package var denial: RepositoryError { RepositoryError(status: self.isAnonymous ? 401 : 403, body: nil) }
}
