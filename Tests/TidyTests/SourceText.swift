/// A Swift file with comments and string contents blanked out, so that rules see code only.
///
/// Length and line breaks stay, so that an offset means the same place in both texts.
struct SourceText {
    let bytes: [UInt8]
    /// `bytes` with every byte of a comment and of a string between its quotes as a space; interpolations too.
    private(set) var code: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.code = bytes
        var scanner = Scanner(bytes: bytes)
        scanner.blank(&self.code)
    }

    /// The lines of the code, from 0.
    var codeLines: [Substring] { Self.lines(of: self.code) }
    /// The lines as they are written, from 0.
    var lines: [Substring] { Self.lines(of: self.bytes) }

    private static func lines(of bytes: [UInt8]) -> [Substring] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Line of an offset, from 1.
    func line(at offset: Int) -> Int {
        1 + self.bytes[..<offset].count { $0 == 0x0a }
    }
}

/// Finds comments and strings.
private struct Scanner {
    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func blank(_ code: inout [UInt8]) {
        while self.index < self.bytes.count {
            let start = self.index
            guard self.skipComment() || self.skipString() else {
                self.index += 1
                continue
            }
            for offset in start..<min(self.index, code.count) where code[offset] != 0x0a { code[offset] = 0x20 }
        }
    }

    private func starts(with text: StaticString, at index: Int) -> Bool {
        text.withUTF8Buffer { self.bytes[min(index, self.bytes.count)...].starts(with: $0) }
    }

    private mutating func skipComment() -> Bool {
        if self.starts(with: "//", at: self.index) {
            while self.index < self.bytes.count, self.bytes[self.index] != 0x0a { self.index += 1 }
            return true
        }
        guard self.starts(with: "/*", at: self.index) else { return false }
        var depth = 0
        repeat {
            if self.starts(with: "/*", at: self.index) {
                depth += 1
                self.index += 2
            } else if self.starts(with: "*/", at: self.index) {
                depth -= 1
                self.index += 2
            } else {
                self.index += 1
            }
        } while depth > 0 && self.index < self.bytes.count
        return true
    }

    private mutating func skipString() -> Bool {
        let hashes = self.bytes[self.index...].prefix { $0 == UInt8(ascii: "#") }.count
        guard self.starts(with: "\"", at: self.index + hashes) else { return false }
        let isMultiline = self.starts(with: "\"\"\"", at: self.index + hashes)
        let quotes = isMultiline ? 3 : 1
        self.index += hashes + quotes
        while self.index < self.bytes.count {
            if self.isRun(of: "\"", quotes, followedByHashes: hashes) {
                self.index += quotes + hashes
                return true
            }
            if self.bytes[self.index] == UInt8(ascii: "\\"), self.isHashes(hashes, at: self.index + 1) {
                self.index += 1 + hashes
                if self.starts(with: "(", at: self.index) {
                    self.skipInterpolation()
                } else {
                    self.index += 1
                }
            } else if self.bytes[self.index] == 0x0a && !isMultiline {
                return true
            } else {
                self.index += 1
            }
        }
        return true
    }

    private func isRun(of quote: StaticString, _ count: Int, followedByHashes hashes: Int) -> Bool {
        (0..<count).allSatisfy { self.starts(with: quote, at: self.index + $0) }
            && self.isHashes(hashes, at: self.index + count)
    }

    private func isHashes(_ count: Int, at index: Int) -> Bool {
        (0..<count).allSatisfy { self.starts(with: "#", at: index + $0) }
    }

    private mutating func skipInterpolation() {
        var depth = 0
        repeat {
            if self.skipComment() || self.skipString() { continue }
            if self.starts(with: "(", at: self.index) { depth += 1 }
            if self.starts(with: ")", at: self.index) { depth -= 1 }
            self.index += 1
        } while depth > 0 && self.index < self.bytes.count
    }
}
