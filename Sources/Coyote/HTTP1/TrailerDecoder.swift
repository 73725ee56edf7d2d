/// Reads the trailer fields behind the last chunk, byte by byte: they are rare and small.
///
/// Shape: fields as in a head, but every line ends with CR LF.
/// Source: RFC 9112 §7.1.2 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.HttpHeaderParser`.
struct TrailerDecoder {
    private enum Phase {
        case lineStart
        case name
        case valueStart
        case value
        case lineFeed
        case lastLineFeed
    }

    /// All trailer bytes with their line ends; -1 for no limit.
    let sizeMaximum: Int
    private var size = 0
    private var phase = Phase.lineStart
    private var name: [UInt8] = []
    private var value: [UInt8] = []
    /// Length of `value` up to its last visible byte.
    private var valueEnd = 0
    private var fields: [(name: String, value: String)] = []

    init(sizeMaximum: Int) {
        self.sizeMaximum = sizeMaximum
    }

    /// The fields read, names in lower case.
    var result: [(name: String, value: String)] { self.fields }

    /// - Returns: whether `byte` ended the trailers.
    mutating func decode(_ byte: UInt8) throws(BodyDecodingError) -> Bool {
        self.size += 1
        guard self.sizeMaximum < 0 || self.size <= self.sizeMaximum else { throw .trailersTooLarge }
        switch self.phase {
        case .lineStart:
            if byte == ASCII.carriageReturn || byte == ASCII.lineFeed {
                try ChunkedDecoder.expectCarriageReturn(byte)
                self.phase = .lastLineFeed
            } else {
                try self.startLine(byte)
            }
        case .name: try self.readName(byte)
        case .valueStart: if !byte.isBlank { try self.readValue(byte) }
        case .value: try self.readValue(byte)
        case .lineFeed:
            try ChunkedDecoder.expectLineFeed(byte)
            self.value.removeSubrange(self.valueEnd...)
            self.phase = .lineStart
        case .lastLineFeed:
            try ChunkedDecoder.expectLineFeed(byte)
            self.endField()
            return true
        }
        return false
    }

    /// A line that starts with a blank continues the field before it.
    private mutating func startLine(_ byte: UInt8) throws(BodyDecodingError) {
        if byte.isBlank && !self.name.isEmpty {
            self.value.append(byte)
            self.phase = .valueStart
        } else {
            self.endField()
            self.phase = .name
            try self.readName(byte)
        }
    }

    private mutating func readName(_ byte: UInt8) throws(BodyDecodingError) {
        if byte == ASCII.colon && !self.name.isEmpty {
            self.phase = .valueStart
            return
        }
        guard ByteSet.token.contains(byte) else { throw .invalidTrailer(self.quote(byte)) }
        self.name.append(byte.asciiLowercased)
    }

    private mutating func readValue(_ byte: UInt8) throws(BodyDecodingError) {
        self.phase = .value
        if byte == ASCII.carriageReturn {
            self.phase = .lineFeed
            return
        }
        guard byte != ASCII.lineFeed else { throw .lineFeedAlone }
        guard ByteSet.fieldContent.contains(byte) else { throw .invalidTrailer(self.quote(byte)) }
        self.value.append(byte)
        if !byte.isBlank { self.valueEnd = self.value.count }
    }

    private mutating func endField() {
        guard !self.name.isEmpty else { return }
        self.fields.append((String(latin1: self.name), String(latin1: self.value.prefix(self.valueEnd))))
        self.name.removeAll(keepingCapacity: true)
        self.value.removeAll(keepingCapacity: true)
        self.valueEnd = 0
    }

    private func quote(_ byte: UInt8) -> String {
        let separator: [UInt8] = self.phase == .name ? [] : [ASCII.colon]
        return String(printable: self.name + separator + self.value + [byte])
    }
}
