/// How a text is kept from forging or breaking a log: what a terminal or a line reader would act on is written
/// as `\uXXXX`.
enum Escaping {
    /// Appends a sentence: a line break starts a continuation line, a tab stays.
    ///
    /// Differs from Tomcat, which writes line breaks raw: here a continuation line begins with a tab, so that
    /// no part of a message can look like a record of its own.
    static func appendMessage(_ text: String, continuation: String = "\n\t", to bytes: inout [UInt8]) {
        guard Self.needsEscape(text) else {
            bytes += text.utf8
            return
        }
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\n": bytes += continuation.utf8
            case "\t": bytes.append(0x09)
            case "\r" where rest.first == "\n": continue
            default: Self.append(scalar, to: &bytes)
            }
        }
    }

    /// Appends ` key=value` for each, quoting a value that would not read as one word.
    static func appendDetails(_ details: [LogRecord.Detail], to bytes: inout [UInt8]) {
        for detail in details {
            bytes.append(0x20)
            Self.appendInline(detail.key, to: &bytes)
            bytes.append(0x3d)
            let isWord = !detail.value.isEmpty && !detail.value.utf8.contains { $0 == 0x20 || $0 == 0x22 || $0 == 0x3d }
            if isWord {
                Self.appendInline(detail.value, to: &bytes)
            } else {
                bytes.append(0x22)
                Self.appendInline(detail.value, quoting: true, to: &bytes)
                bytes.append(0x22)
            }
        }
    }

    /// Appends a text that must stay on its line.
    static func appendInline(_ text: String, quoting: Bool = false, to bytes: inout [UInt8]) {
        guard quoting || Self.needsEscape(text) else {
            bytes += text.utf8
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": bytes += #"\n"#.utf8
            case "\r": bytes += #"\r"#.utf8
            case "\t": bytes += #"\t"#.utf8
            case "\"" where quoting: bytes += #"\""#.utf8
            case "\\" where quoting: bytes += #"\\"#.utf8
            default: Self.append(scalar, to: &bytes)
            }
        }
    }

    /// Appends a JSON string with its quotes.
    static func appendJSON(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(0x22)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += #"\""#.utf8
            case "\\": bytes += #"\\"#.utf8
            case "\n": bytes += #"\n"#.utf8
            case "\r": bytes += #"\r"#.utf8
            case "\t": bytes += #"\t"#.utf8
            case "\u{8}": bytes += #"\b"#.utf8
            case "\u{c}": bytes += #"\f"#.utf8
            case _ where scalar.value < 0x20: Self.appendEscape(scalar, to: &bytes)
            default: bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        bytes.append(0x22)
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
        if isControl {
            Self.appendEscape(scalar, to: &bytes)
        } else {
            bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        }
    }

    private static func appendEscape(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        let digits = String(scalar.value, radix: 16)
        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8
    }

    /// 0xc2 may begin a C1 control character.
    private static func needsEscape(_ text: String) -> Bool {
        text.utf8.contains { $0 < 0x20 || $0 == 0x7f || $0 == 0xc2 }
    }
}
