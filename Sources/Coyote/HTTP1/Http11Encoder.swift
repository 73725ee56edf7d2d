import NIOCore

/// Writes response heads and chunk framing.
///
/// Shape: `HTTP/1.1 200 ` without a reason phrase, the application's fields in their order, Content-Type,
/// Content-Language, Content-Length or Transfer-Encoding, Date, Keep-Alive and Connection, Server.
/// Source: RFC 9112 §4–7 | Tomcat counterpart: `Http11Processor.prepareResponse`, `Http11OutputBuffer`.
enum Http11Encoder {
    /// What the head depends on besides the response.
    struct Context {
        let settings: Http11Settings
        let version: ProtocolVersion
        /// Whether the request method is HEAD.
        let isHead: Bool
        let keepsAlive: Bool
        /// Whether the client asked for keep-alive by name.
        let asksForKeepAlive: Bool
        /// Whether the request was refused: the connection then ends without an announcement, unless the status
        /// always makes one.
        let isFaulty: Bool
        /// The current date as it is written.
        let date: [UInt8]
    }

    /// Statuses after which a connection is never kept.
    static func dropsConnection(_ status: Int) -> Bool {
        switch status {
        case 400, 408, 411, 413, 414, 500, 501, 503: true
        default: false
        }
    }

    /// Decides the framing of the body and writes the head.
    ///
    /// - Returns: whether the connection may be kept.
    /// - Throws: ``CoyoteError`` `headersTooLarge`; nothing is written then.
    static func encodeHead(
        _ response: Response,
        _ context: Context,
        into buffer: inout ByteBuffer
    ) throws(CoyoteError) -> Bool {
        guard context.version != .http09 else {
            response.framing = context.isHead ? .none : .untilClose
            return false
        }
        let hasEntity = Self.settleEntity(response)
        let special = response.headers.special
        let saysClose = special.contains(.connection) && response.headers.hasToken("Connection", "close")
        Self.decideFraming(response, context, hasEntity: hasEntity, saysClose: saysClose)
        let keepsAlive =
            context.keepsAlive && !saysClose && !response.closesConnection && response.framing != .untilClose
            && !Self.dropsConnection(response.status)

        var tail = ResponseHeadTail(settings: context.settings)
        if hasEntity || response.status == 204 {
            tail.contentType = response.contentType
            tail.contentLanguage = response.contentLanguage
        }
        tail.contentLength = response.framing == .chunked ? -1 : response.contentLength
        tail.isChunked = response.framing == .chunked
        tail.date = context.date
        if !keepsAlive {
            tail.connection = saysClose ? .none : .close
        } else if !context.isFaulty {
            tail.hint = context.asksForKeepAlive ? context.settings.keepAliveHint : nil
            tail.connection = context.version == .http10 || tail.hint != nil ? .keepAlive : .none
            tail.isHintLast = context.version == .http10
        }
        if !special.isEmpty { tail.merge(into: &response.headers) }
        try Self.write(response, tail, limit: context.settings.configuration.effectiveResponseHeaderSize, &buffer)
        return keepsAlive
    }

    /// 1xx, 204, 205 and 304 have no body, and only 205 says so.
    private static func settleEntity(_ response: Response) -> Bool {
        switch response.status {
        case 205: response.contentLength = 0
        case ..<200, 204, 304: response.contentLength = -1
        default: return true
        }
        return false
    }

    private static func decideFraming(_ response: Response, _ context: Context, hasEntity: Bool, saysClose: Bool) {
        if context.isHead || !hasEntity {
            response.framing = .none
        } else if context.version == .http11 && response.trailerFields != nil {
            response.framing = .chunked
        } else if response.contentLength >= 0 {
            response.framing = .length
        } else {
            response.framing = context.version == .http11 && !saysClose ? .chunked : .untilClose
        }
    }

    private static func write(
        _ response: Response,
        _ tail: ResponseHeadTail,
        limit: Int,
        _ buffer: inout ByteBuffer
    ) throws(CoyoteError) {
        let room = HeadWriter.statusLineMaximum + response.headers.encodedSize + tail.encodedSizeMaximum
        let written = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
            var writer = HeadWriter(target)
            writer.statusLine(response.status)
            for index in 0..<response.headers.count {
                writer.field(response.headers[index].name, response.headers[index].value)
            }
            tail.write(&writer)
            return writer.count <= limit ? writer.count : 0
        }
        guard written > 0 else {
            throw CoyoteError(.headersTooLarge, "The response head exceeds maxHttpResponseHeaderSize, [\(limit)] bytes")
        }
    }

    /// Writes an interim response with the application's fields.
    static func encodeInformational(status: Int, _ headers: ResponseHeaders, into buffer: inout ByteBuffer) {
        let room = HeadWriter.statusLineMaximum + headers.encodedSize + 2
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
            var writer = HeadWriter(target)
            writer.statusLine(status)
            for index in 0..<headers.count { writer.field(headers[index].name, headers[index].value) }
            writer.lineEnd()
            return writer.count
        }
    }

    /// Writes `size` in hexadecimal and the end of the chunk's head.
    static func encodeChunkHead(size: Int64, into buffer: inout ByteBuffer) {
        buffer.writeString(String(size, radix: 16))
        buffer.writeStaticString("\r\n")
    }

    /// Writes the last chunk and the trailers.
    static func encodeLastChunk(_ trailers: [(name: String, value: String)], into buffer: inout ByteBuffer) {
        buffer.writeStaticString("0\r\n")
        let room = trailers.reduce(2) { $0 + $1.name.utf8.count + $1.value.utf8.count + HeadWriter.fieldOverhead }
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
            var writer = HeadWriter(target)
            for trailer in trailers { writer.field(trailer.name.asciiLowercased, trailer.value) }
            writer.lineEnd()
            return writer.count
        }
    }
}
