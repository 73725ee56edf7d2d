import RepositoryCore
import TestSupport
import Testing

@testable import RepositoryIndex

/// Random documents and queries: the embedded index against its twin, which looks at every token.
@Suite struct IndexAgreementTests {
    static let words = ["alpha", "beta", "gamma", "delta", "alpine", "bet", "Über", "x-y", "gamut", "东京", "3.5"]

    struct Source {
        var random: SeededGenerator

        mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &self.random) }
        mutating func word() -> String { IndexAgreementTests.words.randomElement(using: &self.random) ?? "" }
        mutating func field() -> String {
            ["/a", "/b", "/c/_", "internal.all", "type"].randomElement(using: &self.random) ?? ""
        }

        mutating func text() -> String { (0..<self.number(0..<6)).map { _ in self.word() }.joined(separator: " ") }

        mutating func document(_ id: Int) -> IndexDocument {
            IndexDocument(
                "t/\(id)",
                txnId: Int64(self.number(-5..<50)),
                [
                    "/a": [self.text()], "/b": [self.text(), self.text()], "type": [self.word()],
                    "/c/_": (0..<self.number(0..<3)).map { _ in self.text() }, "/serial": ["s\(id)"],
                ]
            )
        }

        mutating func token() -> String { TextAnalyzer.tokens(self.word()).first ?? "" }

        mutating func query(depth: Int) -> Query {
            switch self.number(0..<(depth > 0 ? 14 : 10)) {
            case 0, 1, 2: .term(field: self.field(), token: self.token())
            case 3: .phrase(field: self.field(), tokens: [self.token(), self.token()], slop: self.number(0..<4))
            case 4: .prefix(field: self.field(), text: String(self.token().prefix(self.number(0..<3))))
            case 5:
                .wildcard(field: self.field(), pattern: WildcardPattern(elements: [.scalar("a"), .many, .scalar("a")]))
            case 6: .fuzzy(field: self.field(), token: self.token(), editsMaximum: self.number(0..<3))
            case 7:
                .range(
                    field: self.number(0..<2) == 0 ? "/serial" : self.field(),
                    lower: self.number(0..<3) == 0
                        ? nil : QueryBound(self.token(), isInclusive: self.number(0..<2) == 0),
                    upper: self.number(0..<3) == 0
                        ? nil : QueryBound(self.token(), isInclusive: self.number(0..<2) == 0)
                )
            case 8: .numericRange(field: "txnId", Int64(self.number(-9..<9))...Int64(self.number(10..<60)))
            case 9: [.matchAll, .exists(field: self.field()), .matchNone][self.number(0..<3)]
            case 10: .boosted(self.query(depth: depth - 1), by: Double(self.number(1..<5)) / 2)
            default:
                .boolean(
                    (0..<self.number(1..<5)).map { _ in
                        let occurrence: [QueryClause.Occurrence] = [.must, .should, .mustNot]
                        return QueryClause(occurrence[self.number(0..<3)], self.query(depth: depth - 1))
                    }
                )
            }
        }
    }

    @Test("both indexes give the same hits, scores and order", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func agree(seed: UInt64) throws {
        var source = Source(random: SeededGenerator(seed: seed))
        let embedded = try IndexTwin.embedded.make()
        let memory = try IndexTwin.memory.make()
        let documents = (0..<150).map { source.document($0) }
        let changed = (0..<40).map { _ in source.document(source.number(0..<150)) }
        let removed = (0..<20).map { _ in ObjectID("t/\(source.number(0..<150))") }
        for index in [embedded, memory] {
            try index.put(documents)
            for document in changed { try index.put([document]) }
            try index.remove(removed)
        }
        for _ in 0..<120 {
            var search = IndexSearch(query: source.query(depth: 3))
            if source.number(0..<3) == 0 { search.filters = [source.query(depth: 1)] }
            try Self.compare(search, embedded, memory, seed)
            search.sort = SortField.list(
                parsing: ["/a,id", "type DESC,txnId", "/c/_,/b DESC", "txnId,score"][source.number(0..<4)]
            )
            search.offset = source.number(0..<30)
            search.limit = source.number(0..<40)
            try Self.compare(search, embedded, memory, seed)
        }
    }

    private static func compare(
        _ search: IndexSearch,
        _ embedded: any SearchableIndex,
        _ memory: any SearchableIndex,
        _ seed: UInt64
    ) throws {
        let actual = try embedded.search(search)
        let expected = try memory.search(search)
        let label = "seed \(seed): \(search.query) filters \(search.filters) sort \(search.sort)"
        #expect(actual.total == expected.total, "\(label)")
        if search.sort.isEmpty {
            // Sums of equal parts in another order may differ in the last bit, and so may the order of hits.
            #expect(Set(actual.hits.map(\.id)) == Set(expected.hits.map(\.id)), "\(label)")
            #expect(
                zip(actual.hits, expected.hits).allSatisfy { abs($0.score - $1.score) < 1e-9 || $0.score == 1 },
                "\(label)"
            )
        } else if !search.sort.contains(where: { $0.name == SortField.relevance }) {
            #expect(actual.hits.map(\.id) == expected.hits.map(\.id), "\(label)")
        }
    }

    static let luceneDocuments: [IndexDocument] = [
        ("The quick brown fox jumps", "red", "apple pie"), ("quick fox", "Red", "banana"),
        ("brown quick", "blue", "cherry-pie foo-bar"), ("lazy dog", "green", "foo bar"),
        ("O'Neill roam foam 3.14", "red", "date"), ("quick brown fox quick brown", "blue", "fig bar foo"),
    ].enumerated().map { number, texts in
        IndexDocument(
            id: ObjectID("test/\(number + 1)"),
            type: texts.1,
            txnId: 0,
            fields: [
                .init(name: "/t", analysis: .text, values: [texts.0]),
                .init(name: "type", analysis: .keyword, values: [texts.1]),
                .init(name: IndexField.all, analysis: .text, values: [texts.2]),
            ]
        )
    }

    @Test("the queries recorded from Lucene find here what they find there")
    func luceneQueries() throws {
        let index = try IndexTwin.embedded.make()
        try index.put(Self.luceneDocuments)
        let matchers = Self.luceneDocuments.map { QueryMatcher($0) }
        var compared = 0
        for row in Vectors.rows("lucene/queries.jsonl") {
            guard let query = try? QueryParser.parse(try row.string("query")) else { continue }
            compared += 1
            let expected = matchers.indices.filter { matchers[$0].matches(query) }.map { "test/\($0 + 1)" }
            let hits = try index.search(IndexSearch(query: query))
            #expect(hits.hits.map(\.id.text).sorted() == expected, "\(query)")
            #expect(hits.total == expected.count)
        }
        #expect(compared > 900)
    }
}
