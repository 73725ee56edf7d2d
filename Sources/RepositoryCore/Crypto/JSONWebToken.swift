import COpenSSL

/// A signed assertion of who its bearer is (RFC 7519), read but not yet believed.
package struct JSONWebToken: Sendable {
    package let claims: JSONObject
    private let algorithm: String
    private let signedText: [UInt8]
    private let signature: [UInt8]

    /// Longest life that a token may claim, and how far clocks may disagree on its beginning; milliseconds.
    private static let lifetimeMaximum: Int64 = 3_600_000
    private static let notBeforeSkew: Int64 = 300_000

    /// Nil for text that is not three parts of Base64 with JSON in the first two.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        guard parts.count == 3, let header = Base64.decode(parts[0]), let payload = Base64.decode(parts[1]),
            let signature = Base64.decode(parts[2]), let algorithm = (try? JSONValue(parsing: header))?["alg"]?.string,
            let claims = (try? JSONValue(parsing: payload))?.object
        else { return nil }
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        self.signedText = Array("\(parts[0]).\(parts[1])".utf8)
    }

    package var issuer: String? { self.claims["iss"]?.string }
    package var id: String? { self.claims["jti"]?.string }

    package func isSigned(by key: JSONWebKey) -> Bool {
        switch self.algorithm {
        case "RS256": key.verifies(self.signature, of: self.signedText, by: EVP_sha256())
        case "RS384": key.verifies(self.signature, of: self.signedText, by: EVP_sha384())
        case "RS512": key.verifies(self.signature, of: self.signedText, by: EVP_sha512())
        default: false
        }
    }

    /// Whether time, subject and audience admit the token.
    package func isTimely(at milliseconds: Int64, audiences: [String]) -> Bool {
        guard let issuer, let expiry = Self.milliseconds(self.claims["exp"]), expiry > milliseconds,
            expiry <= milliseconds + Self.lifetimeMaximum
        else { return false }
        if let start = self.claims["nbf"] {
            guard let start = Self.milliseconds(start), start - Self.notBeforeSkew <= milliseconds else { return false }
        }
        if let subject = self.claims["sub"], subject.string != issuer { return false }
        guard let audience = self.claims["aud"] else { return true }
        let named = audience.string.map { [$0] } ?? audience.strings ?? []
        return named.contains { audiences.contains($0) }
    }

    private static func milliseconds(_ claim: JSONValue?) -> Int64? {
        guard let seconds = claim?.number?.double, abs(seconds) < 1e15 else { return nil }
        return Int64(seconds * 1000)
    }
}
