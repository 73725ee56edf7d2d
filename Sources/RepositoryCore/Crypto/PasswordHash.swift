/// A secret as it is kept: PBKDF2 over a random salt.
///
/// Stored hexadecimal as `hash`, `salt`, `iterations` and `algorithm`; hashes of old releases have neither
/// algorithm nor iterations and took 2,048.
package struct PasswordHash: Sendable, Equatable {
    static let algorithm = "PBKDF2WithHmacSHA1"
    private static let iterations = 10_000
    private static let legacyIterations = 2048
    private static let keySize = 32
    private static let saltSize = 16

    let hash: [UInt8]
    let salt: [UInt8]
    let iterations: Int

    /// What the password of an unknown user is compared with; no secret is known to make it.
    static let decoy = PasswordHash(
        hash: [UInt8](repeating: 0, count: keySize),
        salt: [UInt8](repeating: 0, count: saltSize)
    )

    private init(hash: [UInt8], salt: [UInt8]) {
        self.hash = hash
        self.salt = salt
        self.iterations = Self.iterations
    }

    /// Computes for long: see ``PasswordThreads``.
    package init(of secret: String, entropy: any EntropySource) {
        self.salt = entropy.bytes(Self.saltSize)
        self.iterations = Self.iterations
        self.hash = MessageDigest.sha1.derivedKey(
            password: secret,
            salt: self.salt,
            iterations: self.iterations,
            count: Self.keySize
        )
    }

    /// Nil where the members are missing or malformed.
    package init?(json: JSONObject, prefix: String = "") {
        guard let hash = json[prefix + "hash"]?.string.flatMap({ Hex.decode($0) }), !hash.isEmpty,
            let salt = json[prefix + "salt"]?.string.flatMap({ Hex.decode($0) })
        else { return nil }
        self.hash = hash
        self.salt = salt
        self.iterations = json[prefix + "iterations"]?.int64.flatMap { Int(exactly: $0) } ?? Self.legacyIterations
    }

    package func store(in json: inout JSONObject, prefix: String = "") {
        json[prefix + "hash"] = .string(Hex.encode(self.hash))
        json[prefix + "salt"] = .string(Hex.encode(self.salt))
        json[prefix + "iterations"] = JSONValue(self.iterations)
        json[prefix + "algorithm"] = .string(Self.algorithm)
    }

    package static func remove(from json: inout JSONObject, prefix: String = "") {
        for name in ["hash", "salt", "iterations", "algorithm"] { json[prefix + name] = nil }
    }

    /// Computes for long: see ``PasswordThreads``.
    package func matches(_ secret: String) -> Bool {
        let derived = MessageDigest.sha1.derivedKey(
            password: secret,
            salt: self.salt,
            iterations: self.iterations,
            count: self.hash.count
        )
        return zip(derived, self.hash).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
