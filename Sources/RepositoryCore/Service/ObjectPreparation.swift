/// Brings an object into the state in which it is stored, step by step; pure but for the time it is told and for
/// the threads that hash secrets.
///
/// Used by create and update alike: validate, take secrets out, fill in what the server knows, order, index.
struct ObjectPreparation {
    let type: TypeDefinition
    let prefix: String
    private(set) var facts = ContentFacts()

    init(type: TypeDefinition, prefix: String) {
        self.type = type
        self.prefix = prefix
    }

    /// Applies the built-in rules and the type's schema.
    ///
    /// - Throws: 400 with the first violation.
    mutating func validate(_ content: inout JSONValue, isNew: Bool) throws(RepositoryError) {
        if self.type.hasUserRules { try BuiltInTypes.applyUserRules(to: &content, isNew: isNew) }
        do throws(SchemaViolation) {
            self.facts = ContentFacts(try self.type.schema.annotations(validating: content))
        } catch {
            throw .badRequest(error.description)
        }
    }

    /// What the schema says of content that need not satisfy it, as when objects are loaded from elsewhere.
    mutating func inspect(_ content: JSONValue) {
        self.facts = ContentFacts(self.type.schema.annotations(of: content))
    }

    /// Takes passwords and other secrets out of the content and notes what authentication needs.
    ///
    /// An empty secret keeps the one that the previous state had; one that is no text is taken out and lost.
    func protectSecrets(
        of object: inout DigitalObject,
        previous: DigitalObject?,
        with dependencies: RepositoryService.Dependencies
    ) async throws {
        let (passwords, entropy) = (dependencies.passwords, dependencies.entropy)
        var notes = previous?.metadata.internalMetadata ?? object.metadata.internalMetadata
        if let pointer = self.facts.auth[.password], let password = object.content[pointer], password != .null {
            if let text = password.string, !text.isEmpty {
                try await passwords.hash(of: text, entropy: entropy).store(in: &notes)
            }
            _ = object.content.set("", at: pointer)
        }
        notes["username"] = self.facts.text(.username, in: object.content).map { .string($0) }
        notes["users"] = self.node(.usersList, object.content)
        notes["publicKey"] = self.node(.publicKey, object.content)
        notes["accountActive"] = self.node(.accountActive, object.content)
        notes["requirePasswordChange"] = self.node(.requirePasswordChange, object.content)
        var secrets = JSONObject()
        for pointer in self.facts.secureProperties {
            let old = notes["secureProperties"]?[pointer.description]
            let secret = object.content[pointer] ?? .null
            if let text = secret.string, !text.isEmpty {
                var hash = JSONObject()
                try await passwords.hash(of: text, entropy: entropy).store(in: &hash)
                secrets[pointer.description] = .object(hash)
            } else {
                secrets[pointer.description] = old
            }
            if secret != .null { _ = object.content.set("", at: pointer) }
        }
        notes["secureProperties"] = secrets.isEmpty ? nil : .object(secrets)
        object.metadata.internalMetadata = notes
    }

    private func node(_ role: ContentFacts.AuthRole, _ content: JSONValue) -> JSONValue? {
        self.facts.auth[role].flatMap { content[$0] }
    }

    /// Fills in generated values and puts members in the order of the schema.
    func complete(_ object: inout DigitalObject) {
        for (pointer, field) in self.facts.generated {
            let value = field.value(id: object.id, type: object.type, metadata: object.metadata, prefix: self.prefix)
            _ = object.content.set(.string(value), at: pointer)
        }
        object.content = self.type.schema.ordered(object.content)
    }

    func indexDocument(of object: DigitalObject, now: Int64) -> IndexDocument? {
        guard object.id != .design else { return nil }
        var hints = IndexHints()
        hints.pointsAt = self.facts.referredIDs(in: object.content, prefix: self.prefix)
        hints.username = object.metadata.internalMetadata["username"]?.string
        hints.users = object.metadata.internalMetadata["users"]?.strings ?? []
        hints.altFieldNames = self.facts.altFieldNames
        hints.altPayloadFieldNames = self.facts.altPayloadFieldNames
        if object.type == BuiltInTypes.schemaName { hints.schemaName = object.content["name"]?.string }
        return IndexDocument(object, hints: hints, indexedOn: now)
    }
}
