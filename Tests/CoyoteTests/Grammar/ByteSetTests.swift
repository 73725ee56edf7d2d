import TestSupport
import Testing

@testable import Coyote

@Suite struct ByteSetTests {
    private static let classes: [String: ByteSet] = [
        "token": .token, "hex_digit": .hexDigit, "forbidden_in_request_target": .requestTargetForbidden,
        "http_protocol_name": .protocolName, "alpha": .alpha, "numeric": .digit, "scheme": .scheme,
        "userinfo": .userinfo, "absolute_path": .absolutePath, "query": .query, "control": .control,
        "field_vchar": .fieldVChar, "field_content": .fieldContent,
    ]

    /// The set that a row's class names; `NAME with ATTRIBUTE=CHARACTERS` is a relaxed one.
    private static func set(named name: String) -> ByteSet? {
        if let set = self.classes[name] { return set }
        guard let equals = name.firstIndex(of: "=") else { return nil }
        let characters = String(name[name.index(after: equals)...])
        let both = RequestTargetCharacters(relaxedPathChars: characters, relaxedQueryChars: characters)
        switch name[..<equals] {
        case "query with relaxedQueryChars": return RequestTargetCharacters(relaxedQueryChars: characters).query
        case "absolute_path with relaxedPathChars": return RequestTargetCharacters(relaxedPathChars: characters).path
        case "forbidden_in_request_target with both relaxed": return both.forbidden
        default: return nil
        }
    }

    @Test("each class holds the recorded octets", arguments: Vectors.rows("02/02_char_classes.jsonl"))
    func row(_ row: VectorRow) throws {
        let name = try row.string("class")
        let set = try #require(Self.set(named: name))
        // The classes of a request target were recorded for ASCII only; from 0x80 they refuse everything.
        let octets: ClosedRange<UInt8> = name.hasPrefix("forbidden") ? 0...0x7f : 0...0xff
        row.expect(
            octets.filter(set.contains).map(Int.init),
            equals: try row.array("codes").compactMap(\.int)
        )
    }

    @Test("a request target refuses everything from 0x80, relaxed or not")
    func targetIsASCII() {
        let characters = RequestTargetCharacters(relaxedPathChars: "\"<>[\\]^`{|}é", relaxedQueryChars: "{}")
        for octet in UInt8(0x80)...0xff {
            #expect(characters.forbidden.contains(octet))
            #expect(!characters.path.contains(octet) && !characters.query.contains(octet))
        }
    }

    @Test("what one attribute relaxes stays refused in the other part")
    func relaxesOnePart() {
        let characters = RequestTargetCharacters(relaxedPathChars: "[", relaxedQueryChars: "|a#")
        #expect(characters.path.contains(UInt8(ascii: "[")) && !characters.query.contains(UInt8(ascii: "[")))
        #expect(characters.query.contains(UInt8(ascii: "|")) && !characters.path.contains(UInt8(ascii: "|")))
        #expect(!characters.forbidden.contains(UInt8(ascii: "|")))
        #expect(characters.forbidden.contains(UInt8(ascii: "#")) && !characters.query.contains(UInt8(ascii: "#")))
    }

    @Test("sets combine octet by octet")
    func algebra() {
        let left = ByteSet("abc0").union(.fieldVChar.subtracting(.ascii))
        let right = ByteSet("bc1")
        for octet in UInt8.min...UInt8.max {
            #expect(left.union(right).contains(octet) == (left.contains(octet) || right.contains(octet)))
            #expect(left.subtracting(right).contains(octet) == (left.contains(octet) && !right.contains(octet)))
            #expect(left.intersection(right).contains(octet) == (left.contains(octet) && right.contains(octet)))
        }
        let octets: [UInt8] = [0x61, 0xff, 0x30, 0x31]
        let outside = left.firstIndex(outside: octets.span)
        let holdsNothing = left.containsAll(of: [UInt8]().span)
        #expect(outside == 3)
        #expect(holdsNothing)
    }

    @Test("the questions asked of one octet")
    func octets() {
        for octet in UInt8.min...UInt8.max {
            #expect(octet.isDigit == ByteSet.digit.contains(octet))
            #expect(octet.isAlpha == ByteSet.alpha.contains(octet))
            #expect((octet.hexValue != nil) == ByteSet.hexDigit.contains(octet))
            let character = Character(Unicode.Scalar(octet))
            #expect(octet.hexValue.map(Int.init) == (octet < 0x80 ? character.hexDigitValue : nil))
        }
    }

    @Test("octets of paths are told from all others, at each of eight places")
    func octetWords() {
        let common = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-./".utf8)
        for place in 0..<8 {
            for byte in UInt8.min...UInt8.max {
                let shift = UInt64(place * 8)
                let word = (0x6162_632f_3039_417a & ~(0xff << shift)) | UInt64(byte) << shift
                #expect(OctetWord.isOfPaths(word) == common.contains(byte), "\(byte) at \(place)")
            }
        }
    }

    @Test("the end of a run is found wherever it is, and whatever the set")
    func ends() {
        let sets = [ByteSet.token, .cookieOctet, .digit, .ascii, ByteSet("abc/.-"), RequestTargetCharacters().path]
        for set in sets {
            for count in 0..<40 {
                for byte in UInt8.min...UInt8.max {
                    let inside: UInt8 = set.contains(UInt8(ascii: "a")) ? UInt8(ascii: "a") : UInt8(ascii: "0")
                    let octets = [UInt8](repeating: inside, count: count) + [byte] + [inside, 0x00]
                    let expected = octets.firstIndex { !set.contains($0) } ?? octets.count
                    #expect(set.end(of: octets.span, from: 0) == expected)
                    #expect(set.end(of: octets.span, from: min(count, 3)) == max(expected, min(count, 3)))
                }
            }
        }
    }
}
