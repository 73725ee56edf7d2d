import RepositoryCore
import RepositoryIndex
import TestSupport
import Testing

@testable import RepositoryStorage

/// One body over both storages.
@Suite struct RepositoryTests {
    @Test("an object comes back as it was stored", arguments: RepositoryTwin.allCases)
    func roundTrip(twin: RepositoryTwin) async throws {
        try await twin.run { repository in
            let json = """
                {"id":"test/Ä b","type":"T","content":{"b":1.0,"a":[1e400,{"x":null}],"é":"\\u0000\\n"},\
                "acl":{"readers":["public"],"writers":[]},"userMetadata":{"z":1,"y":2},\
                "metadata":{"hashes":{"alg":"x"},\
                "createdOn":1,"createdBy":"a","modifiedOn":2,"modifiedBy":"b","isVersion":true,"versionOf":"t/1",\
                "txnId":9007199254740993},"payloads":[{"name":"p","filename":"f","mediaType":"m","size":3}]}
                """
            var object = try DigitalObject(json: JSONValue(parsing: json))
            object.metadata.internalMetadata = ["password": "secret", "n": 1]
            try await repository.commit(.create(object, uploads: [PayloadUpload("p", "abc")]))
            let stored = try await repository.object(object.id)
            #expect(stored == object)
            #expect(stored?.json.serialized() == json)
            #expect(stored?.json.serialized().contains("secret") == false)
            #expect(try await repository.contains(object.id))
            #expect(try await !repository.contains(ObjectID("test/ä b")))
            #expect(try await repository.object(ObjectID("test/none")) == nil)
        }
    }

    @Test("conditions of a unit: all of it or nothing", arguments: RepositoryTwin.allCases)
    func conditions(twin: RepositoryTwin) async throws {
        try await twin.run { repository in
            try await repository.commit(.create(DigitalObject("t/1", "one")))
            await #expect(throws: StorageError.alreadyExists(ObjectID("t/1"))) {
                try await repository.commit(.create(DigitalObject("t/2", "two")), .create(DigitalObject("t/1", "x")))
            }
            await #expect(throws: StorageError.missing(ObjectID("t/9"))) {
                try await repository.commit(.delete(ObjectID("t/1")), .update(DigitalObject("t/9", "x")))
            }
            await #expect(throws: StorageError.missing(ObjectID("t/9"))) {
                try await repository.commit(.update(DigitalObject("t/1", "changed")), .delete(ObjectID("t/9")))
            }
            #expect(try await repository.object(ObjectID("t/1"))?.content["name"] == "one")
            #expect(try await repository.found("*:*") == ["t/1"])
            #expect(try await repository.found("one") == ["t/1"])
            try await repository.commit()
            try await repository.commit(
                .create(DigitalObject("t/3", "three")),
                .update(DigitalObject("t/3", "third")),
                .delete(ObjectID("t/1"))
            )
            #expect(try await repository.found("*:*") == ["t/3"])
            #expect(try await repository.found("third") == ["t/3"])
            #expect(try await repository.found("three one") == [])
        }
    }

    @Test("payloads are kept, replaced and removed with their object", arguments: RepositoryTwin.allCases)
    func payloads(twin: RepositoryTwin) async throws {
        try await twin.run { repository in
            let uploads = [PayloadUpload("a", "first"), PayloadUpload("b", "second"), PayloadUpload("empty", "")]
            var object = DigitalObject("t/1", "one", payloads: uploads.map(\.payload))
            try await repository.commit(.create(object, uploads: uploads))
            #expect(try await repository.text(of: "a", "t/1") == "first")
            #expect(try await repository.text(of: "empty", "t/1") == "")
            #expect(try await repository.text(of: "c", "t/1") == nil)
            #expect(try await repository.text(of: "a", "t/2") == nil)
            #expect(try await repository.payload("b", of: object.id, in: 2..<4) == Array("co".utf8))
            #expect(try await repository.payload("b", of: object.id, in: 4..<99) == Array("nd".utf8))
            object.payloads.removeLast(2)
            let replaced = PayloadUpload("c", "third")
            object.payloads.append(replaced.payload)
            try await repository.commit(.update(object, uploads: [replaced]))
            #expect(try await repository.text(of: "a", "t/1") == "first")
            #expect(try await repository.text(of: "b", "t/1") == nil)
            #expect(try await repository.text(of: "c", "t/1") == "third")
            try await repository.commit(.update(object, uploads: [PayloadUpload("a", "new")]))
            #expect(try await repository.text(of: "a", "t/1") == "new")
            try await repository.commit(.delete(object.id))
            #expect(try await repository.text(of: "a", "t/1") == nil)
        }
    }

    @Test("an upload may come from a file, which stays", arguments: RepositoryTwin.allCases)
    func uploadsFromFiles(twin: RepositoryTwin) async throws {
        try await TemporaryDirectory.runAsync { directory in
            try directory.write("from a file", to: "upload")
            let path = directory.path + "/upload"
            try await twin.run { repository in
                let upload = PayloadUpload(payload: Payload(name: "p", size: 11), source: .file(path: path))
                let object = DigitalObject("t/1", "one", payloads: [upload.payload])
                try await repository.commit(.create(object, uploads: [upload]))
                await #expect(throws: StorageError.alreadyExists(object.id)) {
                    try await repository.commit(.create(object, uploads: [upload]))
                }
                #expect(try directory.text(of: "upload") == "from a file")
                #expect(try await repository.text(of: "p", "t/1") == "from a file")
                let missing = PayloadUpload(payload: Payload(name: "p", size: 1), source: .file(path: path + "x"))
                await #expect(throws: StorageFailure.self) {
                    try await repository.commit(.create(DigitalObject("t/2", "two"), uploads: [upload, missing]))
                }
                #expect(try await repository.object(ObjectID("t/2")) == nil)
            }
        }
    }

    @Test("ids come in order, by type and in pages", arguments: RepositoryTwin.allCases)
    func iterates(twin: RepositoryTwin) async throws {
        try await twin.run { repository in
            let ids = ["t/a", "T/b", "t/é", "design", "t/z", "t/B"]
            for (number, id) in ids.enumerated() {
                try await repository.commit(.create(DigitalObject(id, type: number % 2 == 0 ? "Even" : "Odd", "x")))
            }
            let sorted = ["T/b", "design", "t/B", "t/a", "t/z", "t/é"]
            #expect(try await repository.ids(after: nil, type: nil, limit: 99).map(\.text) == sorted)
            #expect(
                try await repository.ids(after: ObjectID("t/B"), type: nil, limit: 2).map(\.text) == ["t/a", "t/z"]
            )
            #expect(try await repository.ids(after: nil, type: "Even", limit: 9).map(\.text) == ["t/a", "t/z", "t/é"])
            #expect(try await repository.ids(after: ObjectID("t/a"), type: "Odd", limit: 9).map(\.text) == [])
            #expect(try await repository.ids(after: nil, type: "None", limit: 9) == [])
            let objects = try await repository.objects(["t/z", "none", "design", "t/z"].map { ObjectID($0) })
            #expect(objects.map(\.id.text) == ["t/z", "design", "t/z"])
        }
    }

    @Test("an index entry may be missing, withdrawn and replaced alone", arguments: RepositoryTwin.allCases)
    func indexEntries(twin: RepositoryTwin) async throws {
        try await twin.run { repository in
            let object = DigitalObject("t/1", "one", txnId: 5)
            try await repository.commit(.create(object, uploads: [], index: nil))
            #expect(try await repository.found("*:*") == [])
            var document = object.document
            document.fields.append(.init(name: "/extra", analysis: .text, values: ["payload text"]))
            try await repository.commit(.reindex(document))
            #expect(try await repository.found("/extra:text") == ["t/1"])
            try await repository.commit(.update(DigitalObject("t/1", "two", txnId: 6)))
            #expect(try await repository.found("one") == [])
            try await repository.commit(.reindex(document), .reindex(DigitalObject("t/2", "none").document))
            #expect(try await repository.found("*:*") == ["t/1"])
            #expect(try await repository.found("two") == ["t/1"])
            try await repository.commit(.update(object, uploads: [], index: nil))
            #expect(try await repository.found("*:*") == [])
            #expect(try await repository.object(object.id) == object)
        }
    }

    @Test(
        "many writers at once: each sees its own work, and a failing one harms no other",
        arguments: RepositoryTwin.allCases
    )
    func concurrent(twin: RepositoryTwin) async throws {
        try await twin.run { repository in
            try await repository.commit(.create(DigitalObject("t/taken", "taken")))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<16 {
                    group.addTask {
                        for number in 0..<20 {
                            let id = "t/\(writer)-\(number)"
                            try await repository.commit(.create(DigitalObject(id, "w\(writer)")))
                            #expect(try await repository.contains(ObjectID(id)))
                            let taken = DigitalObject("t/taken", "w\(writer)")
                            await #expect(throws: StorageError.alreadyExists(taken.id)) {
                                try await repository.commit(.create(DigitalObject(id + "x", "no")), .create(taken))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await repository.ids(after: nil, type: nil, limit: 1000).count == 321)
            for writer in 0..<16 { #expect(try await repository.found("w\(writer)").count == 20) }
            #expect(try await repository.found("no") == [])
        }
    }
}
