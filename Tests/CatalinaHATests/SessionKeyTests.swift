import Testing

@testable import CatalinaHA

extension SessionKey: ExpressibleByStringLiteral {
    /// The key of an id that a test names.
    public init(stringLiteral text: String) { self.init(text) }
}

@Suite struct SessionKeyTests {
    static let digits = "0123456789ABCDEF0123456789ABCDEF"

    @Test(
        "what stands before the first dot is the session",
        arguments: [
            ("S", "S"), ("S.a", "S"), ("S.a.b", "S"), (".a", ".a"), ("S.", "S"), ("", ""), (".", "."),
            (digits, digits), (digits + ".node-with-a-long-name", digits), ("0123456789ABCDEF.a", "0123456789ABCDEF"),
            ("0123456789ABCDE.f", "0123456789ABCDE"), ("\u{e4}.a", "\u{e4}"),
        ]
    )
    func cuts(id: String, text: String) {
        let key = SessionKey(id)
        #expect(key.text == text)
        #expect(key.isRouted == (id != text))
        #expect(key == SessionKey(text))
        #expect(key.hashValue == SessionKey(text).hashValue)
        #expect(key == SessionKey(String(decoding: Array(id.utf8), as: UTF8.self)))
    }

    @Test("a table finds a session under any route, and no other one")
    func finds() {
        var table: [SessionKey: Int] = [:]
        for number in 0..<100 { table[SessionKey("\(Self.digits)\(number).a")] = number }
        for number in 0..<100 {
            #expect(table[SessionKey("\(Self.digits)\(number).b")] == number)
            #expect(table[SessionKey("\(Self.digits)\(number)")] == number)
        }
        #expect(table[SessionKey(Self.digits)] == nil)
        #expect(table[SessionKey("\(Self.digits)100.a")] == nil)
    }

    @Test("what Unicode takes for the same text is another session")
    func comparesOctets() { #expect(SessionKey("\u{e4}") != SessionKey("a\u{308}")) }
}
