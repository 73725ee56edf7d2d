import Coyote
import Modeler
import ServletAPI
import Synchronization

/// `DIGEST`: the client shows that it knows the password, without sending it.
///
/// A nonce is a time and its digest with the client's address and a secret, so that one which this server made can
/// be told without a table; the table is there to notice counts that come twice.
/// Isolation: any thread.
/// Source: RFC 7616; `org.apache.catalina.authenticator.DigestAuthenticator`.
final class DigestLogin: LoginMethod {
    private static let log = CategoryLogger("org.apache.catalina.authenticator.DigestAuthenticator")
    /// Between two warnings about a full table.
    private static let warningInterval: Int64 = 300 * 1_000_000_000

    private struct State {
        var nonces: NonceTable
        var lastWarning: Int64?
    }

    private let settings: AuthenticatorConfiguration.Digest
    private let key: String
    private let opaque: String
    private let state: Mutex<State>
    /// Nanoseconds of a clock that never goes back.
    private let now: @Sendable () -> Int64

    init(
        _ settings: AuthenticatorConfiguration.Digest,
        now: @escaping @Sendable () -> Int64 = MonotonicClock.now,
        random: (Int) -> [UInt8] = RandomBytes.make
    ) {
        self.settings = settings
        self.key = settings.key ?? HexText.encode(random(16)).uppercased()
        self.opaque = settings.opaque ?? HexText.encode(random(16)).uppercased()
        self.state = Mutex(
            State(nonces: NonceTable(capacity: settings.nonceCacheSize, windowSize: settings.nonceCountWindowSize))
        )
        self.now = now
    }

    var name: String { "DIGEST" }

    func canLogInUnasked(_ request: Request) -> Bool { self.hasCredentials(request, for: "digest") }

    func authenticate(
        _ request: Request,
        _ response: Response,
        _ base: AuthenticatorValve
    ) async throws -> LoginOutcome {
        if try await base.isKnown(request, checksPasswords: false) { return .passed }
        var isStale = false
        if let field = request.header("authorization"), let credentials = DigestCredentials(parsing: field),
            let answer = self.validate(credentials, request, base),
            let principal = await request.context?.realm?.authenticate(digest: answer.proof)
        {
            guard answer.isStale else {
                try await base.register(request, principal, method: self.name, username: credentials["username"])
                return .passed
            }
            isStale = true
        }
        self.challenge(request, response, realmName: base.realmName, isStale: isStale)
        try await response.sendError(401)
        return .answered
    }

    // MARK: Challenge

    private func challenge(_ request: Request, _ response: Response, realmName: String, isStale: Bool) {
        let nonce = self.makeNonce(for: request.remoteAddr)
        for (index, algorithm) in self.settings.algorithms.enumerated() {
            var text = "Digest realm=\"\(realmName)\", qop=\"auth\", nonce=\"\(nonce)\", opaque=\"\(self.opaque)\""
            if isStale { text += ", stale=true" }
            text += ", algorithm=\(algorithm.rawValue)"
            if index == 0 {
                response.setHeader("WWW-Authenticate", text)
            } else {
                response.addHeader("WWW-Authenticate", text)
            }
        }
    }

    private func makeNonce(for address: String) -> String {
        let now = self.now()
        let validity = self.validityNanoseconds
        let (nonce, isWarning) = self.state.withLock { state in
            let time = state.nonces.uniqueTime(now)
            let nonce = "\(time):" + self.signature(address, time)
            guard let dropped = state.nonces.insert(nonce, time: time), now - dropped < validity,
                state.lastWarning.map({ now - $0 >= Self.warningInterval }) ?? true
            else { return (nonce, false) }
            state.lastWarning = now
            return (nonce, true)
        }
        if isWarning {
            Self.log.warning(
                "generateNonce",
                "A valid entry has been removed from client nonce cache to make room for new entries. A replay attack"
                    + " is now possible. To prevent the possibility of replay attacks, reduce nonceValidity or increase"
                    + " nonceCacheSize. Further warnings of this type will be suppressed for 5 minutes."
            )
        }
        return nonce
    }

    private func signature(_ address: String, _ time: Int64) -> String {
        HexText.encode(HashFunction.sha256.hash(Charset.isoLatin1.encode("\(address):\(time):\(self.key)")))
    }

    private var validityNanoseconds: Int64 {
        let (nanoseconds, isTooMuch) = self.settings.nonceValidity.multipliedReportingOverflow(by: 1_000_000)
        return isTooMuch ? .max : nanoseconds
    }

    // MARK: Answer

    private struct Answer {
        let proof: DigestProof
        /// Whether the nonce is too old to be accepted, so that the client shall try again with a new one.
        let isStale: Bool
    }

    /// What is to be proved to the realm, if everything that surrounds the proof is right.
    private func validate(
        _ credentials: DigestCredentials,
        _ request: Request,
        _ base: AuthenticatorValve
    ) -> Answer? {
        guard let username = credentials["username"], let realm = credentials["realm"],
            let nonce = credentials["nonce"], let uri = credentials["uri"], let response = credentials["response"],
            !self.settings.validateUri || self.isTarget(uri, of: request),
            realm == base.realmName, credentials["opaque"] == self.opaque
        else { return nil }
        guard credentials["qop"] == "auth", let clientNonce = credentials["cnonce"],
            let countText = credentials["nc"], (6...8).contains(countText.utf8.count),
            let count = Int(countText, radix: 16)
        else { return nil }
        let algorithm = credentials["algorithm"].flatMap(DigestAlgorithm.init(rawValue:)) ?? .md5
        guard let isStale = self.use(nonce, count, for: request.remoteAddr),
            self.settings.algorithms.contains(algorithm)
        else { return nil }
        var proof = DigestProof(username: username, realm: realm, nonce: nonce, function: algorithm.function)
        proof.nonceCount = countText
        proof.clientNonce = clientNonce
        proof.response = response
        proof.methodDigest = HexText.encode(
            algorithm.function.hash(Charset.isoLatin1.encode("\(request.method):\(uri)"))
        )
        return Answer(proof: proof, isStale: isStale)
    }

    /// Checks and uses up a count of a nonce.
    ///
    /// - Returns: whether the nonce is too old; `nil` if the credentials are not to be accepted at all.
    private func use(_ nonce: String, _ count: Int, for address: String) -> Bool? {
        guard let colon = nonce.firstIndex(of: ":"), let time = Int64(nonce[..<colon]),
            ConstantTime.areEqual(self.signature(address, time), nonce[nonce.index(after: colon)...].lowercased())
        else { return nil }
        let isOld = self.now() &- time > self.validityNanoseconds
        let verdict = self.state.withLock { state in
            if isOld { state.nonces.remove(nonce) }
            return state.nonces.accept(count, of: nonce)
        }
        guard let verdict else { return true }
        return verdict ? isOld : nil
    }

    /// Whether the URI in the credentials is the one that was asked for, or that with scheme and host before it.
    private func isTarget(_ uri: String, of request: Request) -> Bool {
        let target = request.requestURI + (request.queryString.map { "?" + $0 } ?? "")
        if uri == target { return true }
        guard let host = request.header("host"), !target.hasPrefix(request.scheme) else { return false }
        return uri == request.scheme + "://" + host + target
    }
}
