import Coyote
import NIOCore
import ServletAPI

extension Response {
    package var contentType: String? {
        get {
            guard let mediaType = self.mediaType else { return nil }
            guard self.isCharsetVisible, let charset = self.charset else { return mediaType }
            return WrittenContentType(mediaType: mediaType, charset: charset).text
        }
        set {
            guard self.includes == 0, !self.isCommitted else { return }
            guard let newValue else {
                self.mediaType = nil
                self.charset = nil
                self.isCharsetVisible = false
                self.coyote.contentType = nil
                return
            }
            if self.namedContentType?.text != newValue { self.namedContentType = NamedContentType(newValue) }
            self.mediaType = self.namedContentType?.mediaType
            if let charset = self.namedContentType?.charset, !self.usesWriter { self.choose(charset) }
            self.syncContentType()
        }
    }

    package var characterEncoding: String {
        self.charset ?? self.request.facts?.responseCharacterEncoding ?? "ISO-8859-1"
    }

    package func setCharacterEncoding(_ name: String) {
        guard self.includes == 0, !self.isCommitted, !self.usesWriter else { return }
        self.choose(name)
        self.syncContentType()
    }

    /// Takes the application's word for the charset; one that nobody knows is not sent.
    private func choose(_ charset: String) {
        self.charset = charset
        self.isCharsetVisible = Charset(name: charset) != nil
    }

    func syncContentType() {
        guard let mediaType = self.mediaType, self.isCharsetVisible, let charset = self.charset else {
            self.coyote.contentType = self.mediaType
            return
        }
        if self.writtenContentType?.mediaType != mediaType || self.writtenContentType?.charset != charset {
            self.writtenContentType = WrittenContentType(mediaType: mediaType, charset: charset)
        }
        self.coyote.contentType = self.writtenContentType?.text
    }

    /// Last touch before the head goes out.
    func prepareHead() {
        guard !self.isHeadSent else { return }
        self.coyote.contentLanguage = self.language
    }

    package func sendFile(_ path: String, offset: Int64, length: Int64) async throws {
        guard !self.isSuspended, length > 0 else { return }
        self.prepareHead()
        try await self.output.drain()
        let file: NIOFileHandle
        do {
            file = try Self.open(path)
        } catch {
            throw ServletError("The file [\(path)] could not be opened", rootCause: error)
        }
        defer { self.close(file) }
        self.output.markCommitted()
        do {
            try await self.coyote.writeFile(file, offset: offset, length: length)
        } catch {
            throw OutputBuffer.failure(error)
        }
    }

    /// Opening takes a look-up of the path only; the bytes are read by the kernel while they are sent.
    private static func open(_ path: String) throws -> NIOFileHandle {
        try NIOFileHandle(_deprecatedPath: path, mode: .read)
    }

    private func close(_ file: NIOFileHandle) {
        do {
            try file.close()
        } catch {
            CategoryLogger("org.apache.catalina.connector.Response").warning(
                "sendFile",
                "A file could not be closed: \(error)"
            )
        }
    }

    // MARK: Session tracking

    package func encodeURL(_ url: String) -> String {
        let absolute = self.absolute(url)
        guard self.isEncodeable(absolute), let id = self.request.sessionIfPresent?.idInternal else { return url }
        if url.isEmpty { return self.insert(id, into: absolute) }
        return self.insert(id, into: url)
    }

    package func encodeRedirectURL(_ url: String) -> String { self.encodeURL(url) }

    /// A location made absolute against the current request.
    package func absolute(_ location: String) -> String {
        if location.hasPrefix("//") { return self.request.scheme + ":" + location }
        if URIReference.isAbsolute(location) { return location }
        let base = self.request.origin
        if location.hasPrefix("/") { return base + location }
        let uri = self.request.requestURI
        let folder = uri.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(uri[...$0]) } ?? "/"
        return base + RequestPath.resolveDots(folder + location)
    }

    private func isEncodeable(_ absolute: String) -> Bool {
        guard let context = self.request.facts, context.tracking.usesURLs, !absolute.hasPrefix("#"),
            self.request.sessionIfPresent?.isValid == true, !self.request.isRequestedSessionIdFromCookie
        else { return false }
        let request = self.request
        var candidates = [request.origin]
        if request.hasDefaultPort { candidates.append(request.origin + ":\(request.serverPort)") }
        guard let base = candidates.last(where: { self.starts(absolute, with: $0) }) else { return false }
        let path = absolute.dropFirst(base.count)
        let contextPath = context.path
        guard contextPath.isEmpty || path.hasPrefix(contextPath) else { return false }
        return !path.contains(";\(context.tracking.parameterName)=" + (request.sessionIfPresent?.idInternal ?? ""))
    }

    private func starts(_ url: String, with origin: String) -> Bool {
        guard url.lowercased().hasPrefix(origin.lowercased()) else { return false }
        let rest = url.dropFirst(origin.count).first
        return rest == nil || rest == "/" || rest == "?" || rest == "#"
    }

    private func insert(_ id: String, into url: String) -> String {
        let name = self.request.facts?.tracking.parameterName ?? "jsessionid"
        let end = url.firstIndex { $0 == "?" || $0 == "#" } ?? url.endIndex
        let path = url[..<end]
        guard !path.isEmpty else { return url }
        return path + ";" + name + "=" + id + url[end...]
    }
}

extension Response {
    /// Commits an answer without a body and without a length, as Tomcat's mapper redirects do.
    func flushEmpty() async throws {
        self.prepareHead()
        self.output.markCommitted()
        do { try await self.coyote.flush() } catch { throw OutputBuffer.failure(error) }
    }
}

/// A content type as it is sent.
struct WrittenContentType {
    let mediaType: String
    let charset: String
    let text: String

    init(mediaType: String, charset: String) {
        self.mediaType = mediaType
        self.charset = charset
        self.text = mediaType + ";charset=" + charset
    }
}

/// A content type as an application names it, taken apart.
struct NamedContentType {
    let text: String
    /// Without the charset, if there is one.
    let mediaType: String
    let charset: String?

    init(_ text: String) {
        let parsed = text.utf8.span.firstIndex(of: ASCII.semicolon) != nil ? MediaType(parsing: text) : nil
        self.text = text
        self.charset = parsed?.charset
        self.mediaType = self.charset == nil ? text : parsed?.textWithoutCharset ?? text
    }
}
