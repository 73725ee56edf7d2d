import TestSupport
import Testing

@testable import Juli

@Suite struct FormatterTests {
    @Test("prints what Tomcat and the JDK print", arguments: Vectors.rows("juli/formatters.jsonl"))
    func formats(row: VectorRow) throws {
        let formatter = try FormatterRegistry.formatter(
            named: try #require(row["formatter"].string),
            setting: { _ in nil },
            clock: LogFixture().clock(),
            isJournal: row["journal"].bool == true
        )
        let record = LogRecord.sample(
            try #require(row["message"].string),
            level: try #require(row["level"].string.flatMap { Level($0) }),
            at: Timestamp(milliseconds: try #require(row["millis"].int))
        )
        row.expect(formatter.text(of: record), equals: row["output"].string)
    }

    @Test("prints dates as SimpleDateFormat does", arguments: Vectors.rows("juli/dates.jsonl"))
    func dates(row: VectorRow) throws {
        let pattern = try #require(row["pattern"].string)
        guard let output = row["output"].string else {
            row.expect((try? DateFormat(pattern)) == nil, "reads a pattern that Java refuses")
            return
        }
        let time = Timestamp(milliseconds: try #require(row["millis"].int))
        var bytes: [UInt8] = []
        try DateFormat(pattern).append(
            LogFixture.calendar(time, offset: try #require(row["offset"].int)),
            millisecond: time.millisecondOfSecond,
            to: &bytes
        )
        row.expect(String(decoding: bytes, as: UTF8.self), equals: output)
    }

    @Test("reads SimpleFormatter's templates as the JDK does", arguments: Vectors.rows("juli/templates.jsonl"))
    func templates(row: VectorRow) throws {
        let template = try #require(row["template"].string)
        guard let output = row["output"].string else {
            row.expect((try? SimpleTemplate(template)) == nil, "reads a template that Java refuses")
            return
        }
        let time = Timestamp(milliseconds: try #require(row["millis"].int))
        var bytes: [UInt8] = []
        try SimpleTemplate(template).append(
            ["org.C m", "org.L", "INFO", "msg", ""],
            time: (time, LogFixture.calendar(time, offset: 0)),
            to: &bytes
        )
        row.expect(String(decoding: bytes, as: UTF8.self), equals: output)
    }

    @Test("the default date format is the pattern it is documented with")
    func standardPattern() throws {
        #expect(try DateFormat("dd-MMM-yyyy HH:mm:ss.SSS") == .standard)
    }

    @Test(
        "a message cannot forge a record",
        arguments: [
            ("a\nb", "a\n\tb"), ("a\r\nb", "a\n\tb"), ("a\rb", #"a\u000db"#), ("a\r", #"a\u000d"#), ("\n", "\n\t"),
            ("\r\r\n", "\\u000d\n\t"), ("é\u{85}", "é\\u0085"), ("Â", "Â"), ("", ""),
        ]
    )
    func escapes(message: String, expected: String) {
        var bytes: [UInt8] = []
        Escaping.appendMessage(message, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test(
        "data stays on its line and in its word",
        arguments: [
            ("plain", " k=plain"), ("", #" k="""#), ("two words", #" k="two words""#), (#"a"b"#, #" k="a\"b""#),
            ("a=b", #" k="a=b""#), ("a\nb", #" k=a\nb"#), ("a b\nc\\", #" k="a b\nc\\""#),
            ("\u{1b}[0m", #" k=\u001b[0m"#),
        ]
    )
    func details(value: String, expected: String) {
        var bytes: [UInt8] = []
        Escaping.appendDetails([LogRecord.Detail("k", value)], to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    static let failing: LogRecord = {
        var record = LogRecord.sample("failed", level: .severe, at: LogFixture().now)
        record.details = [LogRecord.Detail("context", "/manager"), LogRecord.Detail("why", "no \"file\"")]
        record.thrown = ["IOError: gone", "at line 3"]
        return record
    }()

    @Test(
        "data and errors follow the message",
        arguments: [
            (
                "org.apache.juli.OneLineFormatter",
                """
                21-Nov-2026 03:45:31.166 SEVERE [main] org.apache.catalina.startup.Catalina.start failed \
                context=/manager why="no \\"file\\""
                \tIOError: gone
                \tat line 3

                """
            ),
            (
                "org.apache.juli.JsonFormatter",
                """
                {"time": "2026-11-21T03:45:31.166Z", "level": "SEVERE", "thread": "main", \
                "class": "org.apache.catalina.startup.Catalina", "method": "start", "message": "failed", \
                "metadata": {"context": "/manager", "why": "no \\"file\\""}, \
                "throwable": ["IOError: gone","at line 3"]}

                """
            ),
            (
                "java.util.logging.SimpleFormatter",
                """
                Nov 21, 2026 3:45:31 AM org.apache.catalina.startup.Catalina start
                SEVERE: failed context=/manager why="no \\"file\\""
                IOError: gone
                at line 3


                """
            ),
            ("org.apache.juli.VerbatimFormatter", "failed\n"),
            (
                "org.apache.juli.SystemdFormatter",
                "<2>failed context=/manager why=\"no \\\"file\\\"\"\n<2>\tIOError: gone\n<2>\tat line 3\n"
            ),
        ]
    )
    func errors(name: String, expected: String) throws {
        let formatter = try FormatterRegistry.formatter(
            named: name,
            setting: { _ in nil },
            clock: LogFixture().clock(),
            isJournal: true
        )
        #expect(formatter.text(of: Self.failing) == expected)
    }
}

extension LogFormatter {
    func text(of record: LogRecord) -> String {
        var bytes: [UInt8] = []
        self.append(record, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
