/// Who wrote an object and when, plus what the repository keeps to itself.
package struct ObjectMetadata: Sendable, Equatable {
    package var hashes: JSONValue?
    /// Milliseconds since 1970.
    package var createdOn: Int64
    package var createdBy: String
    package var modifiedOn: Int64
    package var modifiedBy: String
    package var isVersion = false
    package var versionOf: String?
    package var publishedBy: String?
    package var publishedOn: Int64?
    package var remoteRepository: String?
    package var txnId: Int64?
    /// Password hashes, hashes of secure properties and the like; never leaves the server.
    package var internalMetadata = JSONObject()

    package init(createdOn: Int64, createdBy: String) {
        self.createdOn = createdOn
        self.createdBy = createdBy
        self.modifiedOn = createdOn
        self.modifiedBy = createdBy
    }

    /// Reads what ``json(includingInternal:)`` writes; missing dates and names become 0 and `anonymous`.
    package init(json: JSONValue) {
        self.createdOn = json["createdOn"]?.int64 ?? 0
        self.createdBy = json["createdBy"]?.string ?? "anonymous"
        self.modifiedOn = json["modifiedOn"]?.int64 ?? self.createdOn
        self.modifiedBy = json["modifiedBy"]?.string ?? self.createdBy
        if let hashes = json["hashes"], hashes != JSONValue.null { self.hashes = hashes }
        self.isVersion = json["isVersion"]?.bool ?? false
        self.versionOf = json["versionOf"]?.string
        self.publishedBy = json["publishedBy"]?.string
        self.publishedOn = json["publishedOn"]?.int64
        self.remoteRepository = json["remoteRepository"]?.string
        self.txnId = json["txnId"]?.int64
        self.internalMetadata = json["internalMetadata"]?.object ?? JSONObject()
    }

    package func json(includingInternal: Bool) -> JSONValue {
        var object = JSONObject()
        object["hashes"] = self.hashes
        object["createdOn"] = JSONValue(self.createdOn)
        object["createdBy"] = .string(self.createdBy)
        object["modifiedOn"] = JSONValue(self.modifiedOn)
        object["modifiedBy"] = .string(self.modifiedBy)
        if self.isVersion { object["isVersion"] = true }
        object["versionOf"] = self.versionOf.map { .string($0) }
        object["publishedBy"] = self.publishedBy.map { .string($0) }
        object["publishedOn"] = self.publishedOn.map { JSONValue($0) }
        object["remoteRepository"] = self.remoteRepository.map { .string($0) }
        object["txnId"] = self.txnId.map { JSONValue($0) }
        if includingInternal, !self.internalMetadata.isEmpty {
            object["internalMetadata"] = .object(self.internalMetadata)
        }
        return .object(object)
    }
}
