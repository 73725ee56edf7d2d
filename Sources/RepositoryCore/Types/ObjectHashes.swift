/// Hashes by which a copy of an object can be checked: SHA-256 over canonical JSON.
package enum ObjectHashes {
    package static func text(of value: JSONValue) -> String {
        Hex.encode(MessageDigest.sha256.hash(value.canonicalText.utf8))
    }

    /// `metadata.hashes` of an object in its final state.
    ///
    /// The full hash is of the whole object, where metadata is replaced by the hashes of its payloads alone.
    static func json(of object: DigitalObject, payloads: [(name: String, hash: String)]) -> JSONValue {
        var hashes: JSONObject = ["alg": "SHA-256", "content": .string(self.text(of: object.content))]
        if let userMetadata = object.userMetadata { hashes["userMetadata"] = .string(self.text(of: userMetadata)) }
        var metadata = JSONObject()
        if !payloads.isEmpty {
            let list = JSONObject(payloads.map { (key: $0.name, value: JSONValue.string($0.hash)) })
            hashes["payloads"] = .object(list)
            metadata["hashes"] = ["payloads": .object(list)]
        }
        var full = object.json
        full["metadata"] = .object(metadata)
        hashes["full"] = .string(self.text(of: full))
        return .object(hashes)
    }
}
