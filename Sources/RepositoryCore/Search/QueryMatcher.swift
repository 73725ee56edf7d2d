/// Decides in plain sight whether a document matches a query: what every index has to agree with.
///
/// It analyses the document once and looks at every token, so it suits tests and small collections in memory.
package struct QueryMatcher {
    private struct Field {
        /// Tokens value by value.
        var values: [[String]] = []
        var numbers: [Int64] = []
    }

    private var fields: [String: Field] = [:]

    package init(_ document: IndexDocument) {
        for field in document.fields {
            var analysed = Field()
            for value in field.values {
                switch field.analysis {
                case .text: analysed.values.append(TextAnalyzer.tokens(value))
                case .keyword: analysed.values.append([TextAnalyzer.lowercased(value.unicodeScalars)])
                case .exact: analysed.values.append([value])
                case .number:
                    analysed.values.append([value])
                    if let number = Int64(value) { analysed.numbers.append(number) }
                }
            }
            self.fields[field.name] = analysed
        }
    }

    package func matches(_ query: Query) -> Bool {
        switch query {
        case .matchAll: true
        case .matchNone: false
        case .term(let field, let token): self.anyToken(of: field) { $0.isIdentical(to: token) }
        case .phrase(let field, let tokens, let slop): self.hasPhrase(tokens, slop: slop, in: field)
        case .prefix(let field, let text): self.anyToken(of: field) { $0.utf8.starts(with: text.utf8) }
        case .wildcard(let field, let pattern): self.anyToken(of: field) { pattern.matches($0) }
        case .fuzzy(let field, let token, let edits):
            self.anyToken(of: field) { EditDistance.isWithin(edits, $0, token) }
        case .range(let field, let lower, let upper):
            self.anyToken(of: field) { Self.isWithin($0, lower, upper) }
        case .numericRange(let field, let range):
            self.fields[field]?.numbers.contains { range.contains($0) } ?? false
        case .exists(let field): self.fields[field]?.values.contains { !$0.isEmpty } ?? false
        case .boosted(let query, _): self.matches(query)
        case .boolean(let clauses): self.matches(clauses)
        }
    }

    private func matches(_ clauses: [QueryClause]) -> Bool {
        var hasMust = false
        var hasMatch = false
        for clause in clauses {
            let isMatch = self.matches(clause.query)
            switch clause.occurrence {
            case .must:
                guard isMatch else { return false }
                hasMust = true
            case .mustNot:
                if isMatch { return false }
            case .should:
                hasMatch = hasMatch || isMatch
            }
        }
        return hasMust || hasMatch
    }

    private func anyToken(of field: String, _ isMatch: (String) -> Bool) -> Bool {
        self.fields[field]?.values.contains { $0.contains(where: isMatch) } ?? false
    }

    private static func isWithin(_ token: String, _ lower: QueryBound?, _ upper: QueryBound?) -> Bool {
        if let lower {
            if token.utf8.lexicographicallyPrecedes(lower.text.utf8) { return false }
            if !lower.isInclusive, token.isIdentical(to: lower.text) { return false }
        }
        if let upper {
            if upper.text.utf8.lexicographicallyPrecedes(token.utf8) { return false }
            if !upper.isInclusive, token.isIdentical(to: upper.text) { return false }
        }
        return true
    }

    private func hasPhrase(_ tokens: [String], slop: Int, in field: String) -> Bool {
        self.fields[field]?.values.contains { PhraseMatch.isFound(tokens, slop: slop, in: $0) } ?? false
    }
}

/// Finds a phrase among the tokens of one value.
package enum PhraseMatch {
    /// Whether the phrase's tokens stand in the text so that moving them by `slop` positions in all makes the
    /// phrase: the spread of (position in text − position in phrase) is what Lucene compares with `slop`.
    package static func isFound(_ phrase: [String], slop: Int, in text: [String]) -> Bool {
        guard slop > 0 else {
            guard text.count >= phrase.count else { return false }
            return (0...text.count - phrase.count).contains { start in
                phrase.indices.allSatisfy { text[start + $0].isIdentical(to: phrase[$0]) }
            }
        }
        let places = phrase.map { token in text.indices.filter { text[$0].isIdentical(to: token) } }
        return self.search(places, from: 0, taken: [], bounds: nil, slop: slop)
    }

    private static func search(
        _ places: [[Int]],
        from index: Int,
        taken: Set<Int>,
        bounds: ClosedRange<Int>?,
        slop: Int
    ) -> Bool {
        guard index < places.count else { return true }
        for place in places[index] where !taken.contains(place) {
            let offset = place - index
            let lower = min(bounds?.lowerBound ?? offset, offset)
            let upper = max(bounds?.upperBound ?? offset, offset)
            guard upper - lower <= slop else { continue }
            let taken = taken.union([place])
            if self.search(places, from: index + 1, taken: taken, bounds: lower...upper, slop: slop) { return true }
        }
        return false
    }
}
