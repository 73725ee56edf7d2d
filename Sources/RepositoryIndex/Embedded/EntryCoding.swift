import RepositoryCore

/// Writes the fields of an entry as bytes.
///
/// Shape, all integers LEB128: count of texts; per text its length and UTF-8 bytes; count of fields; per field
/// its number, its analysis, the count of its values and per value the number of a text. A text that several
/// fields hold, as every leaf of the content does with ``IndexField/all``, is written once.
enum EntryWriter {
    static func bytes(of fields: [EmbeddedEntry.Field]) -> [UInt8] {
        var texts: [String] = []
        var numbers: [ExactText: Int] = [:]
        var layout: [UInt8] = []
        layout.append(leb128: fields.count)
        for field in fields {
            layout.append(leb128: field.code)
            layout.append(Self.number(of: field.analysis))
            layout.append(leb128: field.values.count)
            for value in field.values {
                let number = numbers[ExactText(value)] ?? texts.count
                if number == texts.count {
                    numbers[ExactText(value)] = number
                    texts.append(value)
                }
                layout.append(leb128: number)
            }
        }
        var bytes: [UInt8] = []
        bytes.append(leb128: texts.count)
        for text in texts {
            bytes.append(leb128: text.utf8.count)
            bytes.append(contentsOf: text.utf8)
        }
        return bytes + layout
    }

    private static func number(of analysis: FieldAnalysis) -> UInt8 {
        switch analysis {
        case .text: 0
        case .keyword: 1
        case .exact: 2
        case .number: 3
        }
    }
}

/// Reads what ``EntryWriter`` writes; nil for anything else.
enum EntryReader {
    static func fields(_ bytes: [UInt8]) -> [EmbeddedEntry.Field]? {
        guard var cursor = Cursor(bytes), let count = cursor.count() else { return nil }
        var fields: [EmbeddedEntry.Field] = []
        for _ in 0..<count {
            guard let field = cursor.field(where: { _ in true }) else { return nil }
            fields.append(field)
        }
        return fields
    }

    /// One field alone, nil also where there is none; the others' texts are passed over.
    static func field(_ code: FieldCodes.Code, in bytes: [UInt8]) -> EmbeddedEntry.Field? {
        guard var cursor = Cursor(bytes), let count = cursor.count() else { return nil }
        for _ in 0..<count {
            guard let field = cursor.field(where: { $0 == code }) else { return nil }
            if field.code == code { return field }
        }
        return nil
    }

    private struct Cursor {
        private let bytes: [UInt8]
        private var position = 0
        private var texts: [Range<Int>] = []

        init?(_ bytes: [UInt8]) {
            self.bytes = bytes
            guard let count = self.count() else { return nil }
            self.texts.reserveCapacity(count)
            for _ in 0..<count {
                guard let length = self.integer(), length <= bytes.count - self.position else { return nil }
                self.texts.append(self.position..<self.position + length)
                self.position += length
            }
        }

        /// A count of things that take at least one byte each.
        mutating func count() -> Int? {
            guard let count = self.integer(), count <= self.bytes.count - self.position else { return nil }
            return count
        }

        private mutating func integer() -> Int? {
            var value = 0
            var shift = 0
            while self.position < self.bytes.count, shift < 56 {
                let byte = self.bytes[self.position]
                self.position += 1
                value |= Int(byte & 0x7f) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }

        /// The next field; its values are read only where `isWanted`.
        mutating func field(where isWanted: (FieldCodes.Code) -> Bool) -> EmbeddedEntry.Field? {
            guard let code = self.integer(), let analysis = self.integer().flatMap(Self.analysis),
                let count = self.count()
            else { return nil }
            var field = EmbeddedEntry.Field(code: code, analysis: analysis, values: [])
            let isWanted = isWanted(code)
            for _ in 0..<count {
                guard let number = self.integer(), number < self.texts.count else { return nil }
                guard isWanted else { continue }
                field.values.append(String(decoding: self.bytes[self.texts[number]], as: UTF8.self))
            }
            return field
        }

        private static func analysis(_ number: Int) -> FieldAnalysis? {
            switch number {
            case 0: .text
            case 1: .keyword
            case 2: .exact
            case 3: .number
            default: nil
            }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(leb128 value: Int) {
        var rest = value
        while rest >= 0x80 {
            self.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.append(UInt8(truncatingIfNeeded: rest))
    }
}
