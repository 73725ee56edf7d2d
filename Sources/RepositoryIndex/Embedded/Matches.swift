/// The documents that match, ascending, and what each of them scores.
///
/// Without `scores` all score the same. Sets of documents are sorted arrays, so that combining two of them is
/// one pass over both.
struct Matches: Equatable {
    var documents: [Int64] = []
    /// As many as there are documents, or none.
    var scores: [Double] = []

    private func score(at index: Int) -> Double { self.scores.isEmpty ? 0 : self.scores[index] }

    /// Documents of both, scores added.
    func intersection(_ other: Matches) -> Matches {
        var result = Matches()
        let isScored = !self.scores.isEmpty || !other.scores.isEmpty
        var left = 0
        var right = 0
        while left < self.documents.count, right < other.documents.count {
            let document = self.documents[left]
            if document == other.documents[right] {
                result.documents.append(document)
                if isScored { result.scores.append(self.score(at: left) + other.score(at: right)) }
                left += 1
                right += 1
            } else if document < other.documents[right] {
                left += 1
            } else {
                right += 1
            }
        }
        return result
    }

    /// Documents of either, scores added.
    func union(_ other: Matches) -> Matches {
        var result = Matches()
        let isScored = !self.scores.isEmpty || !other.scores.isEmpty
        var left = 0
        var right = 0
        while left < self.documents.count || right < other.documents.count {
            let first = left < self.documents.count ? self.documents[left] : .max
            let second = right < other.documents.count ? other.documents[right] : .max
            result.documents.append(min(first, second))
            var score = 0.0
            if first <= second {
                score += self.score(at: left)
                left += 1
            }
            if second <= first {
                score += other.score(at: right)
                right += 1
            }
            if isScored { result.scores.append(score) }
        }
        return result
    }

    /// Documents of this that `other` does not hold.
    func subtracting(_ other: Matches) -> Matches {
        guard !other.documents.isEmpty else { return self }
        var result = Matches()
        var right = 0
        for (index, document) in self.documents.enumerated() {
            while right < other.documents.count, other.documents[right] < document { right += 1 }
            if right < other.documents.count, other.documents[right] == document { continue }
            result.documents.append(document)
            if !self.scores.isEmpty { result.scores.append(self.scores[index]) }
        }
        return result
    }

    /// The same documents, those that `optional` holds with its score added.
    func adding(_ optional: Matches) -> Matches {
        guard !optional.scores.isEmpty else { return self }
        var result = self
        if result.scores.isEmpty { result.scores = Array(repeating: 0, count: result.documents.count) }
        var right = 0
        for (index, document) in result.documents.enumerated() {
            while right < optional.documents.count, optional.documents[right] < document { right += 1 }
            guard right < optional.documents.count else { break }
            if optional.documents[right] == document { result.scores[index] += optional.scores[right] }
        }
        return result
    }

    func contains(_ document: Int64) -> Bool { self.position(of: document) != nil }

    /// Where a document stands.
    ///
    /// Complexity: logarithmic.
    func position(of document: Int64) -> Int? {
        var range = 0..<self.documents.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if self.documents[middle] == document { return middle }
            range = self.documents[middle] < document ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }
}
