import RepositoryCore
import TestSupport
import Testing

/// Queries and texts against what Lucene makes of them.
@Suite struct LuceneVectorTests {
    static let documents = [
        (1, "The quick brown fox jumps", "red", "apple pie"), (2, "quick fox", "Red", "banana"),
        (3, "brown quick", "blue", "cherry-pie foo-bar"), (4, "lazy dog", "green", "foo bar"),
        (5, "O'Neill roam foam 3.14", "red", "date"), (6, "quick brown fox quick brown", "blue", "fig bar foo"),
    ].map { key, text, type, all in
        (
            key,
            QueryMatcher(
                IndexDocument(
                    id: ObjectID("test/\(key)"),
                    type: type,
                    txnId: 0,
                    fields: [
                        .init(name: "/t", analysis: .text, values: [text]),
                        .init(name: "type", analysis: .keyword, values: [type]),
                        .init(name: "internal.all", analysis: .text, values: [all]),
                    ]
                )
            )
        )
    }

    @Test(arguments: Vectors.rows("lucene/queries.jsonl"))
    func queries(row: VectorRow) throws {
        let text = try row.string("query")
        let recorded = row["matches"].array.map { "\($0.compactMap(\.int))" } ?? "error"
        do throws(QueryParseError) {
            let query = try QueryParser.parse(text)
            let matches = Self.documents.filter { $0.1.matches(query) }.map(\.0)
            row.expect("\(matches)" == recorded, "\(text) → \(query): got \(matches), recorded \(recorded)")
        } catch {
            row.expect(recorded == "error", "\(text): got \(error), recorded \(recorded)")
        }
    }

    @Test(arguments: Vectors.rows("lucene/tokens.jsonl"))
    func tokens(row: VectorRow) throws {
        row.expect(TextAnalyzer.tokens(try row.string("text")), equals: try row.array("tokens").compactMap(\.string))
    }
}
