/// A struct, class or actor with the properties that each value of it stores.
struct TypeScan: Equatable {
    let name: String
    /// Names in order; static and computed ones are left out.
    let stored: [String]
    /// Those of them that others may set without being told what they are.
    var undocumented: [String] = []
}

/// One stored property.
private struct StoredProperty {
    let name: String
    /// The offset of its `var` or `let`.
    let start: Int
}

/// A property with accessors in braces, wherever it stands.
private struct ComputedProperty {
    let name: String
    let start: Int
    /// The offset of its closing brace.
    let end: Int
}

extension SourceText {
    /// Every type of the file that can store properties, nested ones too, in order.
    func types() -> [TypeScan] {
        var types: [TypeScan] = []
        var index = 0
        while let word = self.nextWord(from: &index) {
            guard ["struct", "class", "actor"].contains(word.text), self.isDeclaration(word) else { continue }
            var cursor = word.end
            let name = self.functionName(at: &cursor).prefix { $0 != ":" }
            guard name.first?.isUppercase == true, let body = self.code[cursor...].firstIndex(of: UInt8(ascii: "{")),
                let end = self.matching(body)
            else { continue }
            let properties = self.storedProperties(in: body + 1..<end)
            types.append(
                TypeScan(
                    name: String(name),
                    stored: properties.map(\.name),
                    undocumented: properties.filter { !self.isDocumented($0) }.map(\.name)
                )
            )
        }
        return types
    }

    /// Computed and observed properties as functions without parameters; requirements of protocols are left out.
    func computedProperties() -> [FunctionScan] {
        var found: [FunctionScan] = []
        var index = 0
        while let word = self.nextWord(from: &index) {
            guard word.text == "var", self.isDeclaration(word), let property = self.computedProperty(word) else {
                continue
            }
            found.append(
                FunctionScan(
                    name: property.name,
                    line: self.line(at: property.start),
                    length: self.line(at: property.end) - self.line(at: property.start) + 1,
                    parameters: 0
                )
            )
        }
        return found
    }

    private func storedProperties(in range: Range<Int>) -> [StoredProperty] {
        var properties: [StoredProperty] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if [UInt8(ascii: "{"), UInt8(ascii: "("), UInt8(ascii: "[")].contains(self.code[index]) {
                index = (self.matching(index) ?? index) + 1
                continue
            }
            guard Self.isWordByte(self.code[index]), let word = self.nextWord(from: &index) else {
                index += 1
                continue
            }
            guard ["var", "let"].contains(word.text), self.isDeclaration(word), !self.isShared(word) else { continue }
            if let accessors = self.accessors(of: word) {
                if self.isObserved(accessors) { properties.append(self.storedProperty(word)) }
                index = (self.matching(accessors) ?? accessors) + 1
            } else {
                properties.append(self.storedProperty(word))
            }
        }
        return properties
    }

    private func storedProperty(_ word: Word) -> StoredProperty {
        StoredProperty(name: self.propertyName(word), start: word.start)
    }

    /// Whether a comment for readers stands above the declaration, or nobody else sets it.
    private func isDocumented(_ property: StoredProperty) -> Bool {
        if self.bytes[property.start...].starts(with: "let".utf8) { return true }
        var end = property.start
        var line = self.lineBefore(&end)
        if String(decoding: line, as: UTF8.self).contains("private ") { return true }
        repeat { line = self.lineBefore(&end) } while line.first { $0 != 0x20 } == UInt8(ascii: "@")
        return line.drop { $0 == 0x20 }.starts(with: "///".utf8)
    }

    /// What stands between the last line break before `end` and `end`, which is moved there.
    private func lineBefore(_ end: inout Int) -> ArraySlice<UInt8> {
        let stop = end
        while end > 0, self.bytes[end - 1] != 0x0a { end -= 1 }
        defer { end = max(0, end - 1) }
        return self.bytes[end..<stop]
    }

    /// Whether the declaration belongs to the type, not to its values.
    private func isShared(_ word: Word) -> Bool {
        let line = self.code[..<word.start].reversed().prefix { $0 != 0x0a }.reversed()
        return String(decoding: line, as: UTF8.self).split(separator: " ").contains { $0 == "static" || $0 == "class" }
    }

    private func propertyName(_ word: Word) -> String {
        String(
            decoding: self.code[word.end...].drop { $0 == 0x20 || $0 == UInt8(ascii: "`") }.prefix(
                while: Self.isWordByte
            ),
            as: UTF8.self
        )
    }

    private func computedProperty(_ word: Word) -> ComputedProperty? {
        guard let brace = self.accessors(of: word), let end = self.matching(brace) else { return nil }
        let text = String(decoding: self.code[brace + 1..<end], as: UTF8.self)
        let requirement: Set<Substring> = ["get", "set", "async", "throws", "nonmutating", "mutating"]
        let words = text.split { $0 == " " || $0 == "\n" }
        if !words.isEmpty, words.allSatisfy(requirement.contains) { return nil }
        return ComputedProperty(name: self.propertyName(word), start: word.start, end: end)
    }

    /// The brace that opens the accessors of a property, or nil if it has a value or nothing there.
    private func accessors(of word: Word) -> Int? {
        guard word.text == "var" else { return nil }
        var index = word.end
        while index < self.code.count {
            switch self.code[index] {
            case UInt8(ascii: "{"): return index
            case UInt8(ascii: "="), UInt8(ascii: "}"), UInt8(ascii: ";"), UInt8(ascii: ","): return nil
            case UInt8(ascii: "("), UInt8(ascii: "["): index = (self.matching(index) ?? index) + 1
            case UInt8(ascii: "<"): self.skipGenerics(&index)
            case 0x0a:
                let rest = self.code[index...].drop { $0 == 0x20 || $0 == 0x0a }
                guard rest.first == UInt8(ascii: "{") else { return nil }
                index += 1
            default: index += 1
            }
        }
        return nil
    }

    private func isObserved(_ brace: Int) -> Bool {
        let rest = self.code[(brace + 1)...].drop { $0 == 0x20 || $0 == 0x0a }
        return ["didSet", "willSet"].contains { rest.starts(with: $0.utf8) }
    }
}
