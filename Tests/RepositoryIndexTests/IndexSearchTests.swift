import RepositoryCore
import TestSupport
import Testing

@testable import RepositoryIndex

/// One body over both indexes.
@Suite struct IndexSearchTests {
    static let corpus: [IndexDocument] = [
        IndexDocument(
            "t/1",
            txnId: 10,
            [
                "/title": ["The quick brown fox"], "/tag/_": ["red", "dark green"], "type": ["Page"], "/n": ["7"],
                "aclRead": ["public"], "/d": ["2020-01-05"],
            ]
        ),
        IndexDocument(
            "t/2",
            txnId: 20,
            [
                "/title": ["Quick quick quick: a fox!"], "/tag/_": ["green"], "type": ["Page"], "/n": ["10"],
                "aclRead": ["missing"], "/d": ["2021-03-01"],
            ]
        ),
        IndexDocument(
            "T/3",
            txnId: -30,
            [
                "/title": ["O'Neil's 3.5 foxes, über-Zoë"], "type": ["User"], "aclRead": ["T/Ann B"],
                "/d": ["2020-02-01"],
            ]
        ),
        IndexDocument(
            "t/4",
            txnId: 9_007_199_254_740_993,
            ["/title": ["東京タワー foo_bar"], "type": ["User"], "/e": [""]]
        ),
        IndexDocument("design", ["type": ["CordraDesign"]]),
    ]

    static func index(_ twin: IndexTwin) throws -> any SearchableIndex {
        let index = try twin.make()
        try index.put(self.corpus)
        return index
    }

    static let queries: [(String, [String])] = [
        ("fox", ["t/1", "t/2"]), ("FOX", ["t/1", "t/2"]), ("/title:fox", ["t/1", "t/2"]), ("/tag/_:fox", []),
        ("nothing", []), ("/nofield:x", []), ("quick", ["t/1", "t/2"]),
        ("\"quick brown\"", ["t/1"]), ("\"brown quick\"", []), ("\"brown quick\"~2", ["t/1"]), ("\"quick fox\"", []),
        ("\"brown quick\"~1", []), ("\"quick fox\"~1", ["t/1", "t/2"]), ("/tag/_:\"red dark\"", []),
        ("/tag/_:\"red dark\"~5", []), ("/tag/_:\"dark green\"", ["t/1"]), ("\"quick quick\"", ["t/2"]),
        ("\"quick quick quick\"", ["t/2"]), ("\"quick quick\"~1", ["t/2"]), ("qui*", ["t/1", "t/2"]),
        ("fo*", ["t/1", "t/2", "T/3", "t/4"]),
        ("f?x", ["t/1", "t/2"]), ("f*x", ["t/1", "t/2"]), ("FO?", ["t/1", "t/2"]), ("qick~", ["t/1", "t/2"]),
        ("qick~1", ["t/1", "t/2"]), ("ick~1", []), ("fixes~1", ["T/3"]), ("xof~1", []),
        ("o'neil's", ["T/3"]), ("3.5", ["T/3"]), ("über", ["T/3"]), ("ÜBER", ["T/3"]), ("zoë", ["T/3"]),
        ("uber", []), ("東京", ["t/4"]), ("タワー", ["t/4"]), ("京", ["t/4"]), ("foo_bar", ["t/4"]),
        ("fox AND brown", ["t/1"]), ("fox OR foxes", ["T/3", "t/1", "t/2"]), ("fox -brown", ["t/2"]), ("-brown", []),
        ("*:* -brown", ["T/3", "design", "t/2", "t/4"]), ("+fox brown", ["t/1", "t/2"]), ("NOT fox", []),
        ("*:*", ["T/3", "design", "t/1", "t/2", "t/4"]), ("*", ["T/3", "design", "t/1", "t/2", "t/4"]),
        ("fox AND -fox", []), ("(fox AND brown) OR foxes", ["T/3", "t/1"]), ("fox OR foxes AND über", ["T/3"]),
        ("type:Page", ["t/1", "t/2"]), ("type:PAGE", ["t/1", "t/2"]), ("type:pag*", ["t/1", "t/2"]), ("type:Pag", []),
        ("id:t\\/1", ["t/1"]), ("id:T/3", ["T/3"]), ("id:t/3", []), ("id:T*", ["T/3"]),
        ("id:t*", ["t/1", "t/2", "t/4"]),
        ("id:[A TO Z]", ["T/3"]), ("id:[T/3 TO t/1]", ["T/3", "design", "t/1"]), ("id:{T/3 TO t/1}", ["design"]),
        ("aclRead:public", ["t/1"]), ("aclRead:\"T/Ann B\"", ["T/3"]), ("aclRead:t\\/ann\\ b", ["T/3"]),
        ("aclRead:ann", []),
        ("/n:7", ["t/1"]), ("/n:[1 TO 5]", ["t/2"]), ("/n:[* TO *]", ["t/1", "t/2"]), ("/e:[* TO *]", []),
        ("/d:[2020 TO 2021]", ["T/3", "t/1", "t/2"]), ("/d:[2020 TO *]", ["T/3", "t/1", "t/2"]),
        ("/title:{foo_bar TO *]", ["T/3", "t/1", "t/2", "t/4"]),
        ("txnId:20", ["t/2"]), ("txnId:[0 TO 15]", ["design", "t/1"]), ("txnId:[* TO 0}", ["T/3"]),
        ("txnId:[9007199254740993 TO *]", ["t/4"]), ("txnId:{9007199254740993 TO *]", []),
        ("txnId:9007199254740992", []),
        ("txnId:[-30 TO -30]", ["T/3"]), ("valid:true", ["T/3", "design", "t/1", "t/2", "t/4"]), ("valid:false", []),
        ("+valid:true +fox -id:design -type:user", ["t/1", "t/2"]), ("*:* -id:design -brown", ["T/3", "t/2", "t/4"]),
        ("*:* -type:user -type:page", ["design"]), ("foo OR *:*", ["T/3", "design", "t/1", "t/2", "t/4"]),
        ("(+type:page +(aclRead:public aclRead:missing)) fo*", ["T/3", "t/1", "t/2", "t/4"]),
        ("\"quick fox\"~1 AND type:page AND -brown", ["t/2"]), ("*:* -\"quick fox\"~1", ["T/3", "design", "t/4"]),
    ]

    @Test("finds what the query language says", arguments: IndexTwin.allCases, queries)
    func finds(twin: IndexTwin, row: (query: String, ids: [String])) throws {
        #expect(try Self.index(twin).ids(row.query).sorted() == row.ids.sorted())
    }

    @Test("count and pages of every query fit its full list", arguments: IndexTwin.allCases)
    func pages(twin: IndexTwin) throws {
        let index = try Self.index(twin)
        for (query, ids) in Self.queries {
            for sort in ["", "txnId", "/title DESC,id", "id DESC"] {
                let full = try index.ids(query, sort: sort)
                var search = IndexSearch(query: try QueryParser.parse(query))
                search.limit = 0
                let count = try index.search(search)
                #expect(count.total == ids.count && count.hits.isEmpty, "\(query)")
                for offset in 0...5 {
                    let page = try index.ids(query, sort: sort, offset: offset, limit: 2)
                    #expect(page == Array(full.dropFirst(offset).prefix(2)), "\(query) \(sort) at \(offset)")
                }
            }
        }
    }

    @Test(
        "sorts by first values, missing ones first",
        arguments: IndexTwin.allCases,
        [
            ("id", ["T/3", "design", "t/1", "t/2", "t/4"]), ("id DESC", ["t/4", "t/2", "t/1", "design", "T/3"]),
            ("txnId", ["T/3", "design", "t/1", "t/2", "t/4"]), ("txnId DESC", ["t/4", "t/2", "t/1", "design", "T/3"]),
            ("/n,id DESC", ["t/4", "design", "T/3", "t/2", "t/1"]),
            ("/n DESC", ["t/1", "t/2", "T/3", "t/4", "design"]),
            ("type,txnId DESC", ["design", "t/2", "t/1", "t/4", "T/3"]),
            ("/none", ["t/1", "t/2", "T/3", "t/4", "design"]),
            ("/tag/_ DESC,id", ["t/1", "t/2", "T/3", "design", "t/4"]),
            ("/title,id", ["design", "T/3", "t/2", "t/1", "t/4"]),
            ("score,id DESC", ["t/4", "t/2", "t/1", "design", "T/3"]), ("", ["t/1", "t/2", "T/3", "t/4", "design"]),
        ]
    )
    func sorts(twin: IndexTwin, row: (sort: String, ids: [String])) throws {
        #expect(try Self.index(twin).ids("*:*", sort: row.sort) == row.ids)
    }

    @Test(
        "relevance: frequency, rarity and boosts",
        arguments: IndexTwin.allCases,
        [
            ("quick", ["t/2", "t/1"]), ("quick brown", ["t/1", "t/2"]), ("quick^10 brown", ["t/2", "t/1"]),
            ("+fox quick", ["t/2", "t/1"]), ("+fox brown", ["t/1", "t/2"]), ("type:page /n:10", ["t/2", "t/1"]),
            ("type:page (/n:10)^0.5 /n:7", ["t/1", "t/2"]), ("fox* quick^0", ["t/1", "t/2", "T/3"]),
            ("+type:page foxes green^3 brown", ["t/1", "t/2"]), ("f* (brown foxes)", ["t/1", "T/3", "t/2", "t/4"]),
        ]
    )
    func relevance(twin: IndexTwin, row: (query: String, ids: [String])) throws {
        #expect(try Self.index(twin).ids(row.query) == row.ids)
    }

    @Test("filters restrict without scoring", arguments: IndexTwin.allCases)
    func filters(twin: IndexTwin) throws {
        let index = try Self.index(twin)
        var search = IndexSearch(query: try QueryParser.parse("quick"))
        let free = try index.search(search)
        search.filters = [try QueryParser.parse("type:page"), try QueryParser.parse("quick -brown")]
        let filtered = try index.search(search)
        #expect(filtered.total == 1)
        #expect(filtered.hits.first == free.hits.first)
    }

    @Test("facets count each value once per document", arguments: IndexTwin.allCases)
    func facets(twin: IndexTwin) throws {
        let index = try Self.index(twin)
        try index.put([IndexDocument("t/5", ["/tag/_": ["green", "green", "blue"], "type": ["Page"]])])
        var search = IndexSearch(query: .matchAll)
        search.limit = 1
        search.facets = [FacetRequest(field: "/tag/_", bucketsMaximum: 3), FacetRequest(field: "/none")]
        let hits = try index.search(search)
        #expect(hits.total == 6 && hits.hits.count == 1)
        let buckets = [("green", 2), ("blue", 1), ("dark green", 1)].map {
            IndexHits.Facet.Bucket(value: $0.0, count: $0.1)
        }
        #expect(hits.facets == [.init(field: "/tag/_", buckets: buckets), .init(field: "/none", buckets: [])])
    }

    @Test("a new state replaces the old one, a removed one is gone", arguments: IndexTwin.allCases)
    func replaces(twin: IndexTwin) throws {
        let index = try Self.index(twin)
        try index.put([IndexDocument("t/1", txnId: 99, ["/title": ["a slow bear"]])])
        try index.remove([ObjectID("t/2"), ObjectID("t/2"), ObjectID("t/unknown")])
        #expect(try index.ids("fox") == [])
        #expect(try index.ids("bear") == ["t/1"])
        #expect(try index.ids("*:*") == ["T/3", "t/4", "design", "t/1"])
        #expect(try index.ids("txnId:[10 TO 20]") == [])
        #expect(try index.ids("*:*", sort: "txnId DESC", limit: 2) == ["t/4", "t/1"])
    }

    @Test("hostile names and values are only text", arguments: IndexTwin.allCases)
    func hostile(twin: IndexTwin) throws {
        let index = try twin.make()
        let names = ["/a\"b", "/' OR 1=1 --", "/", "/\u{0}", "/\u{0}x", "/\u{1f}x", "/@", "/é", "internal.all"]
        let value = "\"quoted\" NOT AND ( ) * \u{0} \u{1f} @AB"
        for (number, name) in names.enumerated() {
            try index.put([
                IndexDocument("x/\(number)", [name: [value], "createdBy": ["A\"b' \u{1f}(c) NOT *"]])
            ])
        }
        for name in names.dropLast() {
            var search = IndexSearch(query: .phrase(field: name, tokens: ["quoted", "not", "and"], slop: 0))
            #expect(try index.search(search).total == 1, "\(name.debugDescription)")
            search.query = .phrase(field: name, tokens: ["and", "quoted"], slop: 4)
            #expect(try index.search(search).total == 1, "\(name.debugDescription)")
            search.query = .term(field: name, token: "\"")
            #expect(try index.search(search).total == 0)
            search.query = .prefix(field: name, text: "quo")
            search.sort = [SortField(name: name)]
            #expect(try index.search(search).total == 1)
        }
        let keyword = Query.term(field: "createdBy", token: "a\"b' \u{1f}(c) not *")
        #expect(try index.search(IndexSearch(query: keyword)).total == names.count)
    }

    @Test("a long value is found whole and by its beginning", arguments: IndexTwin.allCases)
    func longValues(twin: IndexTwin) throws {
        let index = try twin.make()
        let id = "x/" + String(repeating: "Ab", count: 5000)
        try index.put([IndexDocument(id, ["/t": [String(repeating: "w", count: 600)]])])
        #expect(try index.search(IndexSearch(query: .term(field: "id", token: id))).total == 1)
        #expect(try index.search(IndexSearch(query: .prefix(field: "id", text: "x/AbAb"))).total == 1)
        #expect(
            try index.search(IndexSearch(query: .term(field: "/t", token: String(repeating: "w", count: 255)))).total
                == 1
        )
    }

    @Test("large results sort as small ones do, also by keys that differ late", arguments: IndexTwin.allCases)
    func largeSorts(twin: IndexTwin) throws {
        let index = try twin.make()
        var random = SeededGenerator(seed: 3)
        let stems = ["", "Über ", String(repeating: "é", count: 30), String(repeating: "x@A", count: 15) + "tail"]
        let documents = (0..<1200).map { number in
            let key = stems[Int.random(in: 0..<4, using: &random)] + String(Int.random(in: 0..<300, using: &random))
            return IndexDocument("t/\(number)", number % 9 == 0 ? [:] : ["/k": [key, "aaa"]])
        }
        try index.put(documents)
        let keys = Dictionary(uniqueKeysWithValues: documents.map { ($0.id.text, $0["/k"]?.values[0] ?? "") })
        for query in ["*:*", "id:t\\/1*"] {
            let sorted = try index.ids(query, sort: "/k")
            let pairs = zip(sorted, sorted.dropFirst())
            #expect(pairs.allSatisfy { !(keys[$1] ?? "").utf8.lexicographicallyPrecedes((keys[$0] ?? "").utf8) })
            #expect(try index.ids(query, sort: "/k", offset: 400, limit: 50) == Array(sorted.dropFirst(400).prefix(50)))
            let reversed = try index.ids(query, sort: "/k DESC")
            #expect(reversed.map { keys[$0] } == sorted.reversed().map { keys[$0] })
        }
    }

    @Test("queries as large and as deep as the parser admits", arguments: IndexTwin.allCases)
    func largeQueries(twin: IndexTwin) throws {
        let index = try twin.make()
        try index.put((0..<40).map { IndexDocument("t/\($0)", ["/t": ["common w\($0)"], "/n": ["n\($0 % 3)"]]) })
        let wide = (0..<500).map { "w\($0)" }.joined(separator: " OR ")
        #expect(try index.ids(wide).count == 40)
        #expect(try index.ids("common AND (\(wide)) AND NOT w7").count == 39)
        #expect(try index.ids((0..<300).map { "+(w\($0) common)" }.joined(separator: " ")).count == 40)
        #expect(try index.ids("\"" + String(repeating: "common ", count: 2000) + "\"").isEmpty)
        #expect(try index.ids("\"" + String(repeating: "common ", count: 200) + "\"~9").isEmpty)
        for join in [" AND ", " OR ", " NOT "] {
            var deep = "common"
            for level in 0..<60 { deep = "(\(deep)\(level % 2 == 0 ? join : " OR ")w\(level))" }
            #expect(try index.ids(deep).count <= 40)
        }
        var left = "w1"
        for level in 0..<60 { left = "(+\(left) -w\(level + 50) n\(level % 3)*)" }
        #expect(try index.ids(left) == ["t/1"])
        #expect(try index.ids("(" + String(repeating: "x", count: 100_000) + "* OR w3~2)^2").contains("t/3"))
    }
}
