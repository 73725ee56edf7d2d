/// Text beyond ASCII in the parameters of a part.
///
/// Tomcat counterparts: `RFC2231Utility` and `MimeUtility` of `org.apache.tomcat.util.http.fileupload.util.mime`.
enum EncodedText {
    /// The text of `charset'language'%xx…`; a value of another form, or in an unknown charset, stays.
    ///
    /// Source: RFC 5987 §3.2.
    static func decodeExtendedValue(_ text: String) -> String {
        let parts = text.utf8.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let charset = Charset(name: String(decoding: parts[0], as: UTF8.self)) else {
            return text
        }
        let source = Array(parts[2])
        var octets: [UInt8] = []
        var index = 0
        while index < source.count {
            guard source[index] == ASCII.percent else {
                octets.append(source[index])
                index += 1
                continue
            }
            guard index + 2 < source.count else { break }
            octets.append((source[index + 1].hexValue ?? 0) << 4 | (source[index + 2].hexValue ?? 0))
            index += 3
        }
        return charset.decode(octets)
    }

    /// The text with its encoded words `=?charset?B|Q?…?=` decoded; blanks between two of them are dropped.
    ///
    /// Source: RFC 2047 §2.
    static func decodeWords(_ text: String) -> String {
        guard text.contains("=?") else { return text }
        var decoded = ""
        var blanks = ""
        var isAfterEncodedWord = false
        var rest = text[...]
        while !rest.isEmpty {
            let isBlank = { (character: Character) in character == " " || character == "\t" }
            blanks = String(rest.prefix(while: isBlank))
            rest = rest.dropFirst(blanks.count)
            let word = rest.prefix { !isBlank($0) }
            rest = rest.dropFirst(word.count)
            let decodedWord = self.decodeWord(word)
            if decodedWord == nil || !isAfterEncodedWord { decoded += blanks }
            decoded += decodedWord ?? String(word)
            isAfterEncodedWord = decodedWord != nil
        }
        return decoded
    }

    /// Nil if the word is not encoded, or in an unknown charset.
    private static func decodeWord(_ word: Substring) -> String? {
        guard word.hasPrefix("=?"), word.hasSuffix("?="), word.utf8.count > 4 else { return nil }
        let parts = word.dropFirst(2).dropLast(2).split(separator: "?", omittingEmptySubsequences: false)
        guard parts.count == 3, let charset = Charset(name: String(parts[0])) else { return nil }
        switch parts[1] {
        case "B", "b": return Base64.decode(parts[2].utf8.span).map { charset.decode($0) }
        case "Q", "q":
            return EscapedOctets.decode(parts[2].utf8.span, marker: ASCII.equals, blank: UInt8(ascii: "_"))
                .map { charset.decode($0) }
        default: return nil
        }
    }
}
