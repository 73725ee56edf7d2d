/// An object's own lists of readers and writers; an absent list is inherited, an empty one admits only admin.
package struct AccessControlList: Sendable, Equatable {
    package var readers: [String]?
    package var writers: [String]?
    package var payloadReaders: [String]?

    package init(readers: [String]? = nil, writers: [String]? = nil, payloadReaders: [String]? = nil) {
        self.readers = readers
        self.writers = writers
        self.payloadReaders = payloadReaders
    }

    /// - Throws: `Invalid ACL format` for anything but an object whose lists are arrays of strings.
    package init(json: JSONValue) throws(RepositoryError) {
        guard let object = json.object else { throw Self.invalidFormat }
        self.readers = try Self.list(object["readers"])
        self.writers = try Self.list(object["writers"])
        self.payloadReaders = try Self.list(object["payloadReaders"])
    }

    package static let invalidFormat = RepositoryError.badRequest("Invalid ACL format")

    private static func list(_ value: JSONValue?) throws(RepositoryError) -> [String]? {
        guard let value, value != .null else { return nil }
        guard let strings = value.strings else { throw Self.invalidFormat }
        return strings
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["readers"] = self.readers.map { JSONValue(strings: $0) }
        object["writers"] = self.writers.map { JSONValue(strings: $0) }
        object["payloadReaders"] = self.payloadReaders.map { JSONValue(strings: $0) }
        return .object(object)
    }
}
