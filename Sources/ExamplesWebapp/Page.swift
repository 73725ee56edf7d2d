import ServletAPI

/// An HTML page that is put together in memory and then written at once.
struct Page {
    private var html: String

    /// A page with its title as heading and a link back to the list of examples.
    ///
    /// `links` is the folder of the list, relative to the page or absolute; `description` names the static page that
    /// explains the example.
    init(title: String, links: String = "..", description: String) {
        self.html = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="UTF-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <link rel="stylesheet" href="\(links)/../style.css">
            </head>
            <body>
            <nav><a href="\(links)/\(description)">About this example</a> · <a href="\(links)/index.html">All examples</a></nav>
            <h1>\(title)</h1>

            """
    }

    /// Adds markup; what comes from the client must be escaped before.
    mutating func append(_ markup: String) {
        self.html += markup
        self.html += "\n"
    }

    /// Adds a table with a row for each pair; escapes both cells.
    mutating func appendTable(_ rows: [(String, String)]) {
        self.append("<table>")
        for (name, value) in rows { self.append("<tr><th>\(name.escaped)</th><td>\(value.escaped)</td></tr>") }
        self.append("</table>")
    }

    /// Completes the page and sends it as UTF-8.
    consuming func send(_ response: any HttpServletResponse) async throws {
        response.contentType = "text/html"
        response.setCharacterEncoding("UTF-8")
        self.append("</body>\n</html>")
        try await response.write(self.html)
    }
}

extension String {
    /// The text with the characters replaced that mean something in HTML text and attribute values.
    var escaped: String {
        var result = ""
        result.reserveCapacity(self.utf8.count)
        for scalar in self.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text as a JSON string literal.
    var quotedForJSON: String {
        var result = "\""
        for scalar in self.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The text as a component of a query.
    var encodedForQuery: String {
        let digits = Array("0123456789ABCDEF")
        var result = ""
        for byte in self.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return result
    }
}
