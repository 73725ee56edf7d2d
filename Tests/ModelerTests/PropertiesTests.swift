import Modeler
import Testing

@Suite struct PropertySubstitutionTests {
    private let substitution = PropertySubstitution(
        sources: [
            .system(
                SystemProperties([
                    "a": "1", "b": "<${a}>", "loop": "${loop}", "grow": "x${grow}", "ping": "${pong}",
                    "pong": "${ping}",
                    "name:-x": "literal", "empty": "", "c:d": "colon", "half": "${a",
                ])
            )
        ]
    )

    /// Expectations recorded from Tomcat's `IntrospectionUtils.replaceProperties`.
    @Test(
        "references are replaced until nothing changes",
        arguments: [
            ("", ""), ("plain", "plain"), ("$", "$"), ("$$", "$$"), ("a$", "a$"), ("$x", "$x"), ("${a}", "1"),
            ("$${a}", "$1"), ("${a}${a}", "11"), ("x${b}y", "x<1>y"), ("${nope}", "${nope}"),
            ("${nope:-d}", "d"), ("${nope:-}", ""), ("${a:-d}", "1"), ("${name:-x}", "literal"),
            ("${nope:d}", "${nope:d}"), ("${c:d}", "colon"), ("${c:d:-e}", "colon"), ("${nope:-a:-b}", "a:-b"),
            ("${nope:-${a}}", "1"), ("${nope:-${nada}}", "${nada}"), ("${", "${"), ("${a", "${a"), ("${}", "${}"),
            ("${empty}", ""), ("${loop}", "${loop}"), ("${half}", "${a"), ("${half}}", "1"), ("é${a}é", "é1é"),
            ("${nope} ${a}", "${nope} 1"),
        ]
    )
    func replaces(text: String, expected: String) {
        #expect(self.substitution.replace(text) == .init(text: expected, isUnresolved: false))
    }

    @Test("a reference that never settles is given up after twenty rounds")
    func givesUp() {
        let grown = String(repeating: "x", count: 20) + "${grow}"
        #expect(self.substitution.replace("${grow}") == .init(text: grown, isUnresolved: true))
        #expect(self.substitution.replace("${ping}") == .init(text: "${ping}", isUnresolved: true))
    }

    @Test("the sources named in a system property come first, and unknown ones are reported")
    func sources() {
        var unknown: [String] = []
        let properties = SystemProperties([
            PropertySubstitution.sourceProperty:
                "org.apache.tomcat.util.digester.EnvironmentPropertySource, com.acme.Vault",
            "PATH": "system",
        ])
        let substitution = PropertySubstitution(properties) { unknown.append($0) }
        #expect(substitution.replace("${PATH}").text != "system")
        #expect(unknown == ["com.acme.Vault"])
        #expect(PropertySubstitution(SystemProperties(["PATH": "system"])).replace("${PATH}").text == "system")
    }

    @Test("the environment and files can always be read with a prefix")
    func prefixes() {
        let substitution = PropertySubstitution(SystemProperties())
        #expect(substitution.replace("${ENV:PATH}").text == Environment["PATH"])
        #expect(substitution.replace("${ENV:NO_SUCH_VARIABLE_HERE}").text == "${ENV:NO_SUCH_VARIABLE_HERE}")
        #expect(substitution.replace("${ENV:NO_SUCH_VARIABLE_HERE:-x}").text == "x")
        #expect(substitution.replace("${file:/proc/sys/kernel/ostype}").text == "Linux")
        #expect(substitution.replace("${file:/no/such/file}").text == "${file:/no/such/file}")
    }
}

@Suite struct SecretMaskTests {
    @Test(
        "values are masked by the name they go by",
        arguments: [
            ("DB_PASSWORD", "***"), ("aws.secretAccess", "***"), ("GITHUB_TOKEN", "***"), ("API_KEY", "***"),
            ("user.name", "x"), ("keyStore", "x"),
        ]
    )
    func names(name: String, shown: String) {
        #expect(SecretMask.shown("x", of: name) == shown)
    }

    @Test(
        "so are those in words of a command line",
        arguments: [
            ("-Ddb.password=a=b", "-Ddb.password=***"), ("-Da=b=c", "-Da=b=c"), ("-Dpassword", "-Dpassword"),
            ("start", "start"), ("-D=x", "-D=x"),
        ]
    )
    func words(word: String, shown: String) {
        #expect(SecretMask.shown(argument: word) == shown)
    }

    @Test("properties are shown in the order of their names")
    func properties() {
        let shown = SystemProperties(["b.password": "1", "a": "2"]).shown
        #expect(shown.map(\.name) == ["a", "b.password"] && shown.map(\.value) == ["2", "***"])
    }
}

@Suite struct PropertiesFileTests {
    /// Expectations recorded from `java.util.Properties.load`.
    @Test(
        "keys and values are taken apart as Java does",
        arguments: [
            ("a=1", ["a": "1"]), ("a = 1 ", ["a": "1 "]), ("a:1", ["a": "1"]), ("a 1", ["a": "1"]),
            ("  a\t=\t1", ["a": "1"]), ("a==1", ["a": "=1"]), ("a", ["a": ""]), ("=1", ["": "1"]),
            ("#a=1\n!b=2\nc=3", ["c": "3"]), ("a=1\\\n   2", ["a": "12"]), ("a=1\\\r\n\t2\\\n3", ["a": "123"]),
            ("a\\=b=c", ["a=b": "c"]), ("a\\ b c", ["a b": "c"]), ("a=\\u0041\\u00e9", ["a": "Aé"]),
            ("a=\\t\\n\\r\\f\\z\\\\", ["a": "\t\n\r\u{c}z\\"]), ("a=1\\", ["a": "1"]), ("a=1\na=2", ["a": "2"]),
            ("a=#1", ["a": "#1"]), ("a=1\\\n#2", ["a": "1#2"]), ("\n\n\r\n", [:]), ("a=\\ud83d\\ude00", ["a": "😀"]),
            ("a=b\\\n\nc=d", ["a": "b", "c": "d"]), ("\\\n a=1", ["a": "1"]), ("\\\n#a=1", [:]),
            ("a=1\\\n\n b=2", ["a": "1", "b": "2"]), ("é=ü", ["é": "ü"]),
        ] as [(String, [String: String])]
    )
    func parses(text: String, expected: [String: String]) {
        #expect(PropertiesFile(text).dictionary == expected)
    }

    @Test("bytes that are no UTF-8 are read as ISO 8859-1, and lines are counted")
    func bytes() {
        let file = PropertiesFile(bytes: Array("# x\n\na=".utf8) + [0xe9] + Array("\nb=\\\n2\nc=3".utf8))
        #expect(file["a"] == "é")
        #expect(file.entries.map(\.line) == [3, 4, 6])
    }
}

@Suite struct SystemPropertiesTests {
    @Test("the first value of a property stays when it is set if absent")
    func setIfAbsent() {
        let properties = SystemProperties(["a": "1"])
        #expect(properties.setIfAbsent("a", to: "2") == "1")
        #expect(properties.setIfAbsent("b", to: "2") == "2")
        properties["a"] = nil
        #expect(properties.all == ["b": "2"])
        #expect(!properties.isTrue("b"))
        properties["b"] = "TRUE"
        #expect(properties.isTrue("b"))
    }
}

extension SystemPropertiesTests {
    @Test("a properties file fills in what is not set, and references can be replaced in place")
    func merges() {
        let properties = SystemProperties(["base": "/b", "a": "${base}/a"])
        let substitution = PropertySubstitution(properties)
        properties.merge(PropertiesFile("base=/other\nc=${base}/c\nd=${nope}"), substitution: substitution)
        #expect(properties.all == ["base": "/b", "a": "${base}/a", "c": "/b/c", "d": "${nope}"])
        properties.replaceReferences(with: substitution)
        #expect(properties.all == ["base": "/b", "a": "/b/a", "c": "/b/c", "d": "${nope}"])
    }
}
