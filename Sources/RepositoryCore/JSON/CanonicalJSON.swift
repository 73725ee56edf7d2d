extension JSONValue {
    /// The text that hashes are taken of: members sorted by name, elements of arrays sorted by their own
    /// canonical text, numbers as ECMAScript prints them, no white space.
    ///
    /// Arrays are bags here, so two objects that differ only in the order of a list have equal hashes.
    package var canonicalText: String {
        var text = ""
        self.appendCanonical(to: &text)
        return text
    }

    private func appendCanonical(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let number): text += number.decimal.ecmaScriptText
        case .string(let string): Self.appendCanonical(string, to: &text)
        case .array(let elements):
            let texts = elements.map(\.canonicalText).sorted { Self.precedes($0, $1) }
            text += "[" + texts.joined(separator: ",") + "]"
        case .object(let object):
            text += "{"
            var isFirst = true
            for key in object.keys.sorted(by: { Self.precedes($0, $1) }) {
                if !isFirst { text += "," }
                isFirst = false
                Self.appendCanonical(key, to: &text)
                text += ":"
                object[key]?.appendCanonical(to: &text)
            }
            text += "}"
        }
    }

    /// Order by UTF-16 code units, as Java and ECMAScript compare strings.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf16.lexicographicallyPrecedes(right.utf16)
    }

    private static func appendCanonical(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\u{c}": text += "\\f"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case let control where control.value < 0x20:
                text += (control.value < 16 ? "\\u000" : "\\u00") + String(control.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
