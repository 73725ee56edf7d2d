import RepositoryCore
import Testing

@Suite struct ServiceAccessTests {
    let memory = MemoryRepository()

    func user(_ service: RepositoryService, _ name: String) async throws -> Caller {
        let content: JSONValue = ["username": .string(name), "password": .string(name + "-password")]
        var input = ObjectInput(type: "User", content: content)
        input.suffix = name
        let id = try await service.create(input, as: .admin).id
        return try #require(try await service.users.user(id)).caller
    }

    /// Who may do what with a document: as the caller `ann`, a member of a group within the group `staff`.
    static let rights:
        [(readers: [String]?, writers: [String]?, anonymous: Permission, ann: Permission, owner: Permission)] = [
            (nil, nil, .read, .read, .write), ([], nil, .none, .none, .write), (["public"], [], .read, .read, .read),
            ([], ["test/ann"], .none, .write, .none), ([], ["TEST/ANN"], .none, .write, .none),
            (["authenticated"], [], .none, .read, .read), (["test/staff"], [], .none, .read, .none),
            ([], ["public"], .write, .write, .write), ([], ["creator"], .none, .none, .write),
            (["self"], [], .none, .none, .none),
        ]

    @Test(arguments: rights.indices)
    func permissions(row: Int) async throws {
        let row = Self.rights[row]
        let service = try await self.memory.service()
        let owner = try await self.user(service, "owner")
        _ = try await self.user(service, "ann")
        for (name, member) in [("inner", "ann"), ("staff", "inner")] {
            let content: JSONValue = ["groupName": .string(name), "users": [.string("test/" + member)]]
            var input = ObjectInput(type: "Group", content: content)
            input.suffix = name
            _ = try await service.create(input, as: .admin)
        }
        let ann = try #require(try await service.users.user("ann")).caller
        #expect(ann.groupIDs == ["test/inner", "test/staff"])
        var input = ObjectInput(type: "Document", content: ["name": "d"])
        input.acl = AccessControlList(readers: row.readers, writers: row.writers)
        let id = try await service.create(input, as: owner).id
        for (caller, expected) in [
            (Caller.anonymous, row.anonymous), (ann, row.ann), (owner, row.owner), (.admin, .write),
        ] {
            #expect(try await service.access(id, caller).permission == expected, "\(caller)")
            let hits = try await service.search(SearchRequest(query: "/name:d"), as: caller)
            #expect(hits.total == (expected == .none ? 0 : 1), "\(caller)")
        }
    }

    @Test(
        arguments: [
            ("Document", true, 401), ("Document", false, nil), ("User", false, 403), ("Schema", false, 403),
            ("Nope", false, 400),
        ] as [(String, Bool, Int?)]
    )
    func creation(type: String, isAnonymous: Bool, status: Int?) async throws {
        let service = try await self.memory.service()
        let caller = isAnonymous ? Caller.anonymous : try await self.user(service, "ann")
        #expect(await failure { _ = try service.requireCreation(of: type, by: caller) }?.status == status)
    }

    @Test func rightsOfATypeComeFromTheTypeFirst() async throws {
        let service = try await self.memory.service([
            "authConfig": [
                "schemaAcls": ["T": ["defaultAclRead": []]],
                "defaultAcls": ["defaultAclRead": ["authenticated"], "aclCreate": ["public"]],
            ]
        ])
        let content: JSONValue = [
            "name": "T", "schema": [:], "authConfig": ["defaultAclRead": ["public"], "aclCreate": ["public"]],
        ]
        _ = try await service.create(ObjectInput(type: "Schema", content: content), as: .admin)
        let created = try await service.create(ObjectInput(type: "T", content: [:]), as: .anonymous)
        #expect(created.metadata.createdBy == "anonymous")
        #expect(try await service.access(created.id, .anonymous).permission == .read)
        #expect(try await service.access(ObjectID("no/such"), .anonymous).permission == .none)
        let document = try await service.create(ObjectInput(type: "Document", content: ["name": "x"]), as: .anonymous)
        #expect(try await service.access(document.id, .anonymous).permission == .none)
        #expect(try await service.search(SearchRequest(query: "*"), as: .anonymous).hits.map(\.id) == [created.id])
    }

    @Test func missingObjectsAreJudgedByTheDefaults() async throws {
        let service = try await self.memory.service()
        let access = try await service.access(ObjectID("no/such"), .anonymous)
        #expect(throws: RepositoryError.missingObject) { try access.required(.read, by: .anonymous) }
        #expect(throws: RepositoryError(status: 401, body: nil)) { try access.required(.write, by: .anonymous) }
        let caller = try await self.user(service, "ann")
        #expect(throws: RepositoryError(status: 403, body: nil)) { try access.required(.write, by: caller) }
    }

    @Test func changingTheTypeNeedsTheRightToCreateOne() async throws {
        let service = try await self.memory.service()
        let ann = try await self.user(service, "ann")
        let id = try await service.create(ObjectInput(type: "Document", content: ["name": "x"]), as: ann).id
        let input = ObjectInput(type: "Schema", content: ["name": "x", "schema": [:]])
        #expect(await failure { _ = try await service.update(id, input, as: ann) }?.status == 403)
    }

    @Test(
        arguments: [
            ("/name:(alpha beta)", "/name", 0, 2, ["alpha", "beta"], 2),
            ("type:Document", "/name DESC", 1, 2, ["alpha"], 3),
            ("type:Document", "/name", 0, 0, [], 3), ("type:Document", "/name", -5, -1, ["alpha", "beta", "gamma"], 3),
            ("id:design", "", 0, -1, [], 0), ("type:Document", "/name", 9_000_000_000, 9_000_000_000, [], 3),
        ] as [(String, String, Int, Int, [String], Int)]
    )
    func paging(query: String, sort: String, page: Int, size: Int, names: [String], total: Int) async throws {
        let service = try await self.memory.service()
        for name in ["beta", "alpha", "gamma"] {
            _ = try await service.create(ObjectInput(type: "Document", content: ["name": .string(name)]), as: .admin)
        }
        var request = SearchRequest(query: query)
        request.sort = SortField.list(parsing: sort)
        request.pageNum = page
        request.pageSize = size
        let hits = try await service.search(request, as: .admin)
        #expect(hits.total == total)
        #expect(try await service.objects(of: hits.hits[...]).compactMap { $0.content["name"]?.string } == names)
    }

    @Test(arguments: ["a) OR (b", "", "(", "*x", "/name:\"x"])
    func queriesThatAreNone(text: String) async throws {
        let service = try await self.memory.service()
        let error = await failure { _ = try await service.search(SearchRequest(query: text), as: .anonymous) }
        #expect(error == .badRequest("Query parse failure"))
    }
}
