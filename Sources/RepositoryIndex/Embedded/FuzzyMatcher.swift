import RepositoryCore

/// Compares many words with one, as ``EditDistance`` does for two.
///
/// A search for a fuzzy word looks at every term of a field, so most of them have to be refused at once: by
/// their length, or because too few of their bytes occur in the word at all.
struct FuzzyMatcher {
    private let word: String
    private let length: Int
    private let editsMaximum: Int
    private var occurring = [Bool](repeating: false, count: 256)

    init(_ word: String, editsMaximum: Int) {
        self.word = word
        self.length = word.unicodeScalars.count
        self.editsMaximum = editsMaximum
        for byte in word.utf8 { self.occurring[Int(byte)] = true }
    }

    func matches(_ term: String) -> Bool {
        var scalars = 0
        var strangers = 0
        for byte in term.utf8 where byte & 0xc0 != 0x80 {
            scalars += 1
            if !self.occurring[Int(byte)] { strangers += 1 }
        }
        // Each edit adds or changes one scalar.
        guard strangers <= self.editsMaximum, abs(scalars - self.length) <= self.editsMaximum else { return false }
        return EditDistance.isWithin(self.editsMaximum, term, self.word)
    }
}
