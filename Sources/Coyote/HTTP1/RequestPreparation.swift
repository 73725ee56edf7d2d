import Glibc
import NIOCore

/// Turns a decoded head into a request: target form, host, framing of the body, keep-alive.
///
/// Every check runs even after one has failed; the last failure decides the status, as in Tomcat.
/// Source: RFC 9112 §3, §6 | Tomcat counterpart: `Http11Processor.prepareRequest`.
struct RequestPreparation {
    let settings: Http11Settings
    var rejection: Rejection?
    var keepsAlive = true
    var asksForKeepAlive = false
    var body = BodyDecoder.none

    /// Places of the fields that matter here.
    private struct Known {
        var host: Int?
        var hostCount = 0
        var contentLength: Int?
        var contentLengthCount = 0
        var transferEncoding: Int?
        var connection: Int?
        var expect: Int?
        var cookie: Int?
    }

    private var isHTTP11 = false
    private var isHTTP09 = false
    private var known = Known()
    /// The authority of the target, where it takes the place of the Host field.
    private var authority: String?
    /// Whether a length is not passed on, since the body is chunked.
    private var ignoresLength = false

    init(settings: Http11Settings) {
        self.settings = settings
    }

    /// Fills in `request` from a complete head, which its fields already refer to.
    mutating func prepare(
        _ request: Request,
        _ decoder: Http11Decoder,
        hosts: inout HostCache,
        restricted: UserAgentPattern? = nil
    ) {
        self.takeLine(request, decoder)
        let headers = request.headers
        self.findFields(headers)
        self.readConnection(headers)
        if self.isHTTP11 { self.readExpectation(request) }
        if let agents = restricted, let agent = headers.first("user-agent"),
            agents.matches(agent)
        {
            self.isHTTP11 = false
            self.keepsAlive = false
        }
        self.checkHostCount()
        self.resolveAbsoluteTarget(request)
        self.checkPath(request)
        self.delimitBody(request)
        self.readHost(request, &hosts)
        self.edit(headers)
        request.firstCookieField = self.known.cookie
        request.rejection = self.rejection
    }

    /// Changes the fields; last, for what is known of them is their places.
    private mutating func edit(_ headers: MimeHeaders) {
        guard self.authority != nil || self.ignoresLength else { return }
        if let authority = self.authority { headers.set("host", authority) }
        if self.ignoresLength { headers.remove("content-length") }
        self.known.cookie = self.known.cookie == nil ? nil : headers.firstIndex("cookie")
    }

    // MARK: Request line

    private mutating func takeLine(_ request: Request, _ decoder: Http11Decoder) {
        request.headers.withHead { bytes in
            request.method = String(decoding: bytes[decoder.methodRange], as: UTF8.self)
            let version = bytes[decoder.versionRange]
            if decoder.isHTTP09 {
                request.protocolVersion = .http09
                self.isHTTP09 = true
                self.keepsAlive = false
                if request.method != "GET" { self.rejection = .badRequest }
            } else if version.equals("HTTP/1.1") {
                self.isHTTP11 = true
            } else if version.equals("HTTP/1.0") {
                request.protocolVersion = .http10
                self.keepsAlive = false
            } else {
                request.protocolName = String(decoding: version, as: UTF8.self)
                self.rejection = Rejection(status: 505)
            }
        }
        request.targetRange = decoder.targetRange
        request.queryRange = decoder.queryRange
        let (start, end) = (decoder.methodRange.lowerBound, decoder.versionRange.upperBound)
        var length = decoder.methodRange.count + 1 + decoder.targetRange.count + 1 + decoder.versionRange.count
        if let query = decoder.queryRange { length += 1 + query.count }
        if end - start == length { request.lineRange = start..<end }
    }

    private mutating func checkPath(_ request: Request) {
        let characters = self.settings.decoder.characters
        let isLegal = request.withRequestURIBytes { characters.path.containsAll(of: Span(_unsafeBytes: $0)) }
        if !isLegal { self.rejection = .badRequest }
    }

    // MARK: Fields

    private mutating func findFields(_ headers: MimeHeaders) {
        for index in 0..<headers.count {
            switch headers.nameLength(at: index) {
            case 4 where headers.isName(at: index, "host"):
                self.known.host = self.known.host ?? index
                self.known.hostCount += 1
            case 6:
                if headers.isName(at: index, "cookie") {
                    self.known.cookie = self.known.cookie ?? index
                } else if headers.isName(at: index, "expect") {
                    self.known.expect = self.known.expect ?? index
                }
            case 10 where headers.isName(at: index, "connection"):
                self.known.connection = self.known.connection ?? index
            case 14 where headers.isName(at: index, "content-length"):
                self.known.contentLength = self.known.contentLength ?? index
                self.known.contentLengthCount += 1
            case 17 where headers.isName(at: index, "transfer-encoding"):
                self.known.transferEncoding = self.known.transferEncoding ?? index
            default: break
            }
        }
    }

    private mutating func readConnection(_ headers: MimeHeaders) {
        guard self.known.connection != nil else { return }
        self.asksForKeepAlive = headers.hasToken("connection", "keep-alive")
        if headers.hasToken("connection", "close") {
            self.keepsAlive = false
        } else if self.asksForKeepAlive {
            self.keepsAlive = !self.isHTTP09
        }
    }

    private mutating func readExpectation(_ request: Request) {
        guard let index = self.known.expect else { return }
        if request.headers.value(at: index).equalsIgnoringASCIICase("100-continue") {
            request.expectsContinue = true
        } else {
            self.rejection = Rejection(status: 417)
        }
    }

    private mutating func checkHostCount() {
        if self.known.hostCount > 1 {
            self.rejection = .badRequest
            self.known.host = nil
        }
        if self.isHTTP11 && self.known.hostCount == 0 { self.rejection = .badRequest }
    }

    // MARK: Body

    private mutating func delimitBody(_ request: Request) {
        if !self.isHTTP09 { self.readTransferEncoding(request) }
        if self.known.contentLengthCount > 1 {
            self.rejection = .badRequest
        } else if let index = self.known.contentLength {
            let length = request.headers.withValueBytes(at: index) { Self.parseLength($0) }
            guard let length else {
                self.rejection = .badRequest
                return
            }
            if request.isChunked {
                // Whoever sent both may have meant to smuggle a request: nothing after this body is trusted.
                self.ignoresLength = true
                self.keepsAlive = false
            } else {
                request.contentLength = length
                self.body = .length(length)
            }
        }
    }

    private mutating func readTransferEncoding(_ request: Request) {
        guard self.known.transferEncoding != nil else { return }
        guard self.isHTTP11 else {
            self.rejection = .badRequest
            return
        }
        guard let codings = Self.codings(request.headers) else {
            self.rejection = .badRequest
            return
        }
        for coding in codings {
            if request.isChunked {
                self.rejection = .badRequest
            } else if coding == "chunked" {
                request.isChunked = true
                self.body = .chunked(
                    ChunkedDecoder(
                        extensionSizeMaximum: self.settings.configuration.maxExtensionSize,
                        trailerSizeMaximum: self.settings.configuration.maxTrailerSize
                    )
                )
            } else {
                self.rejection = Rejection(status: 501)
            }
        }
    }

    /// The transfer codings in lower case, a repeated one twice; nil unless there is one and all are tokens.
    private static func codings(_ headers: MimeHeaders) -> [String]? {
        var codings: [String] = []
        for line in headers.all("transfer-encoding") {
            for member in line.utf8.split(separator: ASCII.comma) {
                let coding = member.drop(while: \.isBlank).prefix { !$0.isBlank }
                guard member.allSatisfy({ $0.isBlank || ByteSet.token.contains($0) }) else { return nil }
                guard member.drop(while: \.isBlank).dropFirst(coding.count).allSatisfy(\.isBlank) else { return nil }
                if !coding.isEmpty { codings.append(String(asciiLowercased: coding)) }
            }
        }
        return codings.isEmpty ? nil : codings
    }

    /// Digits only: no sign, no blank, no list; nil also for what does not fit.
    static func parseLength(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard !bytes.isEmpty else { return nil }
        var length: Int64 = 0
        for byte in bytes {
            guard byte.isDigit else { return nil }
            let (product, overflowed) = length.multipliedReportingOverflow(by: 10)
            let (sum, overflowedAgain) = product.addingReportingOverflow(Int64(byte &- 0x30))
            guard !overflowed, !overflowedAgain else { return nil }
            length = sum
        }
        return length
    }
}

// MARK: - Host

extension RequestPreparation {
    /// Cuts scheme and authority off `http://host/path`.
    private mutating func resolveAbsoluteTarget(_ request: Request) {
        let target = request.targetRange
        guard target.count >= 4 else { return }
        let form = request.headers.withHead { AbsoluteTarget.parse($0[target]) }
        switch form {
        case .relative: return
        case .invalidScheme: self.rejection = .badRequest
        case .absolute(let absolute):
            request.targetRange = absolute.path
            let authority = request.headers.withHead { String(latin1: $0[absolute.authority]) }
            if !absolute.isUserinfoLegal { self.rejection = .badRequest }
            self.reconcile(authority, request)
        }
    }

    /// The authority of the target must be what the Host field says.
    private mutating func reconcile(_ authority: String, _ request: Request) {
        guard self.isHTTP11 else {
            self.authority = authority
            return
        }
        guard let index = self.known.host else { return }
        guard !request.headers.value(at: index).equalsIgnoringASCIICase(authority) else { return }
        if self.settings.configuration.allowHostHeaderMismatch {
            self.authority = authority
        } else {
            self.rejection = .badRequest
        }
    }

    private mutating func readHost(_ request: Request, _ hosts: inout HostCache) {
        let outcome: Rejection?
        if let authority = self.authority {
            outcome = authority.latin1Bytes.withUnsafeBytes { Self.takeHost($0, request, &hosts) }
        } else if let index = self.known.host {
            outcome = request.headers.withValueBytes(at: index) { Self.takeHost($0, request, &hosts) }
        } else {
            request.serverName = request.localAddress
            request.serverPort = request.localPort
            return
        }
        if let outcome { self.rejection = outcome }
    }

    private static func takeHost(
        _ bytes: UnsafeRawBufferPointer,
        _ request: Request,
        _ hosts: inout HostCache
    ) -> Rejection? {
        guard !bytes.isEmpty else {
            request.serverName = ""
            request.serverPort = request.localPort
            return nil
        }
        if !hosts.holds(bytes) {
            do throws(Rejection) {
                let (name, port) = try Self.splitHost(bytes)
                hosts.store(bytes, name: name, port: port)
            } catch {
                return error
            }
        }
        request.serverName = hosts.name
        request.serverPort = hosts.port
        return nil
    }

    /// Name and port of a Host field; the port is -1 where none is given and 0 where only its colon is.
    private static func splitHost(_ bytes: UnsafeRawBufferPointer) throws(Rejection) -> (name: String, port: Int) {
        do throws(AuthorityError) {
            let authority = try Authority(parsing: Span(_unsafeBytes: bytes))
            return (authority.host, authority.port ?? -1)
        } catch {
            throw error.message.map { .badRequest(exception: $0) } ?? .badRequest
        }
    }
}

extension Slice where Base == UnsafeRawBufferPointer {
    fileprivate func equals(_ text: StaticString) -> Bool {
        guard self.count == text.utf8CodeUnitCount, let start = UnsafeRawBufferPointer(rebasing: self).baseAddress
        else {
            return false
        }
        return memcmp(start, text.utf8Start, self.count) == 0
    }
}
