/// Reads a pattern into its syntax tree.
struct ECMAPatternParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    /// Groups opened so far; group 0 is the whole match.
    private(set) var groupCount = 1
    private var names: [String: Int] = [:]

    /// Deepest nesting of groups.
    private static let depthMaximum = 100

    init(_ text: String) {
        self.scalars = Array(text.unicodeScalars)
        self.names = Self.groupNames(self.scalars)
    }

    /// Names are known in advance, because a reference may stand before its group.
    private static func groupNames(_ scalars: [Unicode.Scalar]) -> [String: Int] {
        var names: [String: Int] = [:]
        var group = 0
        var isInClass = false
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "\\": index += 1
            case "[": isInClass = true
            case "]": isInClass = false
            case "(" where !isInClass:
                let rest = scalars[(index + 1)...]
                if rest.first != "?" {
                    group += 1
                } else if rest.starts(with: "?<".unicodeScalars), let next = rest.dropFirst(2).first, next != "=",
                    next != "!"
                {
                    group += 1
                    names[String(String.UnicodeScalarView(rest.dropFirst(2).prefix { $0 != ">" }))] = group
                }
            default: break
            }
            index += 1
        }
        return names
    }

    private var peek: Unicode.Scalar? { self.position < self.scalars.count ? self.scalars[self.position] : nil }

    private mutating func take(_ text: String) -> Bool {
        guard self.scalars[self.position...].starts(with: text.unicodeScalars) else { return false }
        self.position += text.unicodeScalars.count
        return true
    }

    mutating func parse() throws(ECMAPatternError) -> PatternNode {
        let node = try self.alternatives()
        guard self.position == self.scalars.count else { throw .unexpected(offset: self.position) }
        return node
    }

    private mutating func alternatives() throws(ECMAPatternError) -> PatternNode {
        var branches = [try self.sequence()]
        while self.take("|") { branches.append(try self.sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(ECMAPatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = self.peek, scalar != "|", scalar != ")" {
            let start = self.position
            let atom = try self.atom()
            guard let quantifier = try self.quantifier() else {
                nodes.append(atom)
                continue
            }
            if case .assertion = atom { throw .badQuantifier(offset: start) }
            nodes.append(
                .repetition(atom, atLeast: quantifier.atLeast, atMost: quantifier.atMost, isLazy: self.take("?"))
            )
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func quantifier() throws(ECMAPatternError) -> (atLeast: Int, atMost: Int?)? {
        if self.take("*") { return (0, nil) }
        if self.take("+") { return (1, nil) }
        if self.take("?") { return (0, 1) }
        let start = self.position
        guard self.take("{") else { return nil }
        guard let atLeast = self.number() else {
            self.position = start  // A brace that opens no quantifier is a character.
            return nil
        }
        var atMost: Int? = atLeast
        if self.take(",") { atMost = self.number() }
        guard self.take("}") else {
            self.position = start
            return nil
        }
        if let atMost, atMost < atLeast { throw .badQuantifier(offset: start) }
        return (atLeast, atMost)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = self.peek.flatMap({ Character($0).wholeNumberValue }), self.peek?.isASCII ?? false {
            value = min((value ?? 0) * 10 + digit, 1_000_000)
            self.position += 1
        }
        return value
    }

    private mutating func atom() throws(ECMAPatternError) -> PatternNode {
        guard let scalar = self.peek else { throw .unexpectedEnd }
        let start = self.position
        self.position += 1
        switch scalar {
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        case ".": return .one(.dot)
        case "[": return .one(try self.characterClass())
        case "(": return try self.group()
        case "\\": return try self.escape()
        case "*", "+", "?": throw .badQuantifier(offset: start)
        case "{":
            self.position = start
            let isQuantifier = try self.quantifier() != nil
            if isQuantifier { throw .badQuantifier(offset: start) }
            self.position = start + 1
            return .one(.scalar(scalar))
        default: return .one(.scalar(scalar))
        }
    }

    private mutating func group() throws(ECMAPatternError) -> PatternNode {
        guard self.depth < Self.depthMaximum else { throw .tooLarge }
        self.depth += 1
        defer { self.depth -= 1 }
        if self.take("?:") { return try self.body() }
        if self.take("?=") { return .look(try self.body(), isBehind: false, isNegative: false) }
        if self.take("?!") { return .look(try self.body(), isBehind: false, isNegative: true) }
        if self.take("?<=") { return .look(try self.body(), isBehind: true, isNegative: false) }
        if self.take("?<!") { return .look(try self.body(), isBehind: true, isNegative: true) }
        if self.take("?<") {
            _ = try self.name()
        } else if self.peek == "?" {
            throw .unexpected(offset: self.position)
        }
        let index = self.groupCount
        self.groupCount += 1
        return .group(try self.body(), index: index)
    }

    private mutating func body() throws(ECMAPatternError) -> PatternNode {
        let node = try self.alternatives()
        guard self.take(")") else { throw .unexpectedEnd }
        return node
    }

    /// A group's name up to its closing bracket.
    private mutating func name() throws(ECMAPatternError) -> String {
        var name = ""
        while let scalar = self.peek {
            self.position += 1
            if scalar == ">" {
                guard !name.isEmpty else { throw .unexpected(offset: self.position - 1) }
                return name
            }
            guard scalar.properties.isAlphabetic || ScalarSet.isWord(scalar) || scalar == "$" else { break }
            name.unicodeScalars.append(scalar)
        }
        throw .unexpected(offset: self.position)
    }
}

extension ECMAPatternParser {
    private mutating func escape() throws(ECMAPatternError) -> PatternNode {
        guard let scalar = self.peek else { throw .unexpectedEnd }
        let start = self.position
        switch scalar {
        case "b", "B":
            self.position += 1
            return .assertion(scalar == "b" ? .wordBoundary : .noWordBoundary)
        case "1"..."9":
            guard let index = self.number(), index < 1000 else { throw .unknownGroup(offset: start) }
            return .backReference(index)
        case "k":
            self.position += 1
            guard self.take("<") else { throw .badEscape(offset: start) }
            guard let index = self.names[try self.name()] else { throw .unknownGroup(offset: start) }
            return .backReference(index)
        default:
            return .one(ScalarSet(items: [try self.classEscape()]))
        }
    }

    /// What an escape stands for that may also stand in a class; the backslash has been taken.
    private mutating func classEscape() throws(ECMAPatternError) -> ScalarSet.Item {
        guard let scalar = self.peek else { throw .unexpectedEnd }
        let start = self.position
        self.position += 1
        switch scalar {
        case "d": return .digit
        case "D": return .complement(.digit)
        case "w": return .word
        case "W": return .complement(.word)
        case "s": return .space
        case "S": return .complement(.space)
        case "p": return try self.property(start)
        case "P": return .complement(try self.property(start))
        case "t": return Self.item(0x09)
        case "n": return Self.item(0x0a)
        case "v": return Self.item(0x0b)
        case "f": return Self.item(0x0c)
        case "r": return Self.item(0x0d)
        case "0": return Self.item(0)
        case "c": return Self.item(try self.controlLetter(start))
        case "x": return Self.item(try self.hex(2, start))
        case "u": return Self.item(try self.codePoint(start))
        default:
            let isLetter = scalar.isASCII && (scalar.properties.isAlphabetic || ("1"..."9").contains(scalar))
            guard !isLetter else { throw .badEscape(offset: start) }
            return Self.item(scalar.value)
        }
    }

    private static func item(_ value: UInt32) -> ScalarSet.Item { .range(value...value) }

    private mutating func controlLetter(_ start: Int) throws(ECMAPatternError) -> UInt32 {
        guard let letter = self.peek, letter.isASCII, letter.properties.isAlphabetic else {
            throw .badEscape(offset: start)
        }
        self.position += 1
        return letter.value % 32
    }

    private mutating func hex(_ count: Int, _ start: Int) throws(ECMAPatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = self.peek.flatMap({ Character($0).hexDigitValue }) else {
                throw .badEscape(offset: start)
            }
            value = value << 4 | UInt32(digit)
            self.position += 1
        }
        return value
    }

    private mutating func codePoint(_ start: Int) throws(ECMAPatternError) -> UInt32 {
        if self.take("{") {
            var value: UInt32 = 0
            var count = 0
            while let digit = self.peek.flatMap({ Character($0).hexDigitValue }) {
                value = value << 4 | UInt32(digit)
                count += 1
                self.position += 1
                guard value <= 0x10ffff else { throw .badEscape(offset: start) }
            }
            guard count > 0, self.take("}") else { throw .badEscape(offset: start) }
            return value
        }
        let first = try self.hex(4, start)
        guard (0xd800...0xdbff).contains(first), self.take("\\u") else { return first }
        let second = try self.hex(4, start)
        guard (0xdc00...0xdfff).contains(second) else { throw .badEscape(offset: start) }
        return 0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)
    }

    private mutating func property(_ start: Int) throws(ECMAPatternError) -> ScalarSet.Item {
        guard self.take("{") else { throw .badEscape(offset: start) }
        let nameStart = self.position
        while let scalar = self.peek, scalar != "}" { self.position += 1 }
        var name = String(String.UnicodeScalarView(self.scalars[nameStart..<self.position]))
        guard self.take("}") else { throw .badEscape(offset: start) }
        for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) { name.removeFirst(prefix.count) }
        if name == "Alphabetic" || name == "Alpha" { return .alphabetic }
        guard let categories = PatternCategory.named[name] else { throw .badEscape(offset: start) }
        return .category(categories)
    }

    private mutating func characterClass() throws(ECMAPatternError) -> ScalarSet {
        var set = ScalarSet(items: [])
        set.isNegated = self.take("^")
        while let scalar = self.peek {
            if scalar == "]" {
                self.position += 1
                return set
            }
            let start = self.position
            let first = try self.classAtom()
            guard self.peek == "-", self.position + 1 < self.scalars.count, self.scalars[self.position + 1] != "]"
            else {
                set.items.append(first)
                continue
            }
            self.position += 1
            let last = try self.classAtom()
            guard case .range(let lower) = first, case .range(let upper) = last else {
                set.items += [first, Self.item(0x2d), last]  // A class is no end of a range.
                continue
            }
            guard lower.lowerBound <= upper.lowerBound else { throw .badRange(offset: start) }
            set.items.append(.range(lower.lowerBound...upper.lowerBound))
        }
        throw .unexpectedEnd
    }

    private mutating func classAtom() throws(ECMAPatternError) -> ScalarSet.Item {
        guard let scalar = self.peek else { throw .unexpectedEnd }
        self.position += 1
        guard scalar == "\\" else { return Self.item(scalar.value) }
        if self.take("b") { return Self.item(0x08) }
        return try self.classEscape()
    }
}

/// Names of general categories in `\p{…}`.
enum PatternCategory {
    static let named: [String: [Unicode.GeneralCategory]] = {
        let groups: [([String], [Unicode.GeneralCategory])] = [
            (["L", "Letter"], [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]),
            (["Lu", "Uppercase_Letter"], [.uppercaseLetter]), (["Ll", "Lowercase_Letter"], [.lowercaseLetter]),
            (["Lt", "Titlecase_Letter"], [.titlecaseLetter]), (["Lm", "Modifier_Letter"], [.modifierLetter]),
            (["Lo", "Other_Letter"], [.otherLetter]),
            (["M", "Mark"], [.nonspacingMark, .spacingMark, .enclosingMark]), (["Mn"], [.nonspacingMark]),
            (["N", "Number"], [.decimalNumber, .letterNumber, .otherNumber]),
            (["Nd", "Decimal_Number", "digit"], [.decimalNumber]), (["Nl"], [.letterNumber]), (["No"], [.otherNumber]),
            (
                ["P", "Punctuation"],
                [
                    .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                    .finalPunctuation, .otherPunctuation,
                ]
            ), (["S", "Symbol"], [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]),
            (["Sc", "Currency_Symbol"], [.currencySymbol]), (["Sm", "Math_Symbol"], [.mathSymbol]),
            (["Z", "Separator"], [.spaceSeparator, .lineSeparator, .paragraphSeparator]),
            (["Zs", "Space_Separator"], [.spaceSeparator]),
            (["C", "Other"], [.control, .format, .surrogate, .privateUse, .unassigned]),
            (["Cc", "Control"], [.control]),
        ]
        var named: [String: [Unicode.GeneralCategory]] = [:]
        for (names, categories) in groups {
            for name in names { named[name] = categories }
        }
        return named
    }()
}
