/// One function, initializer or subscript with a body.
struct FunctionScan: Equatable {
    let name: String
    /// From 1.
    let line: Int
    /// From the line of its keyword to that of its closing brace.
    let length: Int
    let parameters: Int
}

extension SourceText {
    /// Every function of the file, nested ones too, in order.
    func functions() -> [FunctionScan] {
        var functions: [FunctionScan] = []
        var index = 0
        while let word = self.nextWord(from: &index) {
            guard ["func", "init", "subscript"].contains(word.text), self.isDeclaration(word) else { continue }
            var cursor = word.end
            var name = word.text
            if word.text == "func" { name = self.functionName(at: &cursor) }
            self.skipGenerics(&cursor)
            guard cursor < self.code.count, self.code[cursor] == UInt8(ascii: "("),
                let close = self.matching(cursor), let body = self.body(after: close), let end = self.matching(body)
            else { continue }
            functions.append(
                FunctionScan(
                    name: name,
                    line: self.line(at: word.start),
                    length: self.line(at: end) - self.line(at: word.start) + 1,
                    parameters: self.parameters(in: cursor + 1..<close)
                )
            )
        }
        return functions
    }

    typealias Word = (text: String, start: Int, end: Int)

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    func nextWord(from index: inout Int) -> Word? {
        while index < self.code.count, !Self.isWordByte(self.code[index]) { index += 1 }
        guard index < self.code.count else { return nil }
        let start = index
        while index < self.code.count, Self.isWordByte(self.code[index]) { index += 1 }
        return (String(decoding: self.code[start..<index], as: UTF8.self), start, index)
    }

    /// `x.init(`, `super.init(` and a label `init:` are calls; so is a word behind `#` or in backquotes.
    func isDeclaration(_ word: Word) -> Bool {
        guard word.start > 0 else { return true }
        return ![UInt8(ascii: "."), UInt8(ascii: "#"), UInt8(ascii: "`")].contains(self.code[word.start - 1])
    }

    func functionName(at cursor: inout Int) -> String {
        while cursor < self.code.count, self.code[cursor] == 0x20 { cursor += 1 }
        let start = cursor
        let stops: [UInt8] = [UInt8(ascii: "("), UInt8(ascii: "<"), 0x20, 0x0a]
        if Self.isWordByte(self.code[cursor]) {
            while cursor < self.code.count, !stops.contains(self.code[cursor]) { cursor += 1 }
        } else {
            while cursor < self.code.count, self.code[cursor] != UInt8(ascii: "("), self.code[cursor] != 0x20 {
                cursor += 1
            }
            while cursor < self.code.count, self.code[cursor] == 0x20 { cursor += 1 }
        }
        return String(decoding: self.code[start..<cursor], as: UTF8.self).filter { $0 != " " }
    }

    func skipGenerics(_ cursor: inout Int) {
        if cursor < self.code.count, self.code[cursor] == UInt8(ascii: "?") { cursor += 1 }
        guard cursor < self.code.count, self.code[cursor] == UInt8(ascii: "<") else { return }
        var depth = 0
        while cursor < self.code.count {
            if self.code[cursor] == UInt8(ascii: "<") { depth += 1 }
            if self.code[cursor] == UInt8(ascii: ">"), self.code[cursor - 1] != UInt8(ascii: "-") { depth -= 1 }
            cursor += 1
            if depth == 0 { return }
        }
    }

    /// The offset of the bracket that closes the one at `start`.
    func matching(_ start: Int) -> Int? {
        var depth = 0
        for index in start..<self.code.count {
            switch self.code[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
        }
        return nil
    }

    /// The offset of the body's brace, or nil for a requirement of a protocol, which has none.
    ///
    /// Between the parameters and the brace stand effects, the result and a where clause; another declaration
    /// or a closing brace means that there is no body.
    private func body(after close: Int) -> Int? {
        var index = close + 1
        while index < self.code.count {
            switch self.code[index] {
            case UInt8(ascii: "{"): return index
            case UInt8(ascii: "}"), UInt8(ascii: ";"): return nil
            case UInt8(ascii: "("), UInt8(ascii: "["): index = (self.matching(index) ?? index) + 1
            case 0x0a:
                guard self.continuesSignature(after: index) else { return nil }
                index += 1
            default: index += 1
            }
        }
        return nil
    }

    private func continuesSignature(after newline: Int) -> Bool {
        let rest = self.code[newline...].drop { $0 == 0x20 || $0 == 0x0a }
        return ["{", "->", "where ", "async", "throws", "rethrows"].contains { rest.starts(with: $0.utf8) }
            || self.code[..<newline].last { $0 != 0x20 } == UInt8(ascii: ",")
    }

    private func parameters(in range: Range<Int>) -> Int {
        let text = self.code[range]
        guard text.contains(where: { $0 != 0x20 && $0 != 0x0a }) else { return 0 }
        var depth = 0
        var count = 1
        for (index, byte) in zip(text.indices, text) {
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "<"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ">") where text[index - 1] != UInt8(ascii: "-"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                if text[(index + 1)...].contains(where: { $0 != 0x20 && $0 != 0x0a }) { count += 1 }
            default: break
            }
        }
        return count
    }
}
