/// What an object's schema says about its index entry beyond the content itself.
package struct IndexHints: Sendable, Equatable {
    /// Ids that the content refers to.
    package var pointsAt: [String] = []
    package var username: String?
    /// Members, where the object is a group.
    package var users: [String] = []
    /// Name of the type that the object defines, where it is a schema object.
    package var schemaName: String?
    package var javaScriptModuleNames: [String] = []
    /// Further field for the leaf at a pointer.
    package var altFieldNames: [JSONPointer: String] = [:]
    /// Extracted text of payloads by name.
    package var payloadTexts: [(name: String, text: String)] = []
    /// Further field for a payload's text.
    package var altPayloadFieldNames: [String: String] = [:]

    package init() {}

    package static func == (left: IndexHints, right: IndexHints) -> Bool {
        left.pointsAt == right.pointsAt && left.username == right.username && left.users == right.users
            && left.schemaName == right.schemaName && left.javaScriptModuleNames == right.javaScriptModuleNames
            && left.altFieldNames == right.altFieldNames && left.altPayloadFieldNames == right.altPayloadFieldNames
            && left.payloadTexts.elementsEqual(right.payloadTexts) { $0 == $1 }
    }
}
