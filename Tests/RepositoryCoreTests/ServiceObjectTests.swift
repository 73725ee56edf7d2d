import RepositoryCore
import Testing

@Suite struct ServiceObjectTests {
    let memory = MemoryRepository()

    func document(_ content: JSONValue, _ edit: (inout ObjectInput) -> Void = { _ in }) -> ObjectInput {
        var input = ObjectInput(type: "Document", content: content)
        edit(&input)
        return input
    }

    func service(type: String, _ schema: String, _ extra: JSONObject = [:]) async throws -> RepositoryService {
        let service = try await self.memory.service()
        var content: JSONObject = ["name": .string(type), "schema": try JSONValue(parsing: schema)]
        for (key, value) in extra { content[key] = value }
        _ = try await service.create(ObjectInput(type: "Schema", content: .object(content)), as: .admin)
        return service
    }

    @Test func createFillsInWhatTheServerKnows() async throws {
        let service = try await self.memory.service()
        let object = try await service.create(self.document(["description": "d", "name": "n"]), as: .admin)
        #expect(object.id.text == "test/d1854cae891ec7b29161")  // first ten bytes of SHA-1("n")
        #expect(object.content["id"]?.string == object.id.text)
        #expect(object.content["createdBy"]?.string == "admin")
        #expect(object.content["creationDate"]?.string == "2023-11-14T22:13:20.000Z")
        #expect(object.content.object?.keys.prefix(3) == ["id", "name", "description"])
        #expect(object.metadata.createdOn == 1_700_000_000_000)
        #expect(object.metadata.modifiedOn == object.metadata.createdOn)
        #expect(object.metadata.txnId ?? 0 >= 1_700_000_000_000_000)
        let second = try await service.create(self.document(["name": "n"]), as: .admin)
        #expect(second.id.text.count == 25)
        #expect(second.id != object.id)
    }

    @Test(
        arguments: [
            (nil, nil, 200, ""), ("x/y z", nil, 200, "x/y z"), (nil, "s", 200, "test/s"),
            ("noslash", nil, 400, "Invalid handle: noslash"),
            ("/x", nil, 400, "Invalid handle: /x"), (".a/x", nil, 400, "Invalid handle: .a/x"),
            ("taken/1", nil, 409, "Object already exists: taken/1"),
        ] as [(String?, String?, Int, String)]
    )
    func ids(handle: String?, suffix: String?, status: Int, text: String) async throws {
        let service = try await self.memory.service()
        _ = try await service.create(self.document(["name": "a"]) { $0.handle = "taken/1" }, as: .admin)
        var created: DigitalObject?
        let error = await failure {
            created = try await service.create(
                self.document(["name": "b"]) {
                    $0.handle = handle
                    $0.suffix = suffix
                },
                as: .admin
            )
        }
        #expect(error?.status ?? 200 == status)
        if let error { #expect(error.message == text) } else if !text.isEmpty { #expect(created?.id.text == text) }
    }

    @Test(
        "what a create answers",
        arguments: [
            (nil, "{}", 400, "Missing object type"), ("Nope", "{}", 400, "Unknown type Nope"),
            ("Document", "{}", 400, #": object has missing required properties (["name"])"#),
            (
                "Document", #"{"name":5}"#, 400,
                #"/name: instance type (integer) does not match any allowed primitive type (allowed: ["string"])"#
            ),
            ("User", #"{"username":"u","password":"short"}"#, 400, "Password is too short. Min length 8 characters"),
            ("User", #"{"username":"Admin","password":"longenough"}"#, 400, "Username Admin is not unique."),
            ("User", #"{"username":"TAKEN","password":"longenough"}"#, 400, "Username TAKEN is not unique."),
            ("Schema", #"{"name":"Document","schema":{}}"#, 400, "Schema name Document is not unique."),
            ("Schema", #"{"name":"Schema","schema":{}}"#, 400, "You may not change the Schema schema."),
            (
                "Group", #"{"groupName":"g","users":["test/none"]}"#, 400,
                "Unexpected missing cordra object test/none at /users/0"
            ),
            (
                "Group", #"{"groupName":"g","users":["test/doc"]}"#, 400,
                "Object test/doc has type Document, expected [User, Group]"
            ),
            ("Group", #"{"groupName":"g","users":[""]}"#, 200, nil),
            ("CordraDesign", "{}", 400, "Unknown type CordraDesign"),
        ] as [(String?, String, Int, String?)]
    )
    func createErrors(type: String?, content: String, status: Int, message: String?) async throws {
        let service = try await self.memory.service()
        let user: JSONValue = ["username": "taken", "password": "longenough"]
        _ = try await service.create(ObjectInput(type: "User", content: user), as: .admin)
        _ = try await service.create(self.document(["name": "doc"]) { $0.suffix = "doc" }, as: .admin)
        let error = await failure {
            _ = try await service.create(ObjectInput(type: type, content: JSONValue(parsing: content)), as: .admin)
        }
        #expect(error?.status ?? 200 == status)
        #expect(error?.message == message)
    }

    @Test(arguments: [#"{"type":"strin"}"#, #"{"properties":5}"#, ##"{"$ref":"#/nowhere"}"##, #"{"pattern":"("}"#])
    func typesAreCheckedWhenTheyAreSaved(schema: String) async throws {
        let service = try await self.memory.service()
        let content: JSONValue = ["name": "T", "schema": try JSONValue(parsing: schema)]
        let error = await failure {
            _ = try await service.create(ObjectInput(type: "Schema", content: content), as: .admin)
        }
        #expect(error?.status == 400)
        #expect(error?.message?.hasPrefix("/schema") == true)
    }

    @Test func dryRunStoresNothing() async throws {
        let service = try await self.memory.service()
        let commits = self.memory.commits
        let object = try await service.create(self.document(["name": "n"]) { $0.isDryRun = true }, as: .admin)
        #expect(self.memory.commits == commits)
        #expect(try await self.memory.object(object.id) == nil)
    }

    @Test func updateReplacesContentAndKeepsTheRest() async throws {
        let service = try await self.memory.service()
        let created = try await service.create(
            self.document(["name": "n", "description": "d"]) {
                $0.acl = AccessControlList(readers: ["x"])
                $0.userMetadata = ["k": 1]
                $0.uploads = [
                    PayloadUpload(payload: Payload(name: "p", size: 3), source: .bytes([1, 2, 3])),
                    PayloadUpload(payload: Payload(name: "q", size: 1), source: .bytes([9])),
                ]
            },
            as: .admin
        )
        self.memory.advance(by: 1000)
        var input = ObjectInput(content: ["name": "m"])
        input.payloadsToDelete = ["p", "q"]
        input.uploads = [PayloadUpload(payload: Payload(name: "q", size: 2), source: .bytes([7, 8]))]
        let updated = try await service.update(created.id, input, as: .admin)
        #expect(updated.content["description"] == nil)
        #expect(updated.content["name"] == "m")
        #expect(updated.acl == created.acl)
        #expect(updated.userMetadata == ["k": 1])
        #expect(updated.payloads == [Payload(name: "q", size: 2)])
        #expect(updated.metadata.createdOn == created.metadata.createdOn)
        #expect(updated.metadata.modifiedOn == created.metadata.createdOn + 1000)
        #expect(updated.metadata.txnId ?? 0 > created.metadata.txnId ?? 0)
        #expect(try await service.payload("q", of: created.id, in: 0..<2) == [7, 8])
        let error = await failure { _ = try await service.payload("p", of: created.id, in: 0..<1) }
        #expect(error == .notFound("No payload p in object \(created.id)"))
    }

    @Test func nodesArePutAndRemovedByPointer() async throws {
        let service = try await self.memory.service()
        let object = try await service.create(self.document(["name": "n"]), as: .admin)
        var input = ObjectInput(content: "new")
        input.pointer = JSONPointer(tokens: ["description"])
        #expect(try await service.update(object.id, input, as: .admin).content["description"] == "new")
        try await service.removeNode(at: JSONPointer(tokens: ["description"]), of: object.id, as: .admin)
        #expect(try await self.memory.object(object.id)?.content["description"] == nil)
        let missing = await failure {
            try await service.removeNode(at: JSONPointer(tokens: ["nope"]), of: object.id, as: .admin)
        }
        #expect(missing == .notFound("Missing data at jsonPointer in object"))
        let root = await failure { try await service.removeNode(at: .root, of: object.id, as: .admin) }
        #expect(root == .badRequest("Cannot delete empty json pointer"))
    }

    @Test func deleting() async throws {
        let service = try await self.memory.service()
        let object = try await service.create(self.document(["name": "n"]), as: .admin)
        try await service.delete(object.id, as: .admin)
        #expect(await failure { try await service.delete(object.id, as: .admin) } == .missingObject)
        #expect(await failure { try await service.delete(.design, as: .admin) }?.status == 400)
        #expect(try await service.search(SearchRequest(query: "id:\(object.id)"), as: .admin).total == 0)
    }

    @Test func duplicatePayloadsAreRefused() async throws {
        let service = try await self.memory.service()
        let upload = PayloadUpload(payload: Payload(name: "p", size: 0), source: .bytes([]))
        let error = await failure {
            _ = try await service.create(self.document(["name": "n"]) { $0.uploads = [upload, upload] }, as: .admin)
        }
        #expect(error == .badRequest("Duplicate payload p"))
    }

    @Test func hashesOfTheWholeObject() async throws {
        let service = try await self.service(type: "H", "{}", ["hashObject": true])
        var input = ObjectInput(type: "H", content: ["Foo": "Bar"])
        input.uploads = [PayloadUpload(payload: Payload(name: "p", size: 5), source: .bytes(Array("hello".utf8)))]
        let object = try await service.create(input, as: .admin)
        let hashes = object.metadata.hashes
        #expect(hashes?["alg"] == "SHA-256")
        #expect(hashes?["content"] == "424add9fc04ecc6d39b2c12ee958299e93fa55bd29f0b10cb65b2baefaeea402")
        let payload = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        #expect(hashes?["payloads"]?["p"]?.string == payload)
        let full = """
            {"content":{"Foo":"Bar"},"id":"\(object.id)","metadata":{"hashes":{"payloads":{"p":"\(payload)"}}},\
            "payloads":[{"name":"p","size":5}],"type":"H"}
            """
        #expect(hashes?["full"]?.string == ObjectHashes.text(of: try JSONValue(parsing: full)))
        let updated = try await service.update(object.id, ObjectInput(content: ["Foo": "Baz"]), as: .admin)
        #expect(updated.metadata.hashes?["payloads"]?["p"]?.string == payload)
        #expect(updated.metadata.hashes?["content"] != hashes?["content"])
    }

    @Test func secretsNeverStandInContent() async throws {
        let service = try await self.service(
            type: "S",
            #"{"properties":{"key":{"type":"string","cordra":{"secureProperty":true}}}}"#
        )
        let object = try await service.create(ObjectInput(type: "S", content: ["key": "hush"]), as: .admin)
        #expect(object.content["key"] == "")
        #expect(object.metadata.internalMetadata["secureProperties"]?["/key"]?["hash"] != nil)
        #expect(!object.json.serialized().contains("internalMetadata"))
        let kept = try await service.update(object.id, ObjectInput(content: ["key": ""]), as: .admin)
        #expect(
            kept.metadata.internalMetadata["secureProperties"] == object.metadata.internalMetadata["secureProperties"]
        )
    }

    @Test func typesComeAndGo() async throws {
        let service = try await self.memory.service()
        try await service.setSchema(["type": "object"], of: "T", as: .admin)
        let object = try await service.create(ObjectInput(type: "T", content: ["a": 1]), as: .admin)
        try await service.setSchema(["required": ["b"]], of: "T", as: .admin)
        #expect(service.schemas["T"] == ["required": ["b"]])
        #expect(
            await failure { _ = try await service.update(object.id, ObjectInput(content: [:]), as: .admin) }?.status
                == 400
        )
        try await service.deleteSchema(of: "T", as: .admin)
        let unknown = await failure { _ = try await service.update(object.id, ObjectInput(content: [:]), as: .admin) }
        #expect(unknown == .badRequest("Unknown type T"))
        let again = await failure { try await service.deleteSchema(of: "T", as: .admin) }
        #expect(again == .badRequest("Schema T does not exist."))
        let builtIn = await failure { try await service.setSchema([:], of: "Schema", as: .admin) }
        #expect(builtIn == .badRequest("You may not change the Schema schema."))
        #expect(try await service.access(object.id, .anonymous).permission == .read)
    }

    @Test func readOnlyRepositoriesRefuseWrites() async throws {
        let service = try await self.memory.service(["isReadOnly": true])
        let error = await failure { _ = try await service.create(self.document(["name": "n"]), as: .admin) }
        #expect(error == .badRequest("Cordra is read-only"))
        #expect(await failure { try await service.delete(ObjectID("a/b"), as: .admin) } == .readOnly)
    }

    @Test func batchesCreateAndUpdate() async throws {
        let service = try await self.memory.service()
        let json: JSONValue = ["id": "a/1", "type": "Document", "content": ["name": "one"]]
        let first = await service.createOrUpdate(json, position: 0, as: .admin)
        #expect(first.status == 200)
        #expect(first.body?["id"] == "a/1")
        let second = await service.createOrUpdate(
            ["id": "a/1", "type": "Document", "content": ["name": "two"]],
            position: 1,
            as: .admin
        )
        #expect(second.body?["content"]?["name"] == "two")
        let third = await service.createOrUpdate(["type": "Nope", "content": [:]], position: 2, as: .admin)
        #expect(third == BatchResult(position: 2, status: 400, body: ["message": "Unknown type Nope"]))
    }

    @Test func loadingKeepsIdsAndDates() async throws {
        let service = try await self.memory.service()
        let list = try JSONValue(
            parsing: """
                [{"id":"x/1","type":"L","content":{"a":1},"metadata":{"createdOn":5,"createdBy":"me","modifiedOn":6,
                  "modifiedBy":"you"}},
                 {"id":"x/0","type":"Schema","content":{"name":"L","schema":{}}}]
                """
        )
        try await service.load(list.array ?? [], replacingAll: true)
        #expect(service.model.types.names == ["CordraDesign", "L", "Schema"])
        #expect(try await self.memory.object(ObjectID("x/1"))?.metadata.createdBy == "me")
        #expect(try await service.search(SearchRequest(query: "/a:1"), as: .admin).total == 1)
        #expect(await failure { try await service.load([["id": "x"]], replacingAll: false) }?.status == 400)
    }
}
