/// Bytes written as signed decimal numbers in braces, as `{127,0,0,-1}`: ids, domains and addresses in server.xml.
///
/// Source: `org.apache.catalina.tribes.util.Arrays`.
package enum DecimalBytes {
    /// The bytes of such a text; nil if it is none.
    ///
    /// No blanks are allowed; each number is that of a Java byte, -128 to 127.
    package static func parse(_ text: String) -> [UInt8]? {
        guard text.utf8.first == UInt8(ascii: "{"), text.utf8.last == UInt8(ascii: "}") else { return nil }
        let items = text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for item in items {
            guard let byte = Int8(item) else { return nil }
            bytes.append(UInt8(bitPattern: byte))
        }
        return bytes
    }

    /// The bytes of a domain: decimal numbers in braces, or else the text in ISO-8859-1.
    ///
    /// A character that ISO-8859-1 lacks becomes a question mark, as in Java.
    package static func domain(_ text: String) -> [UInt8] {
        if let bytes = Self.parse(text) { return bytes }
        return text.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
    }

    /// `{127, 0, 0, 1}`, as Tomcat shows bytes in names and logs.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        "{" + bytes.map { String(Int8(bitPattern: $0)) }.joined(separator: ", ") + "}"
    }
}
