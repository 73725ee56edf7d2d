import NIOCore
import TestSupport
import Testing

@testable import Coyote

@Suite struct ChunkedDecoderTests {
    struct Outcome: Equatable {
        var body = ""
        var isComplete = false
        var rest = ""
        var trailers: [String] = []
        var error: BodyDecodingError?
    }

    static func decode(_ stream: [UInt8], cutAt cut: Int, extensions: Int = 100, trailers: Int = 100) -> Outcome {
        var decoder = ChunkedDecoder(extensionSizeMaximum: extensions, trailerSizeMaximum: trailers)
        var outcome = Outcome()
        var buffer = ByteBuffer()
        for part in [stream[..<cut], stream[cut...]] {
            buffer.writeBytes(part)
            do throws(BodyDecodingError) {
                while let piece = try decoder.decode(&buffer) { outcome.body += String(buffer: piece) }
            } catch {
                return Outcome(error: error)
            }
        }
        outcome.isComplete = decoder.isComplete
        outcome.rest = String(buffer: buffer)
        outcome.trailers = decoder.trailers.result.map { "\($0.name): \($0.value)" }
        return outcome
    }

    static func expect(_ stream: String, _ outcome: Outcome, extensions: Int = 100, trailers: Int = 100) throws {
        let stream = try bytes(latin1: stream)
        for cut in 0...stream.count {
            let halves = Self.decode(stream, cutAt: cut, extensions: extensions, trailers: trailers)
            #expect(halves == outcome, "cut at byte \(cut) of \(String(printable: stream))")
        }
    }

    @Test(
        "well-formed bodies are joined, and what follows is left",
        arguments: [
            ("0\r\n\r\n", "", "", []),
            ("3\r\nabc\r\n0\r\n\r\nGET", "abc", "GET", []),
            ("a\r\n0123456789\r\n00000000000A;x=y\r\n0123456789\r\n000\r\n\r\n", "01234567890123456789", "", []),
            ("1\r\na\r\n0\r\nX-T: 1\r\nb:\t2 \r\n 3\r\n\r\n", "a", "", ["x-t: 1", "b: 2 3"]),
            ("0; abc ; d=\"e\\\";\"\r\n\r\n", "", "", []),
        ]
    )
    func accepts(stream: String, body: String, rest: String, trailers: [String]) throws {
        try Self.expect(stream, Outcome(body: body, isComplete: true, rest: rest, trailers: trailers))
    }

    @Test(
        "malformed bodies are refused at every cut",
        arguments: [
            ("zz\r\n", BodyDecodingError.invalidChunkHeader), ("5 \r\n", .invalidChunkHeader),
            ("-1\r\n", .invalidChunkHeader), ("0x5\r\n", .invalidChunkHeader), ("\r\n", .invalidChunkHeader),
            (";a\r\n", .invalidChunkHeader), ("123456789\r\n", .invalidChunkHeader),
            ("80000000\r\n", .invalidChunkHeader), ("3\nabc", .lineFeedAlone), ("3\r\rabc", .carriageReturnTwice),
            ("3\rabc", .invalidLineEnd), ("3\r\nabcd", .invalidLineEnd), ("3\r\nabc\n", .lineFeedAlone),
            ("1;\r\n", .invalidExtension), ("1;a\nb", .lineFeedAlone), ("1;a=b=c\r\n", .invalidExtension),
            ("0\r\n\n", .lineFeedAlone), ("0\r\nx@: 1\r\n", .invalidTrailer("x@")),
            ("0\r\nx: 1\n", .lineFeedAlone), ("0\r\nx: \0", .invalidTrailer("x:0x00")),
            ("0\r\n x: 1\r\n", .invalidTrailer(" ")),
        ]
    )
    func rejects(stream: String, error: BodyDecodingError) throws {
        try Self.expect(stream, Outcome(error: error))
    }

    @Test("extensions are parsed", arguments: Vectors.rows("02/02_chunk_extension.jsonl"))
    func extensions(row: VectorRow) throws {
        let stream = try bytes(latin1: "1" + row.string("after_size"))
        let outcome = Self.decode(stream, cutAt: 0)
        // The file's owner counts the rows; this compares them at every cut as well.
        #expect((outcome.error == nil) == (try row.bool("valid")), "\(row.testDescription)")
        for cut in 0...stream.count { #expect(Self.decode(stream, cutAt: cut) == outcome) }
    }

    @Test("extensions and trailers have limits")
    func limits() throws {
        try Self.expect("0;foo=xxxxx\r\n\r\n", Outcome(isComplete: true), extensions: 10)
        try Self.expect("0;foo=xxxxxx\r\n\r\n", Outcome(error: .extensionsTooLarge), extensions: 10)
        let trailer = "0\r\nx-trailer: Test\r\n\r\n"
        try Self.expect(trailer, Outcome(error: .trailersTooLarge), trailers: 18)
        try Self.expect(trailer, Outcome(isComplete: true, trailers: ["x-trailer: Test"]), trailers: 19)
        try Self.expect(trailer, Outcome(isComplete: true, trailers: ["x-trailer: Test"]), trailers: -1)
    }

    @Test("no mutation traps or depends on the cut", arguments: [1, 2] as [UInt64])
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let model = Array("5;a=\"b\"\r\nhello\r\n1\r\nx\r\n0\r\nt: v\r\n\r\n".utf8)
        let alphabet = Array("\r\n; :=\"\\0189afFz\0".utf8) + [0x80]
        for _ in 0..<4000 {
            var stream = model
            for _ in 0...Int.random(in: 0...3, using: &random) {
                stream[Int.random(in: 0..<stream.count, using: &random)] =
                    alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let cut = Int.random(in: 0...stream.count, using: &random)
            #expect(Self.decode(stream, cutAt: cut) == Self.decode(stream, cutAt: 0), "seed \(seed)")
        }
    }
}
