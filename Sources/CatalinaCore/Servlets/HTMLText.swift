/// Text on its way into HTML.
package enum HTMLText {
    /// The text with what HTML gives a meaning to, and `/`, written as entities.
    ///
    /// Tomcat counterpart: `org.apache.tomcat.util.security.Escape.htmlElementContent`.
    package static func escaped(_ text: String) -> String {
        let special = text.utf8.contains { byte in
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "\""),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        guard special else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): escaped.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): escaped.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "&"): escaped.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "'"): escaped.append(contentsOf: "&#39;".utf8)
            case UInt8(ascii: "\""): escaped.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "/"): escaped.append(contentsOf: "&#47;".utf8)
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// The text with what HTML gives a meaning to as entities, for pages that are kept and read as files too.
    package static func readable(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// The look of the container's own pages, one line of CSS.
    package static let style =
        "body{font-family:system-ui,Tahoma,Arial,sans-serif;margin:2em}h1,h2,h3,b{color:#fff;background:#525d76}"
        + "h1{font-size:22px;padding:.3em}h2{font-size:16px}h3{font-size:14px;padding:.3em}p,td{font-size:13px}"
        + "a{color:#000}b{padding:0 .3em}.line{height:1px;background:#525d76;border:none}"
}
