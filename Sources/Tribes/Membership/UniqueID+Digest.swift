import COpenSSL

extension UniqueID {
    /// The MD5 digest of a text, for ids that every node computes alike; it protects nothing.
    package init(digestOf text: String) {
        let input = Array(text.utf8)
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        let isDone = EVP_Digest(input, input.count, &digest, nil, EVP_md5(), nil) == 1
        guard isDone, let id = UniqueID(bytes: digest) else { preconditionFailure("libcrypto has no MD5") }
        self = id
    }
}
