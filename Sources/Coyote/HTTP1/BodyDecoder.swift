import NIOCore

/// Delimits the body of one request.
///
/// Source: RFC 9112 §6.
enum BodyDecoder {
    case none
    /// Bytes still to come.
    case length(Int64)
    case chunked(ChunkedDecoder)

    var isComplete: Bool {
        switch self {
        case .none: true
        case .length(let remaining): remaining == 0
        case .chunked(let decoder): decoder.isComplete
        }
    }

    /// Takes body bytes that have arrived out of `buffer`; nil when more must arrive or the body is complete.
    mutating func decode(_ buffer: inout ByteBuffer) throws(BodyDecodingError) -> ByteBuffer? {
        switch self {
        case .none:
            return nil
        case .length(let remaining):
            guard remaining > 0, buffer.readableBytes > 0 else { return nil }
            let length = Int(min(remaining, Int64(buffer.readableBytes)))
            self = .length(remaining - Int64(length))
            return buffer.readSlice(length: length)
        case .chunked(var decoder):
            self = .none  // leaves `decoder` the only owner of its storage
            defer { self = .chunked(decoder) }
            return try decoder.decode(&buffer)
        }
    }

    var trailerFields: [(name: String, value: String)] {
        guard case .chunked(let decoder) = self else { return [] }
        return decoder.trailers.result
    }
}
