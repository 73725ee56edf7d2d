/// What a client sends to create or change an object.
package struct ObjectInput: Sendable {
    package var type: String?
    /// New content; nil keeps the old one on update.
    package var content: JSONValue?
    /// Place in the old content that `content` replaces; nil replaces all of it.
    package var pointer: JSONPointer?
    package var acl: AccessControlList?
    package var userMetadata: JSONValue?
    package var uploads: [PayloadUpload] = []
    package var payloadsToDelete: [String] = []
    /// Complete id wanted for a new object.
    package var handle: String?
    /// Part of the id after the prefix.
    package var suffix: String?
    package var isDryRun = false

    package init(type: String? = nil, content: JSONValue? = nil) {
        self.type = type
        self.content = content
    }

    /// - Throws: 400 for a payload without name and for one named twice.
    func checkUploads() throws(RepositoryError) {
        var names: Set<String> = []
        for upload in self.uploads {
            guard !upload.payload.name.isEmpty else { throw .badRequest("Payload without name") }
            guard names.insert(upload.payload.name).inserted else {
                throw .badRequest("Duplicate payload \(upload.payload.name)")
            }
        }
    }
}
