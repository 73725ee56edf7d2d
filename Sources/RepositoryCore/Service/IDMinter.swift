/// Makes ids below a prefix.
enum IDMinter {
    private static let size = 10

    /// The id that belongs to a value: the first bytes of its SHA-1.
    static func id(prefix: String, seed: String) -> ObjectID {
        ObjectID("\(prefix)/\(Hex.encode(MessageDigest.sha1.hash(seed.utf8).prefix(self.size)))")
    }

    static func randomID(prefix: String, entropy: any EntropySource) -> ObjectID {
        ObjectID("\(prefix)/\(Hex.encode(entropy.bytes(self.size)))")
    }
}
