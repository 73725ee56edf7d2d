extension IndexDocument {
    /// The index entry of an object.
    ///
    /// Every leaf of the content is found under its pointer, with array positions written `_`, and in
    /// ``IndexField/all``; metadata and rights have fields of their own.
    /// `indexedOn` is in milliseconds since 1970.
    package init(_ object: DigitalObject, hints: IndexHints, indexedOn: Int64) {
        var builder = FieldBuilder()
        builder.addLeaves(of: object.content, path: "", pointer: .root, hints: hints)
        builder.addTree(object.userMetadata ?? [:], prefix: "userMetadata")
        builder.addTree(object.metadata.json(includingInternal: false), prefix: "metadata")
        builder.addIdentity(of: object, hints: hints, indexedOn: indexedOn)
        builder.addRights(object.acl)
        for payload in object.payloads { builder.add(payload) }
        for (name, text) in hints.payloadTexts {
            builder.add(IndexField.all, text)
            builder.add(FieldBuilder.indexName(ofPayload: name), text)
            if let field = hints.altPayloadFieldNames[name] { builder.add(field, text) }
        }
        self.init(
            id: object.id,
            type: object.type,
            txnId: object.metadata.txnId ?? 0,
            fields: builder.fields
        )
    }
}

/// Collects values by field in the order in which fields first appear.
private struct FieldBuilder {
    var fields: [IndexDocument.Field] = []
    private var positions: [String: Int] = [:]

    mutating func add(_ name: String, _ value: String) {
        if let position = self.positions[name] {
            self.fields[position].values.append(value)
        } else {
            self.positions[name] = self.fields.count
            self.fields.append(.init(name: name, analysis: IndexField.analysis(of: name), values: [value]))
        }
    }

    mutating func add(_ name: String, _ values: [String]) {
        for value in values { self.add(name, value) }
    }

    /// The text by which a leaf is found; nil for null, arrays and objects.
    static func leafText(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    mutating func addLeaves(of value: JSONValue, path: String, pointer: JSONPointer, hints: IndexHints) {
        switch value {
        case .object(let object):
            for (key, child) in object {
                let path = path + "/" + JSONPointer.escape(key)
                self.addLeaves(of: child, path: path, pointer: pointer.appending(key), hints: hints)
            }
        case .array(let elements):
            for (index, child) in elements.enumerated() {
                self.addLeaves(of: child, path: path + "/_", pointer: pointer.appending(String(index)), hints: hints)
            }
        default:
            guard let text = Self.leafText(value) else { return }
            self.add(IndexField.all, text)
            if !path.isEmpty { self.add(path, text) }
            if let field = hints.altFieldNames[pointer] { self.add(field, text) }
        }
    }

    /// Leaves of metadata: `prefix/a/_`.
    mutating func addTree(_ value: JSONValue, prefix: String) {
        switch value {
        case .object(let object):
            for (key, child) in object { self.addTree(child, prefix: prefix + "/" + JSONPointer.escape(key)) }
        case .array(let elements):
            for child in elements { self.addTree(child, prefix: prefix + "/_") }
        default:
            if let text = Self.leafText(value) { self.add(prefix, text) }
        }
    }

    mutating func addIdentity(of object: DigitalObject, hints: IndexHints, indexedOn: Int64) {
        let metadata = object.metadata
        self.add("id", object.id.text)
        self.add("type", object.type)
        self.add("createdBy", metadata.createdBy)
        self.add("modifiedBy", metadata.modifiedBy)
        self.add("objcreated", UTCDate(milliseconds: metadata.createdOn).indexText)
        self.add("objmodified", UTCDate(milliseconds: metadata.modifiedOn).indexText)
        self.add("dtindexed", UTCDate(milliseconds: indexedOn).indexText)
        self.add("valid", "true")
        if let txnId = metadata.txnId { self.add("txnId", String(txnId)) }
        if metadata.isVersion { self.add("isVersion", "true") }
        if let tip = metadata.versionOf { self.add("versionOf", tip) }
        if let username = hints.username { self.add("username", username) }
        if let schemaName = hints.schemaName { self.add("schemaName", schemaName) }
        self.add("users", hints.users)
        self.add("internal.pointsAt", hints.pointsAt)
        self.add("javaScriptModuleName", hints.javaScriptModuleNames)
    }

    mutating func addRights(_ acl: AccessControlList?) {
        self.add("aclRead", acl?.readers ?? ["missing"])
        self.add("aclWrite", acl?.writers ?? ["missing"])
    }

    mutating func add(_ payload: Payload) {
        if let filename = payload.filename { self.add(IndexField.all, filename) }
        for name in Self.spellings(ofPayload: payload.name) {
            self.add("elname_" + name, "true")
            if let filename = payload.filename { self.add("elatt_\(name)_filename", filename) }
            if let mediaType = payload.mediaType { self.add("elatt_\(name)_mimetype", mediaType) }
            self.add("elatt_\(name)_internal.size", String(payload.size))
        }
    }

    /// A payload's name as it is and, where that differs, with `%` and `_` escaped.
    private static func spellings(ofPayload name: String) -> [String] {
        var escaped = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "%": escaped += "%25"
            case "_": escaped += "%5F"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped.isIdentical(to: name) ? [name] : [name, escaped]
    }

    /// A payload named by a pointer is found like a leaf of the content: positions become `_`.
    static func indexName(ofPayload name: String) -> String {
        guard name.utf8.first == UInt8(ascii: "/"), let pointer = JSONPointer(parsing: name) else { return name }
        let tokens = pointer.tokens.map { token in
            !token.isEmpty && token.utf8.allSatisfy { (48...57).contains($0) } ? "_" : token
        }
        return JSONPointer(tokens: tokens).description
    }
}
