import Coyote
package import NIOCore
import ServletAPI

/// What a client asked for before it had to log in.
///
/// Bound: the body, by the connector's `maxSavePostSize`; the fields, by its `maxHttpHeaderSize`.
/// Source: `org.apache.catalina.authenticator.SavedRequest`.
package struct SavedRequest: Sendable {
    /// The note under which a session keeps it.
    package static let noteName = "org.apache.catalina.authenticator.REQUEST"

    package var requestURI: String
    /// The decoded, normalised path.
    package var decodedURI: String
    package var queryString: String?
    package var method: String
    package var headers: [(name: String, value: String)] = []
    package var contentType: String?
    /// `nil` without a body.
    package var body: ByteBuffer?
    /// Seconds the session may be idle after the login, if they were shortened until then.
    package var maxInactiveInterval: Int?

    /// A plain request for a page.
    init(page: String) { self.init(requestURI: page, decodedURI: page, method: "GET") }

    /// A request without anything that need not be there.
    package init(requestURI: String, decodedURI: String, method: String) {
        self.requestURI = requestURI
        self.decodedURI = decodedURI
        self.method = method
    }

    /// Takes over a request, reading its body.
    ///
    /// - Returns: `nil` if the body is larger than the connector's `maxSavePostSize`.
    /// - Throws: what reading the body throws.
    init?(_ request: Request) async throws {
        self.requestURI = request.requestURI
        self.decodedURI = request.decodedPath
        self.queryString = request.queryString
        self.method = request.method
        for name in request.headerNames {
            self.headers += request.headers(name).map { (name, $0) }
        }
        try await request.acknowledge()
        let limit = request.connector.settings.maxSavePostSize
        guard limit != 0 else { return }
        var body = ByteBuffer()
        while var piece = try await request.input.readBuffer(upTo: .max) {
            body.writeBuffer(&piece)
            if limit > 0, body.readableBytes > limit { return nil }
        }
        if body.readableBytes > 0 {
            self.body = body
            self.contentType = request.contentType
        }
    }

    /// Where the client is sent after the login.
    var location: String {
        var text = Substring(self.requestURI + (self.queryString.map { "?" + $0 } ?? ""))
        // Two slashes would make the first segment a host.
        while text.hasPrefix("//") { text = text.dropFirst() }
        return String(text)
    }

    /// Makes a request what this one was, apart from its target, which must be the same already.
    func restore(in request: Request) async throws {
        while try await request.input.readBuffer(upTo: .max) != nil {}
        let coyote = request.coyote
        // These lie in the head that is about to go.
        coyote.requestURI = coyote.requestURI
        coyote.queryString = coyote.queryString
        let isCacheable = self.method == "GET" || self.method == "HEAD"
        // The browser does not expect an answer to its old conditions now.
        let conditions: Set<String> = isCacheable ? ["if-modified-since", "if-none-match"] : ["if-modified-since"]
        var headers = self.headers.filter { !conditions.contains($0.name.lowercased()) }
        if self.body != nil, self.contentType == nil, self.method == "POST" {
            headers.append(("content-type", "application/x-www-form-urlencoded"))
        }
        coyote.headers.replaceAll(headers)
        coyote.method = self.method
        coyote.isChunked = false
        coyote.contentLength = self.body.map { Int64($0.readableBytes) } ?? -1
        request.forgetParsedHead()
        request.input.replace(with: self.body ?? ByteBuffer())
    }
}

extension Request {
    /// Lets a client that waits for it send the body.
    func acknowledge() async throws {
        guard self.coyote.expectsContinue else { return }
        do { try await self.coyote.acknowledgeExpectation() } catch { throw OutputBuffer.failure(error) }
    }

    /// Forgets what was worked out from fields and body.
    fileprivate func forgetParsedHead() {
        self.areCookiesKnown = true
        self.parsedCookies = nil
        self.parsedLocales = nil
        self.parsedParameters = nil
        self.parsedParts = nil
        self.ownCharacterEncoding = nil
    }
}
