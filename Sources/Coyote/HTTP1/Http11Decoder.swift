/// Cuts the head of one request out of a byte stream.
///
/// Feed it all bytes of the request received so far, from its first byte on; it resumes where it stopped, so
/// every cut of the stream gives the same result. Only offsets are recorded: no text is made, except for a
/// value that was folded over several lines.
///
/// Shape: `method SP target SP version LF *( name ":" value LF ) LF`, each LF optionally preceded by CR, blanks
/// repeated or tabs; `method SP target LF` alone is HTTP/0.9.
/// Source: RFC 9112 §2–5 | Tomcat counterpart: `org.apache.coyote.http11.Http11InputBuffer`.
struct Http11Decoder {
    /// The limits and character classes of a connector.
    struct Settings: Sendable {
        var headSizeMaximum = 8192
        /// -1 for no limit.
        var headerCountMaximum = 100
        var rejectsIllegalHeaders = true
        var characters = RequestTargetCharacters()
    }

    enum Phase {
        case blankLines
        case method
        case afterMethod
        case target
        case afterTarget
        case version
        case headerStart
        case headerName
        case valueStart
        case value
        case afterLine
        case invalidLine
        case done
    }

    private static let queryMark: UInt8 = 0x3F  // ?

    let settings: Settings
    private(set) var phase = Phase.blankLines
    /// The next byte to look at.
    private(set) var position = 0

    private(set) var methodRange = 0..<0
    private(set) var targetRange = 0..<0
    private(set) var queryRange: Range<Int>?
    private(set) var versionRange = 0..<0
    /// Whether the request line had no version.
    private(set) var isHTTP09 = false

    /// Start of the part being read.
    private var mark = 0
    private var questionMark = -1
    private var line = HeaderLine()

    init(settings: Settings) {
        self.settings = settings
    }

    /// Makes the decoder ready for the next request.
    mutating func reset() {
        self = Http11Decoder(settings: self.settings)
    }

    /// Reads on.
    ///
    /// - Returns: whether the head is complete; it then ends before `position`.
    /// - Throws: ``Http11DecodingError``; answer with its `rejection` and close.
    mutating func decode(
        _ bytes: UnsafeRawBufferPointer,
        into headers: MimeHeaders
    ) throws(Http11DecodingError) -> Bool {
        let window = UnsafeRawBufferPointer(rebasing: bytes.prefix(self.settings.headSizeMaximum))
        while self.phase != .done {
            guard try self.step(window, into: headers) else {
                guard bytes.count < self.settings.headSizeMaximum else { throw .headTooLarge }
                return false
            }
        }
        return true
    }

    /// Reads to the end of the current part; false when the bytes do not reach so far.
    private mutating func step(
        _ bytes: UnsafeRawBufferPointer,
        into headers: MimeHeaders
    ) throws(Http11DecodingError) -> Bool {
        switch self.phase {
        case .blankLines: return self.skipBlankLines(bytes)
        case .method: return try self.readMethod(bytes)
        case .afterMethod: return self.skipBlanks(bytes, then: .target)
        case .target: return try self.readTarget(bytes)
        case .afterTarget: return self.skipBlanks(bytes, then: .version)
        case .version: return try self.readVersion(bytes)
        case .headerStart: return self.startHeader(bytes)
        case .headerName: return try self.readName(bytes, headers)
        case .valueStart: return self.skipBlanks(bytes, then: .value)
        case .value: return self.readValue(bytes)
        case .afterLine: return self.endLine(bytes, into: headers)
        case .invalidLine: return try self.skipInvalidLine(bytes)
        case .done: return true
        }
    }
}

// MARK: - Request line

extension Http11Decoder {
    private mutating func skipBlankLines(_ bytes: UnsafeRawBufferPointer) -> Bool {
        while self.position < bytes.count {
            let byte = bytes[self.position]
            guard byte == ASCII.carriageReturn || byte == ASCII.lineFeed else {
                self.mark = self.position
                self.phase = .method
                return true
            }
            self.position += 1
        }
        return false
    }

    private mutating func readMethod(_ bytes: UnsafeRawBufferPointer) throws(Http11DecodingError) -> Bool {
        while self.position < bytes.count {
            let byte = bytes[self.position]
            if byte.isBlank {
                self.methodRange = self.mark..<self.position
                self.phase = .afterMethod
                return true
            }
            guard ByteSet.token.contains(byte) else {
                throw .invalidMethod(self.quoteInvalid(bytes))
            }
            self.position += 1
        }
        return false
    }

    private mutating func skipBlanks(_ bytes: UnsafeRawBufferPointer, then next: Phase) -> Bool {
        while self.position < bytes.count {
            guard bytes[self.position].isBlank else {
                self.mark = self.position
                self.phase = next
                return true
            }
            self.position += 1
        }
        return false
    }

    private mutating func readTarget(_ bytes: UnsafeRawBufferPointer) throws(Http11DecodingError) -> Bool {
        self.position = self.endOfLegalTarget(bytes)
        guard self.position < bytes.count else { return false }
        switch bytes[self.position] {
        case ASCII.space, ASCII.tab:
            self.endTarget(at: self.position)
            self.phase = .afterTarget
            return true
        case ASCII.lineFeed:
            self.endTarget(at: self.position)
            self.position += 1
            self.isHTTP09 = true
            self.phase = .done
            return true
        case ASCII.carriageReturn where self.position > self.mark:
            guard self.position + 1 < bytes.count else { return false }
            self.position += 1
            guard bytes[self.position] == ASCII.lineFeed else {
                throw .invalidRequestTarget(self.quoteInvalid(bytes))
            }
            self.endTarget(at: self.position - 1)
            self.position += 1
            self.isHTTP09 = true
            self.phase = .done
            return true
        default:
            throw .invalidRequestTarget(self.quoteInvalid(bytes))
        }
    }

    /// Where the target stops being one, and where its query begins on the way.
    private mutating func endOfLegalTarget(_ bytes: UnsafeRawBufferPointer) -> Int {
        var position = self.position
        if self.questionMark < 0 {
            let forbidden = self.settings.characters.forbidden
            position = bytes.endOfPathWords(from: position)
            while position < bytes.count, !forbidden.contains(bytes[position]) {
                if bytes[position] == Self.queryMark {
                    self.questionMark = position
                    position += 1
                    break
                }
                position += 1
            }
        }
        guard self.questionMark >= 0 else { return position }
        return self.settings.characters.query.end(of: bytes, from: position)
    }

    private mutating func endTarget(at end: Int) {
        if self.questionMark >= 0 {
            self.targetRange = self.mark..<self.questionMark
            self.queryRange = (self.questionMark + 1)..<end
        } else {
            self.targetRange = self.mark..<end
        }
    }

    private mutating func readVersion(_ bytes: UnsafeRawBufferPointer) throws(Http11DecodingError) -> Bool {
        if self.takeUsualVersion(bytes) { return true }
        while self.position < bytes.count {
            let byte = bytes[self.position]
            let followsCR = self.position > self.mark && bytes[self.position - 1] == ASCII.carriageReturn
            self.position += 1
            if byte == ASCII.lineFeed {
                let end = self.position - (followsCR ? 2 : 1)
                guard end > self.mark else { throw .missingProtocol }
                self.versionRange = self.mark..<end
                self.phase = .headerStart
                return true
            }
            guard
                byte == ASCII.carriageReturn || (!followsCR && ByteSet.protocolName.contains(byte))
            else {
                self.position -= 1
                throw .invalidProtocol(self.quoteInvalid(bytes))
            }
        }
        return false
    }

    /// `HTTP/1.1` and the end of its line, read at once; as integers, the first octet lowest.
    private static let usualVersion = (text: UInt64(0x312E_312F_5054_5448), end: UInt16(0x0A0D))

    private mutating func takeUsualVersion(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard self.position == self.mark, self.mark + 10 <= bytes.count,
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: self.mark, as: UInt64.self))
                == Self.usualVersion.text,
            UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: self.mark + 8, as: UInt16.self))
                == Self.usualVersion.end
        else { return false }
        self.versionRange = self.mark..<(self.mark + 8)
        self.position += 10
        self.phase = .headerStart
        return true
    }

    /// The part being read, through the next space, as far as it has arrived.
    private func quoteInvalid(_ bytes: UnsafeRawBufferPointer) -> String {
        var end = self.position + 1
        while end < bytes.count && bytes[end - 1] != ASCII.space { end += 1 }
        let text = String(printable: bytes[self.mark..<end])
        return bytes[end - 1] == ASCII.space ? text : text + "..."
    }
}

// MARK: - Fields

extension Http11Decoder {
    /// What is known of the field being read.
    private struct HeaderLine {
        var start = 0
        var colon = -1
        /// Where the value on the current line starts and, after blanks, ends.
        var valueStart = 0
        var valueEnd = 0
        /// The value of the lines before this one, where the field is folded.
        var folded: [UInt8]?
        /// Length of `folded` up to its last visible byte.
        var foldedEnd = 0
        /// Last byte shown when the line is quoted.
        var quoteEnd = 0
    }

    private mutating func startHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard self.position < bytes.count else { return false }
        let byte = bytes[self.position]
        if byte == ASCII.lineFeed {
            self.position += 1
            self.phase = .done
            return true
        }
        if byte == ASCII.carriageReturn {
            guard self.position + 1 < bytes.count else { return false }
            if bytes[self.position + 1] == ASCII.lineFeed {
                self.position += 2
                self.phase = .done
                return true
            }
        }
        self.line = HeaderLine()
        self.line.start = self.position
        self.phase = .headerName
        return true
    }

    private mutating func readName(
        _ bytes: UnsafeRawBufferPointer,
        _ headers: MimeHeaders
    ) throws(Http11DecodingError) -> Bool {
        while self.position < bytes.count {
            let byte = bytes[self.position]
            if byte == ASCII.colon && self.position > self.line.start {
                let limit = self.settings.headerCountMaximum
                guard limit < 0 || headers.count < limit else { throw .tooManyHeaders(limit: limit) }
                self.line.colon = self.position
                self.position += 1
                self.phase = .valueStart
                return true
            }
            guard ByteSet.token.contains(byte) else {
                self.line.quoteEnd = self.position
                self.mark = self.position
                self.phase = .invalidLine
                return true
            }
            self.position += 1
        }
        return false
    }

    private mutating func readValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
        self.line.valueStart = self.mark
        self.position = bytes.endOfPrintableWords(from: self.position)
        while self.position < bytes.count {
            let byte = bytes[self.position]
            if ByteSet.fieldContent.contains(byte) {
                self.position += 1
                continue
            }
            var end = self.position
            if byte == ASCII.carriageReturn {
                guard self.position + 1 < bytes.count else { return false }
                self.position += 1
            }
            guard bytes[self.position] == ASCII.lineFeed else {
                self.position += 1
                self.line.quoteEnd = self.quoteEnd(bytes, valueEnd: end)
                self.mark = end
                self.phase = .invalidLine
                return true
            }
            self.position += 1
            while end > self.line.valueStart && bytes[end - 1].isBlank { end -= 1 }
            self.line.valueEnd = end
            self.phase = .afterLine
            return true
        }
        return false
    }

    /// Decides by the first byte of the next line whether the field goes on there.
    private mutating func endLine(_ bytes: UnsafeRawBufferPointer, into headers: MimeHeaders) -> Bool {
        guard self.position < bytes.count else { return false }
        let next = bytes[self.position]
        guard next.isBlank || self.line.folded != nil else {
            headers.fields.append(
                MimeHeaders.Field(
                    name: self.line.start..<self.line.colon,
                    value: self.line.valueStart..<self.line.valueEnd
                )
            )
            self.phase = .headerStart
            return true
        }
        self.fold(bytes)
        if next.isBlank {
            self.line.folded?.append(next)
            self.phase = .valueStart
        } else {
            let value = (self.line.folded ?? []).prefix(self.line.foldedEnd)
            let name = bytes[self.line.start..<self.line.colon]
            headers.add(String(asciiLowercased: name), String(latin1: value))
            self.phase = .headerStart
        }
        return true
    }

    /// Moves the value of this line behind those of the lines before it.
    private mutating func fold(_ bytes: UnsafeRawBufferPointer) {
        var folded = self.line.folded ?? []
        folded.append(contentsOf: bytes[self.line.valueStart..<self.line.valueEnd])
        if self.line.valueEnd > self.line.valueStart || self.line.folded == nil {
            self.line.foldedEnd = folded.count
        } else {
            folded.removeSubrange(self.line.foldedEnd...)
        }
        self.line.folded = folded
    }

    /// Finds the end of a malformed line, so that the error can quote all of it.
    private mutating func skipInvalidLine(_ bytes: UnsafeRawBufferPointer) throws(Http11DecodingError) -> Bool {
        while self.position < bytes.count {
            let byte = bytes[self.position]
            self.position += 1
            if byte == ASCII.lineFeed {
                guard self.settings.rejectsIllegalHeaders || self.isContentLength(bytes) else {
                    self.phase = .headerStart
                    return true
                }
                throw .invalidHeaderLine(self.quoteLine(bytes))
            }
            if byte != ASCII.carriageReturn { self.line.quoteEnd = self.position - 1 }
        }
        return false
    }

    /// A malformed Content-Length is refused even where other malformed fields are skipped.
    private func isContentLength(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard self.line.colon >= 0 else { return false }
        return String(asciiLowercased: bytes[self.line.start..<self.line.colon]) == "content-length"
    }

    /// The value read so far, without the blanks before it.
    private func valueSoFar(_ bytes: UnsafeRawBufferPointer, end: Int) -> [UInt8] {
        (self.line.folded ?? []) + bytes[self.line.valueStart..<max(end, self.line.valueStart)]
    }

    private func quoteEnd(_ bytes: UnsafeRawBufferPointer, valueEnd: Int) -> Int {
        var value = self.valueSoFar(bytes, end: valueEnd)
        while let last = value.last, last.isBlank { value.removeLast() }
        return self.line.colon + 1 + value.count
    }

    /// The malformed line as Tomcat quotes it: name in lower case, value moved up against the colon over the
    /// bytes that were there.
    private func quoteLine(_ bytes: UnsafeRawBufferPointer) -> String {
        var text = Array(bytes[self.line.start...max(self.line.quoteEnd, self.line.start)])
        let nameEnd = self.line.colon >= 0 ? self.line.colon : self.mark
        for index in text.indices.prefix(nameEnd - self.line.start) { text[index] = text[index].asciiLowercased }
        if self.line.colon >= 0 {
            let offset = self.line.colon + 1 - self.line.start
            for (index, byte) in self.valueSoFar(bytes, end: self.mark).enumerated() where offset + index < text.count {
                text[offset + index] = byte
            }
        }
        return String(printable: text)
    }
}
