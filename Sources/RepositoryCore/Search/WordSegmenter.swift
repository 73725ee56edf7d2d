/// Finds the next word in a sequence of scalars by the word boundary rules of UAX #29.
struct WordSegmenter {
    let scalars: [Unicode.Scalar]
    private var position = 0

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    /// The next word, without the spaces and marks between words.
    mutating func next() -> ArraySlice<Unicode.Scalar>? {
        while self.position < self.scalars.count {
            let start = self.position
            let kind = WordBreakClass(self.scalars[start])
            self.position += 1
            switch kind {
            case .ideograph, .hiragana:
                self.skipExtenders()
                return self.scalars[start..<self.position]
            case .southEastAsian:
                self.extend(while: kind)
                return self.scalars[start..<self.position]
            case .emoji:
                self.position = self.endOfEmoji(from: start)
                return self.scalars[start..<self.position]
            case .letter, .numeric, .katakana, .connector:
                if let word = self.word(from: start, kind) { return word }
            case .midLetter, .midNumber, .midBoth, .doubleQuote, .extender, .other:
                guard self.isKeycap(at: start) else { continue }
                self.skipExtenders()
                return self.scalars[start..<self.position]
            }
        }
        return nil
    }

    private mutating func skipExtenders() {
        while self.position < self.scalars.count, WordBreakClass(self.scalars[self.position]) == .extender {
            self.position += 1
        }
    }

    private mutating func extend(while kind: WordBreakClass) {
        while self.position < self.scalars.count {
            let next = WordBreakClass(self.scalars[self.position])
            guard next == kind || next == .extender else { return }
            self.position += 1
        }
    }

    /// Whether a mark is shown as the face of a key.
    private func isKeycap(at start: Int) -> Bool {
        self.scalars[start...].dropFirst().starts(with: ["\u{fe0f}", "\u{20e3}"])
    }

    /// Where the emoji ends that starts here: one flag, or pictures joined to one, with their modifiers.
    private func endOfEmoji(from start: Int) -> Int {
        var end = start + 1
        let isFlag = Self.isRegional(self.scalars[start])
        if isFlag, end < self.scalars.count, Self.isRegional(self.scalars[end]) { return end + 1 }
        while end < self.scalars.count {
            let scalar = self.scalars[end]
            let isJoined = self.scalars[end - 1] == "\u{200d}" && WordBreakClass(scalar) == .emoji
            guard isJoined || scalar.properties.isEmojiModifier || WordBreakClass(scalar) == .extender else {
                return end
            }
            end += 1
        }
        return end
    }

    private static func isRegional(_ scalar: Unicode.Scalar) -> Bool { (0x1f1e6...0x1f1ff).contains(scalar.value) }

    private static func isHebrewLetter(_ scalar: Unicode.Scalar) -> Bool { (0x5d0...0x5f2).contains(scalar.value) }

    /// Letters, digits, katakana and connectors in one go; nil for a run of connectors alone.
    private mutating func word(from start: Int, _ first: WordBreakClass) -> ArraySlice<Unicode.Scalar>? {
        var last = first
        var hasText = first != .connector
        while self.position < self.scalars.count, self.position - start < TextAnalyzer.tokenLengthMaximum {
            let next = WordBreakClass(self.scalars[self.position])
            switch next {
            case .extender:
                self.position += 1
                continue
            case .letter, .numeric, .katakana, .connector:
                guard Self.mayFollow(next, last) else { return self.scalars[start..<self.position] }
                self.position += 1
                last = next
                hasText = hasText || next != .connector
            case .midLetter, .midNumber, .midBoth, .doubleQuote:
                guard let length = self.bridge(next, after: last) else { return hasText ? self.upToHere(start) : nil }
                self.position += length
            default:
                return hasText ? self.upToHere(start) : nil
            }
        }
        return hasText ? self.upToHere(start) : nil
    }

    private func upToHere(_ start: Int) -> ArraySlice<Unicode.Scalar> { self.scalars[start..<self.position] }

    private static func mayFollow(_ next: WordBreakClass, _ last: WordBreakClass) -> Bool {
        (next == .katakana) == (last == .katakana) || next == .connector || last == .connector
    }

    /// Count of scalars up to the word's next character where a mark stands between two that belong together.
    private func bridge(_ mark: WordBreakClass, after last: WordBreakClass) -> Int? {
        var ahead = self.position + 1
        while ahead < self.scalars.count, WordBreakClass(self.scalars[ahead]) == .extender { ahead += 1 }
        guard ahead < self.scalars.count else { return nil }
        let next = WordBreakClass(self.scalars[ahead])
        let isBridge =
            switch mark {
            case .midLetter: last == .letter && next == .letter
            case .midNumber: last == .numeric && next == .numeric
            case .doubleQuote:
                Self.isHebrewLetter(self.scalars[self.position - 1]) && Self.isHebrewLetter(self.scalars[ahead])
            default: (last == .letter && next == .letter) || (last == .numeric && next == .numeric)
            }
        return isBridge ? ahead - self.position : nil
    }
}

/// What a scalar does at the boundary of a word (the Word_Break property, as far as it matters here).
enum WordBreakClass: Equatable {
    case letter
    case numeric
    case katakana
    case connector
    case ideograph
    case hiragana
    case southEastAsian
    case emoji
    case midLetter
    case midNumber
    case midBoth
    case doubleQuote
    case extender
    case other

    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x27, 0x2e, 0x2018, 0x2019, 0x2024, 0xfe52, 0xff07, 0xff0e: self = .midBoth
        case 0x3a, 0xb7, 0x387, 0x55f, 0x5f4, 0x2027, 0xfe13, 0xfe55, 0xff1a: self = .midLetter
        case 0x22: self = .doubleQuote
        case 0x200b, 0x3006: self = .other
        case 0x2c, 0x3b, 0x37e, 0x589, 0x60c, 0x60d, 0x66b, 0x66c, 0x7f8, 0x2044, 0xfe10, 0xfe14, 0xfe50, 0xfe54,
            0xff0c,
            0xff1b:
            self = .midNumber
        case 0x3031...0x3035, 0x309b...0x309c, 0x30a0...0x30fa, 0x30fc...0x30ff, 0x31f0...0x31ff, 0x32d0...0x32fe,
            0x3300...0x3357, 0xff66...0xff9d:
            self = .katakana
        case 0x3041...0x3096, 0x309d...0x309f, 0x1b001, 0x1f200: self = .hiragana
        case 0xe01...0xe3a, 0xe40...0xe4e, 0xe81...0xecd, 0xedc...0xedf, 0x1000...0x103f, 0x1050...0x109f,
            0x1780...0x17d3, 0x17d7, 0x17dc...0x17dd:
            self = .southEastAsian
        default: self = Self.byCategory(scalar)
        }
    }

    private static func byCategory(_ scalar: Unicode.Scalar) -> WordBreakClass {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark, .format: return .extender
        case .decimalNumber: return .numeric
        case .connectorPunctuation: return .connector
        default: break
        }
        if properties.isIdeographic { return .ideograph }
        if properties.isAlphabetic { return .letter }
        return properties.isEmoji && !scalar.isASCII ? .emoji : .other
    }
}
