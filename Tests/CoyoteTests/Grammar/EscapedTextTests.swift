import Coyote
import TestSupport
import Testing

@Suite struct EscapedTextTests {
    @Test("values in access logs", arguments: Vectors.rows("10/10_access_log_escape.jsonl"))
    func accessLog(_ row: VectorRow) throws {
        row.expect(AccessLogText.escape(row["input"].string), equals: try row.string("expected"))
    }

    @Test("quotes of W3C logs are doubled, other planes take two escapes")
    func extendedLog() {
        #expect(AccessLogText.escape("a\"b\\\u{c}", quotes: .doubling) == "a\"\"b\\\\\\f")
        #expect(AccessLogText.escape("\u{1f600}") == "\\ud83d\\ude00")
        #expect(AccessLogText.escape("a~ b") == "a~ b")
    }

    @Test("text in JSON strings", arguments: Vectors.rows("10/10_json_string_filter.jsonl"))
    func json(_ row: VectorRow) throws {
        row.expect(JSONText.escape(try row.string("input")), equals: try row.string("output"))
    }

    @Test("controls have short names or numbers; all beyond stays")
    func jsonControls() {
        #expect(JSONText.escape("\u{8}\u{c}\r\u{1f}\u{7f}é€\u{1f600}") == "\\b\\f\\r\\u001f\u{7f}é€\u{1f600}")
    }
}
