/// What an object says of one of its payloads; the bytes are the storage's.
package struct Payload: Sendable, Equatable {
    package var name: String
    package var filename: String?
    package var mediaType: String?
    /// Bytes.
    package var size: Int64

    package init(name: String, filename: String? = nil, mediaType: String? = nil, size: Int64) {
        self.name = name
        self.filename = filename
        self.mediaType = mediaType
        self.size = size
    }

    /// Nil where the name is missing.
    package init?(json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.name = name
        self.filename = json["filename"]?.string
        self.mediaType = json["mediaType"]?.string
        self.size = json["size"]?.int64 ?? 0
    }

    package var json: JSONValue {
        var object: JSONObject = ["name": .string(self.name)]
        object["filename"] = self.filename.map { .string($0) }
        object["mediaType"] = self.mediaType.map { .string($0) }
        object["size"] = JSONValue(self.size)
        return .object(object)
    }
}

/// Bytes on their way into storage.
package struct PayloadUpload: Sendable {
    package enum Source: Sendable {
        case bytes([UInt8])
        /// A file that stays the caller's: storage copies or links it and leaves it in place.
        case file(path: String)
    }

    package var payload: Payload
    package var source: Source

    package init(payload: Payload, source: Source) {
        self.payload = payload
        self.source = source
    }
}
