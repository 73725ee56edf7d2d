/// One object of the repository: content of a type, with its access control, metadata and list of payloads.
package struct DigitalObject: Sendable, Equatable {
    package var id: ObjectID
    package var type: String
    package var content: JSONValue
    package var acl: AccessControlList?
    package var userMetadata: JSONValue?
    package var metadata: ObjectMetadata
    package var payloads: [Payload] = []

    package init(id: ObjectID, type: String, content: JSONValue, metadata: ObjectMetadata) {
        self.id = id
        self.type = type
        self.content = content
        self.metadata = metadata
    }

    /// Reads the full form.
    ///
    /// - Throws: 404 `Not a valid cordra object` where id, type or content is missing.
    package init(json: JSONValue) throws(RepositoryError) {
        guard let id = json["id"]?.string, let type = json["type"]?.string, let content = json["content"] else {
            throw .notFound("Not a valid cordra object")
        }
        self.id = ObjectID(id)
        self.type = type
        self.content = content
        if let acl = json["acl"], acl != .null { self.acl = try AccessControlList(json: acl) }
        if let userMetadata = json["userMetadata"], userMetadata != .null { self.userMetadata = userMetadata }
        self.metadata = ObjectMetadata(json: json["metadata"] ?? [:])
        self.payloads = (json["payloads"]?.array ?? []).compactMap { Payload(json: $0) }
    }

    /// The full form for clients.
    package var json: JSONValue { self.json(includingInternal: false) }

    /// The full form as storage keeps it, internal metadata included.
    package var storedJSON: JSONValue { self.json(includingInternal: true) }

    private func json(includingInternal: Bool) -> JSONValue {
        var object: JSONObject = [
            "id": .string(self.id.text), "type": .string(self.type), "content": self.content,
        ]
        object["acl"] = self.acl?.json
        object["userMetadata"] = self.userMetadata
        object["metadata"] = self.metadata.json(includingInternal: includingInternal)
        if !self.payloads.isEmpty { object["payloads"] = .array(self.payloads.map(\.json)) }
        return .object(object)
    }
}
