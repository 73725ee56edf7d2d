import CLibXML2

/// Where a start tag and its attributes stand.
///
/// libxml2 knows the end of a start tag only; as no `<` can stand inside a tag, the last one before the
/// parser's cursor is its beginning.
struct XMLTagPosition {
    let line: Int
    let column: Int
    /// The tag from its `<` up to the parser's cursor; empty if the parser no longer has it.
    private let tag: UnsafeBufferPointer<UInt8>

    init(_ context: xmlParserCtxtPtr) {
        guard let input = context.pointee.input, let base = input.pointee.base, let cursor = input.pointee.cur else {
            (self.line, self.column) = (0, 0)
            self.tag = UnsafeBufferPointer(start: nil, count: 0)
            return
        }
        var start = cursor
        var newlines = 0
        while start > base, start.pointee != UInt8(ascii: "<") {
            start -= 1
            if start.pointee == UInt8(ascii: "\n") { newlines += 1 }
        }
        guard start.pointee == UInt8(ascii: "<") else {
            (self.line, self.column) = (Int(input.pointee.line), Int(input.pointee.col))
            self.tag = UnsafeBufferPointer(start: nil, count: 0)
            return
        }
        var lineStart = start
        while lineStart > base, (lineStart - 1).pointee != UInt8(ascii: "\n") { lineStart -= 1 }
        self.line = Int(input.pointee.line) - newlines
        self.column = start - lineStart + 1
        self.tag = UnsafeBufferPointer(start: start, count: cursor - start)
    }

    /// The line of each attribute, by its name with its prefix; empty if all stand on the tag's line.
    func attributeLines() -> [String: Int] {
        guard self.tag.contains(UInt8(ascii: "\n")) else { return [:] }
        var lines: [String: Int] = [:]
        var line = self.line
        var index = self.tag.firstIndex { $0 <= 0x20 } ?? self.tag.endIndex
        while index < self.tag.endIndex {
            let byte = self.tag[index]
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard byte > 0x20 else {
                index += 1
                continue
            }
            let end = self.tag[index...].firstIndex { $0 == UInt8(ascii: "=") || $0 <= 0x20 } ?? self.tag.endIndex
            lines[String(decoding: self.tag[index..<end], as: UTF8.self)] = line
            index = self.endOfValue(after: end, line: &line)
        }
        return lines
    }

    private func endOfValue(after start: Int, line: inout Int) -> Int {
        var index = start
        var quote: UInt8?
        while index < self.tag.endIndex {
            let byte = self.tag[index]
            index += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            if let open = quote {
                if byte == open { return index }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
        }
        return index
    }
}
