import Testing

@testable import CatalinaSession

@Suite struct HashedSessionIDTests {
    @Test("keys are the same if their ids are, octet by octet")
    func equality() {
        let ids = [
            "", "a", "0123456789ABCDEF", "0123456789ABCDEF.n1", "0123456789ABCDEF.n2", "0123456789ABCDE", "e\u{301}",
            "\u{e9}", "0123456789ABCDEFe\u{301}", "0123456789ABCDEF\u{e9}",
        ]
        var table: [HashedSessionID: Int] = [:]
        for (number, id) in ids.enumerated() { table[HashedSessionID(id)] = number }
        #expect(table.count == ids.count)
        for (number, id) in ids.enumerated() {
            #expect(table[HashedSessionID(id)] == number)
            #expect(
                HashedSessionID(id).hashValue
                    == HashedSessionID(String(decoding: Array(id.utf8), as: UTF8.self)).hashValue
            )
        }
        #expect(table[HashedSessionID("b")] == nil)
    }
}
