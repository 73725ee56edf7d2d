import Testing

@testable import JavaSerialization

@Suite struct ModifiedUTF8Tests {
    @Test(
        "text takes the bytes that Java gives it",
        arguments: [
            ("", [UInt8]()), ("a\u{7f}", [0x61, 0x7f]), ("\0", [0xc0, 0x80]),
            ("\u{80}\u{7ff}", [0xc2, 0x80, 0xdf, 0xbf]),
            ("\u{800}\u{ffff}", [0xe0, 0xa0, 0x80, 0xef, 0xbf, 0xbf]), ("𝄞", [0xed, 0xa0, 0xb4, 0xed, 0xb4, 0x9e]),
        ]
    )
    func codes(text: String, bytes: [UInt8]) {
        #expect(ModifiedUTF8.length(text) == bytes.count)
        #expect(ModifiedUTF8.encoded(text, length: bytes.count) == bytes)
        #expect(bytes.withUnsafeBytes(ModifiedUTF8.decode) == .string(text))
    }

    @Test(
        "text that Swift cannot hold, or Java writes otherwise, keeps its bytes",
        arguments: [
            ([UInt8](arrayLiteral: 0x61, 0xed, 0xa0, 0xb4), "a\u{fffd}"),
            ([0xed, 0xb4, 0x9e, 0xed, 0xa0, 0xb4], "\u{fffd}\u{fffd}"),
            ([0], "\0"), ([0xc1, 0x81], "A"), ([0xe0, 0x80, 0x80], "\0"),
        ]
    )
    func keeps(bytes: [UInt8], readable: String) {
        #expect(bytes.withUnsafeBytes(ModifiedUTF8.decode) == .raw(bytes))
        #expect(ModifiedUTF8.repaired(bytes) == readable)
    }

    @Test(
        "bytes that Java refuses are refused",
        arguments: [
            [UInt8](arrayLiteral: 0x80), [0xc2], [0xc2, 0x41], [0xe2, 0x82], [0xe2, 0x41, 0x82],
            [0xf0, 0x9d, 0x84, 0x9e], [0xff],
        ]
    )
    func refuses(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes(ModifiedUTF8.decode) == nil)
    }
}
