/// A regular expression of ECMA 262, as the `pattern` keyword of JSON Schema uses it.
///
/// It works on Unicode scalars, knows look-around, named groups and back-references, and gives up after a
/// bounded number of steps, so that no pattern stored in a schema can hold up the server. Not there: `\p{…}`
/// of scripts, flags.
/// Differs from ECMA 262 in: an escaped letter without meaning is an error also outside Unicode mode.
package struct ECMAPattern: Sendable {
    private let program: PatternProgram

    /// - Throws: ``ECMAPatternError`` for text that is no pattern.
    package init(_ text: String) throws(ECMAPatternError) {
        var parser = ECMAPatternParser(text)
        let node = try parser.parse()
        self.program = try PatternCompiler.program(for: node, groups: parser.groupCount)
    }

    /// Whether the pattern is found anywhere in the text.
    ///
    /// - Throws: ``ECMAPatternError/tooManySteps`` where that could not be told within bounds.
    package func isFound(in text: String) throws(ECMAPatternError) -> Bool {
        var machine = PatternMachine(program: self.program, text: Array(text.unicodeScalars))
        return try machine.search()
    }
}

package enum ECMAPatternError: Error, Equatable, Sendable {
    case unexpectedEnd
    case unexpected(offset: Int)
    case badEscape(offset: Int)
    case badRange(offset: Int)
    case badQuantifier(offset: Int)
    case unknownGroup(offset: Int)
    case tooLarge
    case tooManySteps
}

/// The syntax tree of a pattern.
indirect enum PatternNode {
    case empty
    case one(ScalarSet)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    case group(PatternNode, index: Int)
    case backReference(Int)
    case look(PatternNode, isBehind: Bool, isNegative: Bool)
    case assertion(PatternAssertion)
    case repetition(PatternNode, atLeast: Int, atMost: Int?, isLazy: Bool)
}

enum PatternAssertion: Sendable {
    case start
    case end
    case wordBoundary
    case noWordBoundary
}

/// A set of scalars: ranges, classes by property, or the complement of such.
struct ScalarSet: Sendable {
    enum Item: Sendable {
        case range(ClosedRange<UInt32>)
        case digit
        case word
        case space
        case category([Unicode.GeneralCategory])
        case alphabetic
        indirect case complement(Item)
    }

    var items: [Item]
    var isNegated = false

    static let dot = ScalarSet(
        items: [.range(0x0a...0x0a), .range(0x0d...0x0d), .range(0x2028...0x2029)],
        isNegated: true
    )

    static func scalar(_ scalar: Unicode.Scalar) -> ScalarSet {
        ScalarSet(items: [.range(scalar.value...scalar.value)])
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        self.items.contains { Self.matches($0, scalar) } != self.isNegated
    }

    private static func matches(_ item: Item, _ scalar: Unicode.Scalar) -> Bool {
        switch item {
        case .range(let range): range.contains(scalar.value)
        case .digit: (0x30...0x39).contains(scalar.value)
        case .word: self.isWord(scalar)
        case .space: self.isSpace(scalar)
        case .category(let categories): categories.contains(scalar.properties.generalCategory)
        case .alphabetic: scalar.properties.isAlphabetic
        case .complement(let item): !self.matches(item, scalar)
        }
    }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a: true
        default: false
        }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0d, 0x20, 0xa0, 0x2028, 0x2029, 0xfeff: true
        default: scalar.value > 0x7f && scalar.properties.generalCategory == .spaceSeparator
        }
    }
}
