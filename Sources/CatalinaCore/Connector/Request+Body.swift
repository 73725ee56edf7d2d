import Coyote
import NIOCore
package import ServletAPI

extension Request {
    package var cookies: [Cookie] {
        guard self.areCookiesKnown else { return [] }
        if let cookies = self.parsedCookies { return cookies }
        var cookies: [Cookie] = []
        do {
            cookies = try self.cookieProcessor.parse(self.coyote.headers, limit: -1)
        } catch {
            self.context?.logger.error("cookies", "Cookies that had been accepted could not be read", error)
        }
        self.parsedCookies = cookies
        return cookies
    }

    /// Looks at the cookies, before the request enters the containers; most applications want no other than the session's.
    ///
    /// - Returns: why they are refused, `nil` if they are not.
    func parseCookies() -> String? {
        guard let first = self.coyote.firstCookieField else { return nil }
        do {
            self.sessionCookie = nil
            self.otherSessionCookies = []
            try self.cookieProcessor.find(
                self.facts?.tracking.cookieName ?? "",
                in: self.coyote.headers,
                from: first,
                limit: self.connector.settings.maxCookieCount
            ) { value in
                if self.sessionCookie == nil {
                    self.sessionCookie = value
                } else {
                    self.otherSessionCookies.append(value)
                }
            }
            self.areCookiesKnown = true
            return nil
        } catch {
            return error.message
        }
    }

    package var locales: [String] {
        if let locales = self.parsedLocales { return locales }
        let locales = AcceptLanguage.preferred(self.coyote.headers.all("accept-language"))
        self.parsedLocales = locales.isEmpty ? ["en"] : locales
        return self.parsedLocales ?? []
    }

    package var characterEncoding: String? {
        if let own = self.ownCharacterEncoding { return own }
        let found = self.contentType.flatMap { MediaType(parsing: $0)?.charset } ?? self.facts?.requestCharacterEncoding
        self.ownCharacterEncoding = .some(found)
        return found
    }

    package func setCharacterEncoding(_ name: String) throws {
        guard !self.usesReader, self.parsedParameters == nil else { return }
        guard Charset(name: name) != nil else { throw IllegalArgumentError("Unsupported encoding [\(name)]") }
        self.ownCharacterEncoding = .some(name)
    }

    package func inputStream() throws -> any ServletInputStream {
        if self.usesReader { throw IllegalStateError("getReader() has already been called for this request") }
        self.usesStream = true
        return self.input
    }

    package func reader() throws -> ServletReader {
        if self.usesStream { throw IllegalStateError("getInputStream() has already been called for this request") }
        self.usesReader = true
        let name = self.characterEncoding ?? "ISO-8859-1"
        guard let charset = Charset(name: name) else { throw IllegalArgumentError("Unsupported encoding [\(name)]") }
        return ServletReader(self.input) { charset.decode($0) }
    }

    package func parameters() async -> ServletAPI.Parameters {
        let own = await self.ownParameters()
        return self.dispatch.queries.isEmpty ? own : self.adding(self.dispatch.queries, to: own)
    }

    /// The parameters that the client sent.
    private func ownParameters() async -> ServletAPI.Parameters {
        if let parameters = self.parsedParameters { return parameters }
        var parser = RequestParameters(limit: self.connector.settings.maxParameterCount)
        let bodyCharset = self.bodyCharset ?? .isoLatin1
        let queryCharset =
            self.connector.settings.useBodyEncodingForURI
            ? bodyCharset : (Charset(name: self.connector.settings.uriEncoding) ?? .utf8)
        if let query = self.coyote.queryString { parser.add(query, charset: queryCharset) }
        // A body that someone reads as a stream is theirs.
        if self.parsedParts != nil || self.partsError != nil || !self.usesStream && !self.usesReader {
            await self.addBodyParameters(to: &parser, bodyCharset)
        }
        let parameters = parser.parameters
        self.parsedParameters = parameters
        if let failure = parser.failure {
            self.attributes["org.apache.catalina.parameter_parse_failed"] = true
            self.attributes["org.apache.catalina.parameter_parse_failed_reason"] = failure.rawValue
        }
        return parameters
    }

    /// The client's parameters if they have been worked out already; never reads the body.
    package var parametersIfParsed: ServletAPI.Parameters? { self.parsedParameters }

    /// Parameters of dispatchers' queries, the innermost first, before those that the client sent.
    ///
    /// They are in the request's charset, and there may be as many as the application likes.
    private func adding(_ queries: [String], to own: ServletAPI.Parameters) -> ServletAPI.Parameters {
        let charset = self.bodyCharset ?? .utf8
        var parser = RequestParameters(limit: -1)
        for query in queries { parser.add(query, charset: charset) }
        var merged = parser.parameters
        for name in own.names { for value in own.all(name) { merged.append(name, value) } }
        return merged
    }

    /// The request's charset, or the application's if nobody knows it; `nil` if neither says.
    private var bodyCharset: Charset? {
        self.characterEncoding.flatMap { Charset(name: $0) }
            ?? self.facts?.requestCharacterEncoding.flatMap { Charset(name: $0) }
    }

    private func addBodyParameters(to parser: inout RequestParameters, _ charset: Charset) async {
        guard let type = self.contentType.map({ (MediaType(parsing: $0)?.essence ?? $0) }) else { return }
        if type == "multipart/form-data" {
            await self.addPartParameters(to: &parser)
            return
        }
        guard type == "application/x-www-form-urlencoded", self.connector.parsesBody(of: self.method) else { return }
        let limit = self.connector.settings.maxPostSize
        if limit >= 0, self.contentLength > Int64(limit) {
            self.refuseRest()
            parser.fail(.postTooLarge)
            return
        }
        var body = ByteBuffer()
        do {
            while var piece = try await self.input.readBuffer(upTo: .max) {
                body.writeBuffer(&piece)
                if limit >= 0, body.readableBytes > limit {
                    self.refuseRest()
                    parser.fail(.postTooLarge)
                    return
                }
            }
        } catch {
            parser.fail(
                (error as? BodyReadError)?.cause.code == .clientAbort ? .clientDisconnect : .requestBodyIncomplete
            )
            return
        }
        parser.add(bytes: body.readableBytesView, charset: charset)
    }

    /// Ends the connection with the answer where the rest of a refused body is not to be read.
    func refuseRest() {
        guard self.context?.configuration.swallowAbortedUploads == false else { return }
        self.response.coyote.closesConnection = true
    }

    private func addPartParameters(to parser: inout RequestParameters) async {
        guard self.wrapper?.multipartConfig != nil || self.context?.configuration.allowCasualMultipartParsing == true
        else { return }
        do {
            for part in try await self.parts() where part.submittedFileName == nil {
                let charset = self.characterEncoding.flatMap { Charset(name: $0) } ?? .utf8
                parser.append(part.name, charset.decode(try await part.bytes()))
            }
        } catch {
            parser.fail(self.partsFailure ?? .unknown)
        }
    }
}

extension Request {
    private static let defaultCookieProcessor = CookieProcessor()

    /// The cookie rules of the request's application.
    var cookieProcessor: CookieProcessor { self.facts?.cookieProcessor ?? Self.defaultCookieProcessor }
}
