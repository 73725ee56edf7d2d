package import Coyote

/// A client's answer to a challenge of digest authentication: shows that it knows the password, without telling it.
///
/// Source: RFC 7616 §3.4.1.
package struct DigestProof: Sendable, Equatable {
    package var username: String
    package var realm: String
    package var nonce: String
    package var nonceCount: String
    package var clientNonce: String
    package var qop: String
    /// What the client computed, in lower-case hexadecimal digits.
    package var response: String
    /// H(A2), the digest of method and URI, in hexadecimal digits.
    package var methodDigest: String
    package var function: HashFunction

    package init(username: String, realm: String, nonce: String, function: HashFunction) {
        self.username = username
        self.realm = realm
        self.nonce = nonce
        self.nonceCount = ""
        self.clientNonce = ""
        self.qop = "auth"
        self.response = ""
        self.methodDigest = ""
        self.function = function
    }

    /// H(A1): the digest of user, realm and password.
    package func userDigest(password: String, charset: Charset) -> String {
        HexText.encode(self.function.hash(charset.encode("\(self.username):\(self.realm):\(password)")))
    }

    /// Whether the client's response is the one that follows from H(A1).
    package func isProof(of userDigest: String, charset: Charset) -> Bool {
        let text =
            "\(userDigest.lowercased()):\(self.nonce):\(self.nonceCount):\(self.clientNonce):\(self.qop):"
            + self.methodDigest
        return ConstantTime.areEqual(
            HexText.encode(self.function.hash(charset.encode(text))),
            self.response.lowercased()
        )
    }
}
