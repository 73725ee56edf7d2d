import Coyote
import Modeler

/// A realm that holds something stored for each user, and can compare passwords with it.
///
/// Source: `org.apache.catalina.realm.RealmBase`.
package protocol StoredPasswordRealm: Realm, CredentialUser {
    var credentialHandler: any CredentialHandler { get }
    /// What is stored for a user; `nil` if there is none of that name.
    func storedPassword(of username: String) async -> String?
}

extension StoredPasswordRealm {
    package func authenticate(_ username: String, _ password: String) async -> RealmPrincipal? {
        let stored = await self.storedPassword(of: username)
        guard await self.credentialHandler.verify(password, stored: stored) else { return nil }
        return await self.principal(username)
    }

    /// Passwords must be stored in clear, or as the digest of `user:realm:password` by the very function in use.
    package func authenticate(digest proof: DigestProof) async -> RealmPrincipal? {
        guard let stored = await self.storedPassword(of: proof.username) else { return nil }
        let handler = (self.credentialHandler as? MessageDigestCredentialHandler)?.configuration
        let charset = handler?.encoding ?? .isoLatin1
        let userDigest =
            handler?.algorithm == proof.function ? stored : proof.userDigest(password: stored, charset: charset)
        guard proof.isProof(of: userDigest, charset: charset) else { return nil }
        return await self.principal(proof.username)
    }

    package func authenticate(certificates: [PeerCertificate]) async -> RealmPrincipal? {
        guard let own = certificates.first else { return nil }
        let now = WallClock.milliseconds() / 1000
        if self.settings.validate, !certificates.allSatisfy({ $0.isValid(at: now) }) { return nil }
        return await self.principal(own.subjectName)
    }
}
