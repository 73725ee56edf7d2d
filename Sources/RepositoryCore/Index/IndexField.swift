/// How the values of an index field become tokens.
package enum FieldAnalysis: Sendable, Hashable {
    /// Words in lower case (``TextAnalyzer``).
    case text
    /// The whole value in lower case.
    case keyword
    /// The whole value as it is.
    case exact
    /// A 64-bit integer.
    case number
}

/// The names that index fields have, and what each name means for analysis.
package enum IndexField {
    /// The field that a query without field name searches: every leaf of the content.
    package static let all = "internal.all"

    private static let keywords: Set<String> = [
        "type", "createdBy", "modifiedBy", "username", "schemaName", "internal.pointsAt", "javaScriptModuleName",
        "aclRead", "aclWrite", "users", "isVersion", "versionOf", "payloadIndexState", "payloadIndexCordraServiceId",
    ]
    private static let exact: Set<String> = ["id", "objcreated", "objmodified", "dtindexed", "valid"]

    package static func analysis(of field: String) -> FieldAnalysis {
        if field.utf8.first == UInt8(ascii: "/") { return .text }
        if self.keywords.contains(field) { return .keyword }
        if self.exact.contains(field) || field.hasPrefix("elname_") { return .exact }
        return field == "txnId" ? .number : .text
    }

    /// Names from older releases, whose facts stand in the index under a newer name.
    private static let aliases = [
        "objatt_type": "type", "objatt_createdBy": "metadata/createdBy", "objatt_modifiedBy": "metadata/modifiedBy",
        "objatt_internal.created": "metadata/createdOn", "objatt_internal.modified": "metadata/modifiedOn",
        "objatt_txnId": "metadata/txnId", "objatt_aclRead": "aclRead", "objatt_aclWrite": "aclWrite",
        "objatt_isVersion": "metadata/isVersion", "objatt_versionOf": "metadata/versionOf",
        "objatt_publishedBy": "metadata/publishedBy", "objatt_publishedOn": "metadata/publishedOn",
    ]

    package static func canonicalName(_ field: String) -> String {
        if let name = self.aliases[field] { return name }
        // A client that asks for the key under which values are sorted means the field itself.
        return field.hasPrefix("sort_") ? String(field.dropFirst(5)) : field
    }
}
