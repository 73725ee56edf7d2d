/// Cuts text into the words by which it is found: words of Unicode's text segmentation (UAX #29), in lower case.
///
/// Ideographs and hiragana are words of one character; runs of katakana, of scripts that write no spaces
/// (Thai, Lao, Khmer, Myanmar) and of emoji are one word each. There is no stemming and there are no stop words.
/// Source: Lucene's StandardTokenizer and LowerCaseFilter.
package enum TextAnalyzer {
    /// A longer word is cut into pieces of this many scalars.
    static let tokenLengthMaximum = 255

    package static func tokens(_ text: String) -> [String] {
        var text = text
        if let tokens = text.withUTF8({ Self.asciiTokens($0) }) { return tokens }
        var segmenter = WordSegmenter(scalars: Array(text.unicodeScalars))
        var tokens: [String] = []
        while let word = segmenter.next() {
            tokens.append(Self.lowercased(word))
        }
        return tokens
    }

    /// Lower case scalar by scalar, without regard to what stands beside it.
    package static func lowercased(_ text: some Sequence<Unicode.Scalar>) -> String {
        var result = ""
        for scalar in text {
            if scalar.isASCII {
                let isUpper = (65...90).contains(scalar.value)
                result.unicodeScalars.append(isUpper ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar)
            } else if scalar.value == 0x130 {
                result.append("i")
            } else {
                result.append(scalar.properties.lowercaseMapping)
            }
        }
        return result
    }

    /// The same for text that is ASCII throughout; nil where it is not.
    private static func asciiTokens(_ bytes: UnsafeBufferPointer<UInt8>) -> [String]? {
        var tokens: [String] = []
        var word: [UInt8] = []
        var index = 0
        func flush() {
            guard !word.isEmpty else { return }
            if word.contains(where: { $0 != UInt8(ascii: "_") }) {
                tokens.append(String(decoding: word, as: UTF8.self))
            }
            word.removeAll(keepingCapacity: true)
        }
        while index < bytes.count {
            let byte = bytes[index]
            guard byte < 0x80 else { return nil }
            index += 1
            switch byte {
            case 48...57, 95, 97...122: word.append(byte)
            case 65...90: word.append(byte + 32)
            default:
                let next = index < bytes.count ? bytes[index] : 0
                if let last = word.last, Self.joins(byte, last, next) { word.append(byte) } else { flush() }
            }
            if word.count == Self.tokenLengthMaximum { flush() }
        }
        flush()
        return tokens
    }

    /// Whether a punctuation mark between two characters of a word belongs to the word.
    private static func joins(_ mark: UInt8, _ before: UInt8, _ after: UInt8) -> Bool {
        let isBetweenLetters = Self.isLetter(before) && Self.isLetter(after)
        let isBetweenDigits = Self.isDigit(before) && Self.isDigit(after)
        return switch mark {
        case UInt8(ascii: "."), UInt8(ascii: "'"): isBetweenLetters || isBetweenDigits
        case UInt8(ascii: ":"): isBetweenLetters
        case UInt8(ascii: ","), UInt8(ascii: ";"): isBetweenDigits
        default: false
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (65...90).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
