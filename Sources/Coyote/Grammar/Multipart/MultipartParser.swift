import Glibc

/// Cuts a `multipart/form-data` body into parts while it arrives.
///
/// Octets go in as they come, events come out; nothing but the fields of one part, or what may be the start of
/// a boundary, is kept in between, so that the owner can spool contents to files.
/// Shape: text before the first `--boundary` is ignored; each part is its fields, an empty line, its content up
/// to CRLF `--boundary`; anything but a line end after a boundary ends the body.
/// Differs from Tomcat in: parts of the type `multipart/mixed` are not taken apart.
/// Source: RFC 2046 §5.1, RFC 7578 | Tomcat counterpart: `org.apache.tomcat.util.http.fileupload.MultipartStream`.
package struct MultipartParser: Sendable {
    package enum Event: Sendable, Equatable {
        /// A part of a form field begins. Parts that belong to none make no events.
        case begin(MultipartPartHeader)
        /// More of its content; never empty.
        case content([UInt8])
        case end
    }

    private enum State {
        case preamble
        case afterBoundary
        case header
        case content
        case epilogue
    }

    private let limits: MultipartLimits
    private let charset: Charset
    /// CRLF, two hyphens, the boundary.
    private let delimiter: [UInt8]
    private var state = State.preamble
    private var failure: MultipartError?
    /// What has arrived and is not yet told.
    private var buffer: [UInt8] = []
    /// Where the untold begins in `buffer`.
    private var start = 0
    private var requestSize: Int64 = 0
    private var partCount = 0
    private var partSize: Int64 = 0
    /// The form field of the current part; nil in a part that is skipped.
    private var field: String?
    private var events: [Event] = []

    /// - Parameters:
    ///   - boundary: as `Content-Type` has it; see ``boundary(ofContentType:)``.
    ///   - limits: beyond which the body is refused.
    ///   - charset: of the fields of parts.
    package init(boundary: [UInt8], limits: MultipartLimits = MultipartLimits(), charset: Charset = .utf8) {
        self.delimiter = [ASCII.carriageReturn, ASCII.lineFeed, ASCII.hyphen, ASCII.hyphen] + boundary
        self.limits = limits
        self.charset = charset
    }

    /// Whether the last boundary has been seen; what follows it is ignored.
    package var isComplete: Bool { self.state == .epilogue }

    /// Takes more of the body.
    ///
    /// - Returns: what can be told of it.
    /// - Throws: ``MultipartError``, now and at each later call; events of the same call are lost.
    package mutating func receive(_ octets: Span<UInt8>) throws(MultipartError) -> [Event] {
        if let failure = self.failure { throw failure }
        do throws(MultipartError) {
            self.requestSize += Int64(octets.count)
            if self.limits.requestSize >= 0, self.requestSize > self.limits.requestSize {
                throw MultipartError.requestTooLarge(size: self.requestSize, limit: self.limits.requestSize)
            }
            guard self.state != .epilogue else { return [] }
            octets.withUnsafeBufferPointer { self.buffer.append(contentsOf: $0) }
            while try self.step() {}
        } catch {
            self.failure = error
            self.events = []
            throw error
        }
        self.buffer.removeSubrange(..<self.start)
        self.start = 0
        defer { self.events.removeAll() }
        return self.events
    }

    /// Says that the body is over.
    ///
    /// - Throws: ``MultipartError`` if it ended inside a part. A body without any boundary has no parts.
    package mutating func finish() throws(MultipartError) {
        if let failure = self.failure { throw failure }
        switch self.state {
        // A boundary without its line end is the last one.
        case .preamble, .afterBoundary, .epilogue: break
        case .header, .content: throw .endedUnexpectedly
        }
    }

    /// Moves on by one element; false if that takes more octets.
    private mutating func step() throws(MultipartError) -> Bool {
        switch self.state {
        case .preamble: return self.skipPreamble()
        case .afterBoundary: return self.readLineAfterBoundary()
        case .header: return try self.readHeader()
        case .content: return try self.readContent()
        case .epilogue: return false
        }
    }

    private mutating func skipPreamble() -> Bool {
        let delimiter = self.delimiter.dropFirst(2)
        guard let found = self.find(delimiter) else {
            self.start = max(self.start, self.buffer.count - delimiter.count + 1)
            return false
        }
        self.start = found + delimiter.count
        self.state = .afterBoundary
        return true
    }

    /// CRLF, or a lone LF, begins a part; all else ends the body.
    private mutating func readLineAfterBoundary() -> Bool {
        guard self.start < self.buffer.count else { return false }
        if self.buffer[self.start] == ASCII.lineFeed {
            self.start += 1
            self.state = .header
            return true
        }
        guard self.start + 1 < self.buffer.count else { return false }
        let isLineEnd =
            self.buffer[self.start] == ASCII.carriageReturn && self.buffer[self.start + 1] == ASCII.lineFeed
        self.state = isLineEnd ? .header : .epilogue
        self.start = isLineEnd ? self.start + 2 : self.buffer.count
        return true
    }

    private mutating func readHeader() throws(MultipartError) -> Bool {
        let end: [UInt8] = [ASCII.carriageReturn, ASCII.lineFeed, ASCII.carriageReturn, ASCII.lineFeed]
        let found = self.find(end[...])
        let size = (found.map { $0 + end.count } ?? self.buffer.count) - self.start
        if self.limits.partHeaderSize >= 0, size > self.limits.partHeaderSize {
            throw .partHeaderTooLarge(limit: self.limits.partHeaderSize)
        }
        guard let found else { return false }
        let header = MultipartPartHeader(self.buffer.span.extracting(self.start..<found), charset: self.charset)
        if let header {
            self.partCount += 1
            if self.limits.partCount >= 0, self.partCount > self.limits.partCount {
                throw .tooManyParts(limit: self.limits.partCount)
            }
            self.events.append(.begin(header))
        }
        self.field = header?.name
        self.partSize = 0
        self.start = found + end.count
        self.state = .content
        return true
    }

    private mutating func readContent() throws(MultipartError) -> Bool {
        if let found = self.find(self.delimiter[...]) {
            try self.tell(upTo: found)
            if self.field != nil { self.events.append(.end) }
            self.start = found + self.delimiter.count
            self.state = .afterBoundary
            return true
        }
        // The end may be the beginning of a delimiter.
        try self.tell(upTo: max(self.start, self.buffer.count - self.delimiter.count + 1))
        return false
    }

    private mutating func tell(upTo end: Int) throws(MultipartError) {
        defer { self.start = end }
        guard let field = self.field, end > self.start else { return }
        self.partSize += Int64(end - self.start)
        if self.limits.fileSize >= 0, self.partSize > self.limits.fileSize {
            throw .fileTooLarge(field: field, limit: self.limits.fileSize)
        }
        self.events.append(.content(Array(self.buffer[self.start..<end])))
    }

    /// Where a pattern first stands in what is not yet told.
    private func find(_ pattern: ArraySlice<UInt8>) -> Int? {
        guard let first = pattern.first else { return nil }
        return self.buffer.withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress else { return nil }
            let last = buffer.count - pattern.count
            var index = self.start
            while index <= last, let found = memchr(base + index, Int32(first), last - index + 1) {
                index = base.distance(to: UnsafeRawPointer(found))
                if buffer[index..<index + pattern.count].elementsEqual(pattern) { return index }
                index += 1
            }
            return nil
        }
    }
}
