/// What a TLS connection tells the container about itself.
///
/// Tomcat counterpart: `org.apache.tomcat.util.net.SSLSupport`; servlets see it as the request attributes
/// `jakarta.servlet.request.cipher_suite`, `.key_size`, `.ssl_session_id`, `.X509Certificate` and
/// `.secure_protocol`.
package struct SSLSupport: Sendable, Equatable {
    /// `TLSv1.3` and the like.
    package var protocolName: String
    /// The suite's standard name, `TLS_AES_256_GCM_SHA384`.
    package var cipherSuite: String
    /// In bits.
    package var keySize: Int
    /// In lower-case hexadecimal.
    package var sessionID: String
    /// DER, the client's own certificate first; empty when it sent none.
    package var peerCertificates: [[UInt8]]
    /// The protocol agreed by ALPN, or nil.
    package var applicationProtocol: String?
    /// The host name that the client asked for by SNI, or nil.
    package var serverName: String?

    package init(
        protocolName: String,
        cipherSuite: String,
        keySize: Int,
        sessionID: String,
        peerCertificates: [[UInt8]] = []
    ) {
        self.protocolName = protocolName
        self.cipherSuite = cipherSuite
        self.keySize = keySize
        self.sessionID = sessionID
        self.peerCertificates = peerCertificates
    }
}
