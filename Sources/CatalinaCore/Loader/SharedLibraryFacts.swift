/// What the tables of a shared library say about it, read without loading it.
///
/// Shape: ELF, 64 bits, little-endian; the dynamic section (`DT_NEEDED`, `DT_SONAME`) and the dynamic symbol table,
/// both found through the section headers. Every offset is checked against the length of the file.
/// Source: System V ABI, chapters 4 and 5.
struct SharedLibraryFacts: Sendable, Equatable {
    /// The libraries it needs, by the names under which the dynamic linker looks for them.
    var needed: [String] = []
    /// The name under which others need it.
    var soname: String?
    /// The symbols it defines for others.
    var defined: Set<String> = []
    /// The symbols it expects from others.
    var undefined: Set<String> = []
    /// Bytes in the file.
    var length = 0
    /// Bytes that the file has at least, by its header; if more than ``length``, nothing else was read.
    var announcedLength = 0

    var isCutShort: Bool { self.announcedLength > self.length }

    /// Symbols with other prefixes are not collected: a Swift library has tens of thousands.
    private var prefixes: [String] = []

    private enum Section {
        static let dynamic: UInt32 = 6
        static let dynamicSymbols: UInt32 = 11
        static let headerSize = 64
    }

    private enum Dynamic {
        static let entrySize = 16
        static let needed: UInt64 = 1
        static let soname: UInt64 = 14
    }

    private static let symbolSize = 24

    /// A library that says nothing.
    init() {}

    /// Reads a library; `nil` if the bytes are no shared library for this machine.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - prefixes: the beginnings of the symbols that matter.
    init?(_ bytes: UnsafeRawBufferPointer, symbolsWithPrefix prefixes: [String]) {
        self.prefixes = prefixes
        let file = File(bytes: bytes)
        guard bytes.count >= 64, bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]),
            file.integer(UInt16.self, at: 16) == 3, file.integer(UInt16.self, at: 18) == Self.machine,
            let headers = file.integer(UInt64.self, at: 40).flatMap({ Int(exactly: $0) }),
            let count = file.integer(UInt16.self, at: 60)
        else { return nil }
        self.length = bytes.count
        let end = headers.addingReportingOverflow(Int(count) * Section.headerSize)
        self.announcedLength = end.overflow ? .max : end.partialValue
        guard !self.isCutShort else { return }
        for index in 0..<Int(count) {
            let header = headers + index * Section.headerSize
            guard let type = file.integer(UInt32.self, at: header + 4), let section = file.section(at: header),
                let strings = file.strings(ofSectionAt: header, headers: headers, count: Int(count))
            else { continue }
            switch type {
            case Section.dynamic: self.readDynamic(file, section, strings)
            case Section.dynamicSymbols: self.readSymbols(file, section, strings)
            default: break
            }
        }
    }

    /// The `e_machine` of libraries that this process can load.
    private static var machine: UInt16 {
        #if arch(x86_64)
        62
        #elseif arch(arm64)
        183
        #else
        0
        #endif
    }

    private mutating func readDynamic(_ file: File, _ section: Range<Int>, _ strings: Range<Int>) {
        for entry in stride(from: section.lowerBound, to: section.upperBound, by: Dynamic.entrySize) {
            guard let tag = file.integer(UInt64.self, at: entry),
                let value = file.integer(UInt64.self, at: entry + 8).flatMap({ Int(exactly: $0) })
            else { return }
            switch tag {
            case Dynamic.needed: if let name = file.string(at: value, in: strings) { self.needed.append(name) }
            case Dynamic.soname: self.soname = file.string(at: value, in: strings)
            default: break
            }
        }
    }

    private mutating func readSymbols(_ file: File, _ section: Range<Int>, _ strings: Range<Int>) {
        for symbol in stride(from: section.lowerBound, to: section.upperBound, by: Self.symbolSize) {
            guard let name = file.integer(UInt32.self, at: symbol),
                let index = file.integer(UInt16.self, at: symbol + 6)
            else { return }
            guard let prefix = self.prefixes.first(where: { file.starts(at: Int(name), in: strings, with: $0) }),
                let text = file.string(at: Int(name), in: strings), text.hasPrefix(prefix)
            else { continue }
            if index == 0 {
                self.undefined.insert(text)
            } else {
                self.defined.insert(text)
            }
        }
    }

    /// Checked access to the bytes of a file.
    private struct File {
        let bytes: UnsafeRawBufferPointer

        func integer<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value? {
            guard offset >= 0, offset <= self.bytes.count - MemoryLayout<Value>.size else { return nil }
            return Value(littleEndian: self.bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
        }

        /// The content of the section whose header is at an offset.
        func section(at header: Int) -> Range<Int>? {
            guard let offset = self.integer(UInt64.self, at: header + 24).flatMap({ Int(exactly: $0) }),
                let size = self.integer(UInt64.self, at: header + 32).flatMap({ Int(exactly: $0) }),
                offset <= self.bytes.count, size <= self.bytes.count - offset
            else { return nil }
            return offset..<offset + size
        }

        /// The strings that the section whose header is at an offset refers to.
        func strings(ofSectionAt header: Int, headers: Int, count: Int) -> Range<Int>? {
            guard let link = self.integer(UInt32.self, at: header + 40), link < count else { return nil }
            return self.section(at: headers + Int(link) * Section.headerSize)
        }

        func string(at offset: Int, in strings: Range<Int>) -> String? {
            guard offset >= 0, offset < strings.count else { return nil }
            let start = strings.lowerBound + offset
            guard let end = self.bytes[start..<strings.upperBound].firstIndex(of: 0) else { return nil }
            return String(decoding: self.bytes[start..<end], as: UTF8.self)
        }

        func starts(at offset: Int, in strings: Range<Int>, with prefix: String) -> Bool {
            guard offset >= 0, offset < strings.count else { return false }
            return self.bytes[(strings.lowerBound + offset)..<strings.upperBound].starts(with: prefix.utf8)
        }
    }
}
