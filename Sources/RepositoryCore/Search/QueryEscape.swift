/// Escaping in the query language: a backslash makes any character ordinary, `\uXXXX` names one.
package enum QueryEscape {
    /// The text with every backslash resolved.
    static func unescape(_ text: ArraySlice<Unicode.Scalar>) throws(QueryParseError) -> String {
        var result = ""
        for element in try self.elements(text, areWildcardsSpecial: false) {
            if case .scalar(let scalar) = element { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    /// The pattern in which unescaped `*` and `?` are wildcards.
    static func pattern(_ text: ArraySlice<Unicode.Scalar>) throws(QueryParseError) -> WildcardPattern {
        WildcardPattern(elements: try self.elements(text, areWildcardsSpecial: true))
    }

    private static func elements(
        _ text: ArraySlice<Unicode.Scalar>,
        areWildcardsSpecial: Bool
    ) throws(QueryParseError) -> [WildcardPattern.Element] {
        var elements: [WildcardPattern.Element] = []
        var index = text.startIndex
        while index < text.endIndex {
            let scalar = text[index]
            index += 1
            if areWildcardsSpecial, scalar == "*" || scalar == "?" {
                elements.append(scalar == "*" ? .many : .one)
                continue
            }
            guard scalar == "\\" else {
                elements.append(.scalar(scalar))
                continue
            }
            guard index < text.endIndex else { throw .badEscape }
            let escaped = text[index]
            index += 1
            elements.append(.scalar(escaped == "u" ? try self.codePoint(text, &index) : escaped))
        }
        return elements
    }

    private static func codePoint(
        _ text: ArraySlice<Unicode.Scalar>,
        _ index: inout Int
    ) throws(QueryParseError) -> Unicode.Scalar {
        guard text.endIndex - index >= 4 else { throw .badEscape }
        let hex = String(String.UnicodeScalarView(text[index..<index + 4]))
        guard hex.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let value = UInt32(hex, radix: 16), let scalar = Unicode.Scalar(value)
        else { throw .badEscape }
        index += 4
        return scalar
    }

    /// The text written so that the parser takes it as it is.
    package static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "+", "-", "&", "|", "!", "(", ")", "{", "}", "[", "]", "^", "\"", "~", "*", "?", ":", "\\", "/", " ":
                result.append("\\")
            default: break
            }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
