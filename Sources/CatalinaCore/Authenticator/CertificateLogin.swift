import Coyote
import ServletAPI

/// `CLIENT-CERT`: the certificate that the client showed when its TLS connection was made.
///
/// Source: Servlet 6.0 §13.6.4; `org.apache.catalina.authenticator.SSLAuthenticator` | differs from it in: a
/// connection without a certificate is not asked again for one; the connector must ask for it in the handshake.
struct CertificateLogin: LoginMethod {
    var name: String { "CLIENT_CERT" }

    func authenticate(
        _ request: Request,
        _ response: Response,
        _ base: AuthenticatorValve
    ) async throws -> LoginOutcome {
        if try await base.isKnown(request, checksPasswords: false) { return .passed }
        let chain = (request.coyote.sslSupport?.peerCertificates ?? []).compactMap { PeerCertificate(der: $0) }
        guard !chain.isEmpty else {
            try await response.sendError(401, "No client certificate chain in this request")
            return .answered
        }
        guard let principal = await request.context?.realm?.authenticate(certificates: chain) else {
            try await response.sendError(401, "Cannot authenticate with the provided credentials")
            return .answered
        }
        try await base.register(request, principal, method: self.name)
        return .passed
    }
}
