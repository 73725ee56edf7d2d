import RepositoryCore
import TestSupport
import Testing

@testable import RepositoryIndex

@Suite struct IndexTokenTests {
    static let texts = [
        "", "A", "a", "@", "@a", "Z", "[", "_", "AB", "Ab", "aB", "é", "Ü", "东", " ", "!", "~", "0", "a b",
    ]

    @Test("the spelling keeps the order of bytes and can be read back")
    func spelling() {
        let sorted = Self.texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let spelt = sorted.map { IndexToken.bytes(7, .term, $0) }
        #expect(spelt.sorted { $0.lexicographicallyPrecedes($1) } == spelt)
        #expect(Set(spelt).count == spelt.count)
        for text in Self.texts {
            #expect(IndexToken.decode(IndexToken.text(40, .term, text), dropping: 3) == text)
        }
    }

    @Test(arguments: [Int64.min, -5, -1, 0, 1, 9, 10, 1 << 53, .max])
    func numbersKeepTheirOrder(value: Int64) {
        #expect(IndexToken.number(value).utf8.count == 20)
        if value < .max { #expect(IndexToken.number(value) < IndexToken.number(value + 1)) }
    }
}

@Suite struct EntryCodingTests {
    static let fields: [EmbeddedEntry.Field] = [
        .init(code: 0, analysis: .text, values: ["a", "", "é"]), .init(code: 300, analysis: .keyword, values: ["a"]),
        .init(code: 70_000, analysis: .exact, values: [String(repeating: "x", count: 200), "e\u{301}"]),
        .init(code: 5, analysis: .number, values: []),
    ]

    @Test func roundTrip() {
        let bytes = EntryWriter.bytes(of: Self.fields)
        #expect(EntryReader.fields(bytes) == Self.fields)
        for field in Self.fields { #expect(EntryReader.field(field.code, in: bytes) == field) }
        #expect(EntryReader.field(6, in: bytes) == nil)
        #expect(EntryReader.fields(EntryWriter.bytes(of: [])) == [])
    }

    @Test("damaged bytes give nil or another entry, never a trap")
    func damaged() {
        let bytes = EntryWriter.bytes(of: Self.fields)
        for cut in bytes.indices { #expect(EntryReader.fields(Array(bytes[..<cut])) == nil) }
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            var mutated = bytes
            mutated[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            _ = EntryReader.fields(mutated)
        }
    }
}

@Suite struct MatchesTests {
    @Test("set operations agree with sets", arguments: [1, 2, 3] as [UInt64])
    func operations(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let left = Set(
                (0..<Int.random(in: 0..<20, using: &random)).map { _ in Int64.random(in: 0..<30, using: &random) }
            )
            let right = Set(
                (0..<Int.random(in: 0..<20, using: &random)).map { _ in Int64.random(in: 0..<30, using: &random) }
            )
            let first = Matches(documents: left.sorted(), scores: left.sorted().map { _ in 1 })
            let second = Matches(documents: right.sorted())
            #expect(first.intersection(second).documents == left.intersection(right).sorted())
            #expect(first.union(second).documents == left.union(right).sorted())
            #expect(first.subtracting(second).documents == left.subtracting(right).sorted())
            #expect(second.adding(first).documents == second.documents)
            let sum = second.adding(first)
            if !left.isEmpty {
                #expect(zip(sum.documents, sum.scores).allSatisfy { $1 == (left.contains($0) ? 1 : 0) })
            }
        }
    }

    @Test func selectionOfTheFirst() {
        var random = SeededGenerator(seed: 5)
        for count in [1, 2, 10, 100, 1000] {
            let values = (0..<count).map { _ in Int.random(in: 0..<50, using: &random) }
            let precedes = { (left: Int, right: Int) in (values[left], left) < (values[right], right) }
            let sorted = (0..<count).sorted(by: precedes)
            for wanted in [1, 3, count / 5 + 1, count] where wanted <= count {
                #expect(Selection.first(wanted, of: count, by: precedes) == Array(sorted.prefix(wanted)))
            }
        }
    }
}

@Suite struct PlanTests {
    static let weight = TextExpression.Weight(value: 1, group: 1)
    static func leaf(_ name: String) -> Plan { .text(TextExpression(tokens: [Array(name.utf8)], weight: self.weight)) }

    private static func text(_ plan: Plan) -> String? {
        guard case .text(let expression) = plan else { return nil }
        return expression.text
    }

    @Test("whatever FTS5 can do becomes one expression")
    func merges() {
        let (a, b, c) = (Self.leaf("a"), Self.leaf("b"), Self.leaf("c"))
        #expect(Self.text(.all(of: [a, .all, b])) == #""a" AND "b""#)
        #expect(Self.text(.any(of: [a, .none, b])) == #""a" OR "b""#)
        #expect(Self.text(Plan.any(of: [a, b]).excluding(c)) == #"("a" OR "b") NOT "c""#)
        #expect(Self.text(a.preferring([b, c])) == #"("a" AND ("b" OR "c")) OR "a""#)
        #expect(Plan.all(of: [a, .none]) == .none)
        #expect(Plan.all(of: []) == .all)
        #expect(Plan.any(of: []) == .none)
        #expect(Plan.any(of: [a, .all]) == .preferring(.all, [a]))
        #expect(Plan.all.excluding(a) == .except(.all, a))
        #expect(a.excluding(.none) == a)
        #expect(a.excluding(.all) == .none)
        let documents = Plan.documents([1], score: 1)
        #expect(Plan.all(of: [documents, a, b]) == .every([.all(of: [a, b]), documents]))
        #expect(a.preferring([documents]) == .preferring(a, [documents]))
        #expect(Self.text(.all(of: [Plan.all.excluding(a), b, Plan.all.excluding(c)])) == #""b" NOT ("a" OR "c")"#)
    }

    @Test("quotation marks are doubled and phrases are separated")
    func quotes() {
        let expression = TextExpression(tokens: [Array("a\"b".utf8), Array("c".utf8)], weight: Self.weight)
        #expect(expression.text == "\"a\"\"b\u{1f}c\"")
    }

    @Test("deep nesting is not handed to FTS5 at once")
    func depth() {
        var plan = Self.leaf("a")
        for _ in 0..<40 { plan = Plan.any(of: [Plan.all(of: [plan, Self.leaf("b")]), Self.leaf("c")]) }
        #expect(Self.text(plan) == nil)
    }

    @Test func uniformity() {
        let tf = Plan.text(TextExpression(tokens: [[97]], weight: .init(value: 1, group: nil)))
        let constant = Self.leaf("b")
        #expect(constant.isUniform && !tf.isUniform)
        #expect(Plan.all(of: [constant, constant]).isUniform)
        #expect(!Plan.any(of: [constant, constant]).isUniform)
        #expect(!Plan.all(of: [constant, tf]).isUniform)
        #expect(!constant.preferring([constant]).isUniform)
        #expect(constant.excluding(tf).isUniform)
    }
}

@Suite struct FieldCodesTests {
    @Test func numbersAreGivenOnce() {
        let codes = FieldCodes()
        #expect(codes.code(of: IndexField.all) == 0)
        #expect(codes.code(of: "/a") == nil)
        #expect(codes.allocate("/a") == 1)
        #expect(codes.allocate("/é") == 2)
        #expect(codes.allocate("/e\u{301}") == 3)
        #expect(codes.allocate("/a") == 1)
        #expect(codes.names(above: 1).map(\.name) == ["/é", "/e\u{301}"])
        #expect(codes.names(above: 3).isEmpty)
    }

    @Test func thereIsAnEnd() {
        let codes = FieldCodes()
        for number in 1..<FieldCodes.maximum { #expect(codes.allocate("/\(number)") == number) }
        #expect(codes.allocate("/more") == nil)
        #expect(codes.allocate("/5") == 5)
        let document = IndexDocument("x/1", ["/more": ["word"]])
        #expect(EmbeddedEntry(document, codes: codes).tokens == "0:word\u{1f}0#")
    }
}

@Suite struct SloppyPhraseTests {
    @Test("agrees with trying all combinations", arguments: [1, 2, 3, 4] as [UInt64])
    func agrees(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = ["a", "b", "c"]
        for _ in 0..<400 {
            let text = (0..<Int.random(in: 0..<8, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            let phrase = (0..<Int.random(in: 2..<5, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            let slop = Int.random(in: 1..<6, using: &random)
            let places = phrase.map { token in text.indices.filter { text[$0] == token } }
            let isFound = SloppyPhrase.isFound(
                places: places,
                twins: SloppyPhrase.twins(of: phrase),
                gaps: [],
                slop: slop
            )
            #expect(isFound == PhraseMatch.isFound(phrase, slop: slop, in: text), "\(phrase) ~\(slop) in \(text)")
        }
    }

    @Test func gapsSeparate() {
        let places = [[1, 10], [4, 12]]
        #expect(SloppyPhrase.isFound(places: places, twins: [nil, nil], gaps: [3, 7], slop: 1))
        #expect(!SloppyPhrase.isFound(places: places, twins: [nil, nil], gaps: [3, 7, 11], slop: 99))
        #expect(!SloppyPhrase.isFound(places: [[1], []], twins: [nil, nil], gaps: [], slop: 99))
    }
}

@Suite struct FuzzyMatcherTests {
    @Test("agrees with the edit distance", arguments: [0, 1, 2])
    func agrees(edits: Int) {
        let words = ["", "a", "abc", "acb", "abcd", "xbc", "xyz", "über", "uber", "ebur", "ab", "abbc", "日本"]
        for word in words {
            let matcher = FuzzyMatcher(word, editsMaximum: edits)
            for term in words { #expect(matcher.matches(term) == EditDistance.isWithin(edits, term, word)) }
        }
    }
}
