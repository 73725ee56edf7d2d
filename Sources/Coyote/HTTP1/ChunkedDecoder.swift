import NIOCore

/// Takes the chunked transfer coding off a body.
///
/// Shape: `*( 1*8HEXDIG [ ";" extension ] CR LF data CR LF ) 1*"0" [ ";" extension ] CR LF *( trailer CR LF ) CR LF`.
/// The first hexadecimal digits may be any number of zeros. Line ends are strict, unlike those of a head.
/// Source: RFC 9112 §7.1 | Tomcat counterpart: `org.apache.coyote.http11.filters.ChunkedInputFilter`.
struct ChunkedDecoder {
    private enum Phase {
        case size
        case `extension`
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        case trailers
        case done
    }

    /// Significant digits of a chunk's size; the size then fits a Java `int`.
    private static let sizeDigitsMaximum = 8

    /// All extensions of one body together; -1 for no limit.
    let extensionSizeMaximum: Int
    private var phase = Phase.size
    /// Of the chunk being read.
    private var remaining = 0
    private var digits = 0
    private var significantDigits = 0
    private var extensionSize = 0
    private var extensions = ChunkExtensionParser()
    private(set) var trailers: TrailerDecoder

    init(extensionSizeMaximum: Int, trailerSizeMaximum: Int) {
        self.extensionSizeMaximum = extensionSizeMaximum
        self.trailers = TrailerDecoder(sizeMaximum: trailerSizeMaximum)
    }

    /// Whether the last chunk and the trailers have been read.
    var isComplete: Bool { self.phase == .done }

    /// Takes what has arrived out of `buffer`.
    ///
    /// - Returns: body bytes, without copying them, or nil when more must arrive or the body is complete.
    /// - Throws: ``BodyDecodingError``; answer 400 and close.
    mutating func decode(_ buffer: inout ByteBuffer) throws(BodyDecodingError) -> ByteBuffer? {
        while self.phase != .done, buffer.readableBytes > 0 {
            if self.phase == .data {
                let length = min(self.remaining, buffer.readableBytes)
                self.remaining -= length
                if self.remaining == 0 { self.phase = .dataCarriageReturn }
                return buffer.readSlice(length: length)
            }
            guard let byte = buffer.readInteger(as: UInt8.self) else { return nil }
            try self.step(byte)
        }
        return nil
    }

    private mutating func step(_ byte: UInt8) throws(BodyDecodingError) {
        switch self.phase {
        case .size: try self.readSize(byte)
        case .extension: try self.readExtension(byte)
        case .sizeLineFeed: try self.endSize(byte)
        case .dataCarriageReturn:
            try Self.expectCarriageReturn(byte)
            self.phase = .dataLineFeed
        case .dataLineFeed:
            try Self.expectLineFeed(byte)
            self.startSize()
        case .trailers:
            if try self.trailers.decode(byte) { self.phase = .done }
        case .data, .done: break
        }
    }

    private mutating func readSize(_ byte: UInt8) throws(BodyDecodingError) {
        if let value = byte.hexValue {
            self.digits = 1
            if value != 0 || self.significantDigits > 0 { self.significantDigits += 1 }
            guard self.significantDigits <= Self.sizeDigitsMaximum else { throw .invalidChunkHeader }
            self.remaining = self.remaining << 4 | Int(value)
            return
        }
        switch byte {
        case ASCII.semicolon:
            try self.countExtensionByte()
            self.extensions = ChunkExtensionParser()
            try self.check(byte)
            self.phase = .extension
        case ASCII.carriageReturn, ASCII.lineFeed:
            try Self.expectCarriageReturn(byte)
            self.phase = .sizeLineFeed
        default:
            throw .invalidChunkHeader
        }
    }

    private mutating func readExtension(_ byte: UInt8) throws(BodyDecodingError) {
        switch byte {
        case ASCII.carriageReturn:
            try self.check(byte)
            self.phase = .sizeLineFeed
        case ASCII.lineFeed:
            throw .lineFeedAlone
        default:
            try self.countExtensionByte()
            try self.check(byte)
        }
    }

    private mutating func check(_ byte: UInt8) throws(BodyDecodingError) {
        guard self.extensions.accept(byte) != .invalid else { throw .invalidExtension }
    }

    private mutating func countExtensionByte() throws(BodyDecodingError) {
        self.extensionSize += 1
        guard self.extensionSizeMaximum < 0 || self.extensionSize <= self.extensionSizeMaximum else {
            throw .extensionsTooLarge
        }
    }

    private mutating func endSize(_ byte: UInt8) throws(BodyDecodingError) {
        try Self.expectLineFeed(byte)
        guard self.digits > 0, self.remaining <= Int(Int32.max) else { throw .invalidChunkHeader }
        self.phase = self.remaining > 0 ? .data : .trailers
    }

    private mutating func startSize() {
        self.phase = .size
        self.remaining = 0
        self.digits = 0
        self.significantDigits = 0
    }

    static func expectCarriageReturn(_ byte: UInt8) throws(BodyDecodingError) {
        guard byte != ASCII.lineFeed else { throw .lineFeedAlone }
        guard byte == ASCII.carriageReturn else { throw .invalidLineEnd }
    }

    static func expectLineFeed(_ byte: UInt8) throws(BodyDecodingError) {
        guard byte != ASCII.carriageReturn else { throw .carriageReturnTwice }
        guard byte == ASCII.lineFeed else { throw .invalidLineEnd }
    }
}
