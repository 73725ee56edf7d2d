import Coyote
import TestSupport
import Testing

/// Fields that are lists: tokens, languages, codings, protocols, Vary.
@Suite struct FieldListTests {
    @Test(
        "token lists",
        arguments: Vectors.rows("02/02_token_list.jsonl") + Vectors.rows("02/recorded_token_list.jsonl")
    )
    func tokenList(_ row: VectorRow) throws {
        let list = TokenList(parsing: try row.string("input"))
        row.expect(
            list.tokens.sorted() + ["\(list.isWellFormed)"],
            equals: try row.array("tokens").compactMap(\.string) + ["\(try row.bool("well_formed"))"]
        )
    }

    @Test("a member of a list is found without parsing the others", arguments: Vectors.rows("02/02_token_list.jsonl"))
    func containsToken(_ row: VectorRow) throws {
        let octets = Array(try row.string("input").utf8)
        for token in try row.array("tokens").compactMap(\.string) {
            let isContained = TokenList.contains(token, in: octets.span)
            #expect(isContained)
        }
        let holdsOther = TokenList.contains("close", in: octets.span)
        #expect(!holdsOther)
    }

    @Test("a list over several fields is one list")
    func severalLines() {
        let list = TokenList(parsing: ["Keep-Alive, Upgrade", "close", "upgrade"])
        #expect(list.tokens == ["keep-alive", "upgrade", "close"])
        #expect(list.isWellFormed && list.contains("Close") && !list.contains("x"))
    }

    @Test("languages with their qualities", arguments: Vectors.rows("02/02_accept_language.jsonl"))
    func acceptLanguage(_ row: VectorRow) throws {
        let recorded = try row.array("languages").map {
            AcceptLanguage(tag: $0["tag"].string ?? "", quality: Double($0["q"].string ?? "") ?? 0)
        }
        row.expect(AcceptLanguage.parse(try row.string("input")), equals: recorded)
    }

    @Test("random languages", arguments: Vectors.rows("02/recorded_accept_language.jsonl"))
    func recordedLanguage(_ row: VectorRow) throws {
        let recorded = try row.array("languages").map {
            AcceptLanguage(tag: $0[0].string ?? "", quality: Double($0[1].string ?? "") ?? 0)
        }
        row.expect(AcceptLanguage.parse(try row.string("input")), equals: recorded)
    }

    @Test("the languages of all fields, best first")
    func preferredLanguages() {
        #expect(
            AcceptLanguage.preferred(["fr;q=0.5,de-DE", "en;q=0.7, nl;q=0, it;q=0.5"]) == ["de-DE", "en", "fr", "it"]
        )
        #expect(AcceptLanguage.preferred([]).isEmpty)
    }

    @Test(
        "tags get the case of RFC 5646 and lose what is ill-formed",
        arguments: [
            ("EN-gb", "en-GB"), ("ZH-HANT-tw", "zh-Hant-TW"), ("de-DE-1996", "de-DE-1996"), ("en-a", "en"),
            ("en--us", "en"),
            ("ja-JP-u-ca-Japanese", "ja-JP-u-ca-japanese"), ("x-Foo", "x-foo"), ("x", "und"), ("iw", "he"),
            ("zh-cmn-Hans-CN", "cmn-Hans-CN"),
            ("es-419", "es-419"), ("*", "und"), ("en-x-a", "en-x-a"), ("sl-rozaj-biske", "sl-rozaj-biske"),
        ]
    )
    func languageTags(tag: String, canonical: String) { #expect(LanguageTag.canonical(tag) == canonical) }

    @Test("transfer codings", arguments: Vectors.rows("02/02_te_header.jsonl") + Vectors.rows("02/recorded_te.jsonl"))
    func transferCodings(_ row: VectorRow) throws {
        let recorded = try row.array("codings").map { coding in
            let parameters = (coding["params"].object ?? [:]).map { "\($0)=\($1.string ?? "")" }.sorted()
            return "\(coding["coding"].string ?? "")\(parameters);\(Double(coding["q"].string ?? "") ?? 0)"
        }
        let codings = TransferCoding.parse(try row.string("input")).map { coding in
            "\(coding.name)\(coding.parameters.map { "\($0)=\($1)" }.sorted());\(coding.quality)"
        }
        row.expect(codings, equals: recorded)
    }

    @Test("upgrades", arguments: Vectors.rows("02/02_upgrade_header.jsonl"))
    func upgrade(_ row: VectorRow) throws {
        let protocols = UpgradeProtocol.parse(try row.array("headers").compactMap(\.string))
        row.expect(protocols?.count, equals: row["count"].int)
    }

    @Test("random upgrades", arguments: Vectors.rows("02/recorded_upgrade.jsonl"))
    func recordedUpgrade(_ row: VectorRow) throws {
        let protocols = UpgradeProtocol.parse([try row.string("input")])
        row.expect(protocols?.map(\.description), equals: row["protocols"].strings)
    }

    @Test("names are added to Vary", arguments: Vectors.rows("02/02_vary_add.jsonl"))
    func vary(_ row: VectorRow) throws {
        let lines = try row.array("existing_vary").compactMap(\.string)
        row.expect(VaryHeader.adding(try row.string("add"), to: lines), equals: row["expected"].strings)
    }

    @Test("priorities", arguments: Vectors.rows("02/02_priority_header.jsonl"))
    func priority(_ row: VectorRow) throws {
        let priority = Priority(parsing: try row.string("input"))
        row.expect(
            [priority?.urgency, priority.map { $0.isIncremental ? 1 : 0 }],
            equals: [row["result"]["urgency"].int, row["result"]["incremental"].bool == true ? 1 : 0]
        )
    }

    @Test("random priorities", arguments: Vectors.rows("02/recorded_priority.jsonl"))
    func recordedPriority(_ row: VectorRow) throws {
        let priority = Priority(parsing: try row.string("input"))
        row.expect(
            [priority?.urgency, priority.map { $0.isIncremental ? 1 : 0 }],
            equals: [row["urgency"].int, row["incremental"].bool.map { $0 ? 1 : 0 }]
        )
    }
}
