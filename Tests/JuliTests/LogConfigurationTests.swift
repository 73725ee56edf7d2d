import Logging
import TestSupport
import Testing

@testable import Juli

@Suite struct LogConfigurationTests {
    @Test("a record reaches the handlers that it reaches in Tomcat", arguments: Vectors.rows("juli/categories.jsonl"))
    func categories(row: VectorRow) throws {
        let properties = LogProperties(parsing: Array(try #require(row["properties"].string).utf8))
        let configuration = LogConfiguration(properties)
        let factory = HandlerFactory(properties: properties, surroundings: LogFixture().surroundings())
        let level = try #require(row["level"].string.flatMap { Self.levels[$0] })
        let category = configuration.category(try #require(row["logger"].string))
        let reached = category.handlers.filter { name in
            let own = factory.properties[name + ".level"]
            let inherited = factory.properties[HandlerFactory.Name(name).className + ".level"]
            let handlerLevel = (own ?? inherited).flatMap { Level($0) } ?? .all
            return category.level.admits(level) && handlerLevel.admits(level)
        }
        row.expect(Set(reached.map { String($0.dropFirst().prefix(1)) }).sorted(), equals: row["handlers"].strings)
    }

    static let levels: [String: Logger.Level] = [
        "SEVERE": .error, "WARNING": .warning, "INFO": .info, "FINE": .debug, "FINER": .trace,
    ]

    @Test(
        "every level has its swift-log threshold",
        arguments: [
            ("OFF", nil), ("SEVERE", .error), ("WARNING", .warning), ("INFO", .info), ("CONFIG", .debug),
            ("FINE", .debug), ("FINER", .trace), ("FINEST", .trace), ("ALL", .trace), ("2000", nil), ("1000", .error),
            ("950", .error), ("0", .trace), ("-5", .trace),
        ] as [(String, Logger.Level?)]
    )
    func thresholds(text: String, threshold: Logger.Level?) throws {
        #expect(try #require(Level(text)).threshold == threshold)
    }

    @Test("a level that does not exist is not read", arguments: ["WARN", "info", "", "8 00"])
    func unknownLevels(text: String) {
        #expect(Level(text) == nil)
    }

    @Test("what is wrong is said")
    func problems() {
        let configuration = LogConfiguration(
            LogProperties(["handlers": "a", "x.level": "LOUD", "y.handlers": "a, b"])
        )
        #expect(
            configuration.problems == [
                "Unknown level [LOUD] of [x]", "Handler [b] of [y] is not listed in [handlers]",
            ]
        )
    }

    @Test("a digit sets a handler's name apart from its class")
    func handlerNames() {
        #expect(HandlerFactory.Name("1catalina.org.apache.juli.FileHandler").className == "org.apache.juli.FileHandler")
        #expect(HandlerFactory.Name("1catalina.org.apache.juli.FileHandler").prefix == "1catalina.")
        #expect(HandlerFactory.Name("org.apache.juli.FileHandler").prefix.isEmpty)
    }
}

@Suite struct LogPropertiesTests {
    static let forms: [(String, [String: String])] = [
        ("a = b", ["a": "b"]), ("a=b\n\nc:d", ["a": "b", "c": "d"]), ("  a  b c ", ["a": "b c "]),
        ("# no\n! no\na=1", ["a": "1"]), ("a = b \\\n   c", ["a": "b c"]), (#"a = \\"#, ["a": "\\"]),
        (#"a\=b = \u00e9\t\n\r\f\q"#, ["a=b": "é\t\n\r\u{c}q"]), ("a", ["a": ""]), ("", [:]),
        ("a = 1\r\nb = 2", ["a": "1", "b": "2"]),
        ("é = ü", ["é": "ü"]), ("a=1\na=2", ["a": "2"]), ("a = \\", ["a": ""]), (#"a = \u12"#, ["a": "\u{fffd}12"]),
        (#"a = \ud83d\ude00!"#, ["a": "😀!"]), (#"a = \ud83d!"#, ["a": "\u{fffd}!"]),
        (#"a = \ud83d\u0041"#, ["a": "\u{fffd}A"]), (#"a = \ude00\ud83d"#, ["a": "\u{fffd}\u{fffd}"]),
    ]

    @Test("reads every form of the format", arguments: forms)
    func reads(text: String, values: [String: String]) {
        #expect(LogProperties(parsing: Array(text.utf8)).values == values)
    }

    @Test("bytes that are not UTF-8 are ISO-8859-1")
    func latin1() {
        #expect(LogProperties(parsing: [0x61, 0x3d, 0xe9])["a"] == "é")
    }

    @Test(
        "replaces what is known and leaves the rest",
        arguments: [
            ("${base}/logs", "/srv/logs"), ("${nope}", "${nope}"), ("${nope:-x}", "x"), ("${base:-x}", "/srv"),
            ("${nope:-}", ""), ("$base", "$base"), ("${base", "${base"), ("${base}${base}", "/srv/srv"),
            ("${twice}", "/srv"), ("${odd:-name}", "odd"), ("a${}b", "a${}b"),
        ]
    )
    func replaces(value: String, expected: String) {
        let known = ["base": "/srv", "twice": "${base}", "odd:-name": "odd"]
        #expect(LogProperties.replacing(in: value) { known[$0] } == expected)
    }

    @Test("a property that grows for ever ends")
    func bounded() {
        #expect(LogProperties.replacing(in: "${a}") { _ in "x${a}" }.hasPrefix("xxxx"))
    }
}
