/// Decides whether a phrase stands in a text when its tokens may have been moved.
///
/// With each token at some place of its own, let its offset be its place in the text less its place in the
/// phrase: the phrase is found where the greatest and the least offset differ by no more than `slop`.
/// Source: Lucene's `SloppyPhraseMatcher`; agrees with ``PhraseMatch`` but not by trying all combinations.
struct SloppyPhrase {
    /// Where each token of the phrase stands in the text, ascending; equal tokens have equal places.
    let places: [[Int]]
    /// Which earlier token of the phrase is the same as this one; nil for none.
    let twins: [Int?]

    /// Complexity: places × tokens × log places.
    func isFound(slop: Int) -> Bool {
        for (index, places) in self.places.enumerated() {
            for place in places where self.isFound(leastOffset: place - index, slop: slop) { return true }
        }
        return false
    }

    /// Takes for each token the first place that is still free: as a later token's places begin later, no
    /// other choice leaves more.
    private func isFound(leastOffset: Int, slop: Int) -> Bool {
        var taken = [Int](repeating: .min, count: self.places.count)
        for index in self.places.indices {
            var least = leastOffset + index
            if let twin = self.twins[index] { least = max(least, taken[twin] + 1) }
            guard let place = Self.first(in: self.places[index], from: least), place <= leastOffset + index + slop
            else { return false }
            taken[index] = place
        }
        return true
    }

    private static func first(in places: [Int], from least: Int) -> Int? {
        var range = 0..<places.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = places[middle] < least ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound < places.count ? places[range.lowerBound] : nil
    }

    /// Splits the text at the gaps between values, which no phrase spans.
    static func isFound(places: [[Int]], twins: [Int?], gaps: [Int], slop: Int) -> Bool {
        guard let first = places.compactMap(\.first).min(), let last = places.compactMap(\.last).max() else {
            return false
        }
        var lower = Int.min
        for upper in gaps.filter({ $0 > first && $0 < last }) + [.max] {
            let within = places.map { $0.filter { $0 > lower && $0 < upper } }
            lower = upper
            guard !within.contains(where: \.isEmpty) else { continue }
            if SloppyPhrase(places: within, twins: twins).isFound(slop: slop) { return true }
        }
        return false
    }

    /// The latest earlier equal token of each token.
    static func twins(of tokens: [String]) -> [Int?] {
        tokens.indices.map { index in
            tokens[..<index].lastIndex { ExactText($0) == ExactText(tokens[index]) }
        }
    }
}
