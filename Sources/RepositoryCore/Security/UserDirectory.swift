import Synchronization

/// Who users are and which groups they belong to, remembered until any user or group changes.
package final class UserDirectory: Sendable {
    /// What authentication knows of a user.
    package struct User: Sendable, Equatable {
        package var id: ObjectID
        package var username: String?
        package var isActive: Bool
        package var requiresPasswordChange: Bool
        package var groupIDs: [String]
        var password: PasswordHash?
        var publicKey: JSONWebKey?

        package var caller: Caller {
            var caller = Caller(userID: self.id.text, username: self.username)
            caller.groupIDs = self.groupIDs
            caller.hasUserObject = true
            return caller
        }
    }

    private struct Cache {
        var users: [ObjectID: User] = [:]
        var ids: [String: ObjectID] = [:]
        /// Grows with every clearing, so that what was read before one is not kept after it.
        var generation = 0
    }

    /// Most users remembered, and most groups of one user.
    private static let usersMaximum = 10_000
    private static let groupsMaximum = 1000

    private let storage: any Storage
    private let indexer: any Indexer
    private let cache = Mutex(Cache())

    init(storage: any Storage, indexer: any Indexer) {
        self.storage = storage
        self.indexer = indexer
    }

    package func clear() {
        self.cache.withLock { cache in cache = Cache(generation: cache.generation + 1) }
    }

    /// The user of a name, compared without regard to case.
    package func userID(named username: String) async throws -> ObjectID? {
        let name = username.lowercased()
        let (known, generation) = self.cache.withLock { ($0.ids[name], $0.generation) }
        if let known { return known }
        var search = IndexSearch(
            query: .term(field: "username", token: TextAnalyzer.lowercased(username.unicodeScalars))
        )
        search.filters = [
            .boolean([.init(.must, .matchAll), .init(.mustNot, .term(field: "isVersion", token: "true"))])
        ]
        search.limit = 1
        guard let id = try await self.indexer.search(search).hits.first?.id else { return nil }
        self.cache.withLock { cache in
            guard cache.generation == generation, cache.ids.count < Self.usersMaximum else { return }
            cache.ids[name] = id
        }
        return id
    }

    /// The user of a name, or else of an id.
    package func user(_ name: String) async throws -> User? {
        if let id = try await self.userID(named: name) { return try await self.user(ObjectID(id.text)) }
        return try await self.user(ObjectID(name))
    }

    /// The user with an id; nil where the object has no part in authentication.
    package func user(_ id: ObjectID) async throws -> User? {
        let (known, generation) = self.cache.withLock { ($0.users[id], $0.generation) }
        if let known { return known }
        guard let object = try await self.storage.object(id), !object.metadata.isVersion else { return nil }
        let notes = object.metadata.internalMetadata
        let password = PasswordHash(json: notes)
        let publicKey = notes["publicKey"].flatMap { JSONWebKey(json: $0) }
        guard notes["username"] != nil || password != nil || publicKey != nil else { return nil }
        let user = User(
            id: id,
            username: notes["username"]?.string,
            isActive: notes["accountActive"]?.bool ?? true,
            requiresPasswordChange: notes["requirePasswordChange"]?.bool ?? false,
            groupIDs: try await self.groups(of: id.text),
            password: password,
            publicKey: publicKey
        )
        self.cache.withLock { cache in
            guard cache.generation == generation, cache.users.count < Self.usersMaximum else { return }
            cache.users[id] = user
        }
        return user
    }

    /// Groups of a user, groups of these groups and so on.
    package func groups(of id: String) async throws -> [String] {
        var found: [String] = []
        var open = [id]
        while let member = open.popLast(), found.count < Self.groupsMaximum {
            let token = TextAnalyzer.lowercased(member.unicodeScalars)
            for hit in try await self.indexer.search(IndexSearch(query: .term(field: "users", token: token))).hits
            where !found.contains(hit.id.text) {
                found.append(hit.id.text)
                open.append(hit.id.text)
            }
        }
        return found
    }
}
