package import RepositoryCore
import Synchronization

/// An index that looks at every document for every search: the embedded index's twin for tests and for
/// repositories that are not kept.
///
/// It agrees with ``EmbeddedIndex`` in what matches and in which order, scores included.
package final class MemoryIndex: TransactionalIndex {
    package struct Entry: Sendable {
        let document: IndexDocument
        let matcher: QueryMatcher
    }

    private struct State {
        var entries: [ObjectID: (number: Int, entry: Entry)] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func entry(for document: IndexDocument) -> Entry {
        Entry(document: document, matcher: QueryMatcher(document))
    }

    package func prepare(_ connection: Void) {}

    package func open(_ connection: Void) -> IndexCondition { .created }

    package func apply(_ changes: [IndexChange<Entry>], to connection: Void) {
        self.state.withLock { state in
            for change in changes {
                state.lastNumber += 1
                switch change {
                case .put(let entry, let id): state.entries[id] = (state.lastNumber, entry)
                case .remove(let id): state.entries[id] = nil
                }
            }
        }
    }

    package func clear(_ connection: Void) {
        self.state.withLock { $0.entries = [:] }
    }

    package func search(_ search: IndexSearch, in connection: Void) -> IndexHits {
        let entries = self.state.withLock { $0.entries.values.sorted { $0.number < $1.number }.map(\.entry) }
        let matches = entries.filter { entry in
            entry.matcher.matches(search.query) && search.filters.allSatisfy { entry.matcher.matches($0) }
        }
        let scorer = MemoryScorer(entries: entries)
        let sorted = Self.sorted(matches.map { ($0, scorer.score(search.query, $0)) }, by: search.sort)
        let page = sorted.dropFirst(search.offset).prefix(search.limit ?? .max)
        return IndexHits(
            total: matches.count,
            hits: page.map { IndexHits.Hit(id: $0.entry.document.id, score: $0.score) },
            facets: search.facets.map { Self.facet($0, matches) }
        )
    }

    private typealias Scored = (entry: Entry, score: Double)

    private static func sorted(_ matches: [Scored], by sort: [SortField]) -> [Scored] {
        let fields = sort.isEmpty ? [SortField(name: SortField.relevance)] : sort
        let keyed = matches.enumerated().map { number, match in
            (number: number, match: match, keys: fields.map { self.key($0, match.entry) })
        }
        let order = keyed.sorted { left, right in
            for (index, field) in fields.enumerated() {
                if field.name == SortField.relevance {
                    guard left.match.score == right.match.score else { return left.match.score > right.match.score }
                    continue
                }
                if left.keys[index] == right.keys[index] { continue }
                let precedes = left.keys[index].lexicographicallyPrecedes(right.keys[index])
                return field.isDescending ? !precedes : precedes
            }
            return left.number < right.number
        }
        return order.map(\.match)
    }

    /// The bytes to compare; empty for a missing field, any other begins with 1.
    private static func key(_ sort: SortField, _ entry: Entry) -> [UInt8] {
        guard let field = entry.document[sort.name] else { return [] }
        let coded = EmbeddedEntry.Field(code: 0, analysis: field.analysis, values: field.values)
        guard EmbeddedEntry.hasToken(coded), let key = EmbeddedEntry.sortKey(of: coded) else { return [] }
        var bytes: [UInt8] = [1]
        IndexToken.append(key, to: &bytes)
        return bytes
    }

    private static func facet(_ request: FacetRequest, _ matches: [Entry]) -> IndexHits.Facet {
        var counts: [ExactText: Int] = [:]
        for match in matches {
            let values = match.document[request.field]?.values ?? []
            for value in Set(values.map { ExactText($0) }) { counts[value, default: 0] += 1 }
        }
        return FacetCounter.facet(request, counts)
    }
}

/// Scores a document as the embedded index does: see ``ScoreFunction``.
private struct MemoryScorer {
    let entries: [MemoryIndex.Entry]

    func score(_ query: Query, _ entry: MemoryIndex.Entry) -> Double {
        guard entry.matcher.matches(query) else { return 0 }
        switch query {
        case .boosted(let query, let factor):
            return self.score(query, entry) * factor
        case .boolean(let clauses):
            return clauses.reduce(0) { $1.occurrence == .mustNot ? $0 : $0 + self.score($1.query, entry) }
        case .term(let field, let token) where IndexField.analysis(of: field) == .text:
            return self.score([token], field, entry)
        case .phrase(let field, let tokens, slop: 0):
            return self.score(tokens, field, entry)
        case .matchAll, .matchNone, .term("valid", "true"):
            return 0
        case .term, .phrase, .prefix, .wildcard, .fuzzy, .range, .numericRange, .exists:
            return 1
        }
    }

    private func score(_ tokens: [String], _ field: String, _ entry: MemoryIndex.Entry) -> Double {
        let rarity = tokens.reduce(0) { sum, token in
            let frequency = self.entries.count { $0.matcher.matches(.term(field: field, token: token)) }
            return sum
                + InverseDocumentFrequency.value(
                    documents: Double(self.entries.count),
                    frequency: Double(frequency)
                )
        }
        let frequency = (entry.document[field]?.values ?? []).reduce(0) { sum, value in
            let text = TextAnalyzer.tokens(value)
            guard text.count >= tokens.count else { return sum }
            return sum
                + (0...text.count - tokens.count).count { start in
                    tokens.indices.allSatisfy { text[start + $0].isIdentical(to: tokens[$0]) }
                }
        }
        return rarity * ScoreFunction.share(ofFrequency: frequency)
    }
}
