import Modeler
import Testing

/// Properties that refer to each other without an end.
@Suite struct PropertyBoundsTests {
    private static func substitution(_ properties: [String: String]) -> PropertySubstitution {
        PropertySubstitution(sources: [.system(SystemProperties(properties))])
    }

    @Test("references that multiply are given up before they fill the memory", arguments: [2, 10, 100])
    func multiplies(times: Int) {
        let value = String(repeating: "${more}", count: times)
        let result = Self.substitution(["more": value]).replace("<${more}>")
        #expect(result.isUnresolved)
        #expect(result.text.utf8.count <= PropertySubstitution.sizeMaximum)
        #expect(result.text.hasPrefix("<${more}"))
    }

    @Test("a long value is put in whole up to the bound, and not beyond it")
    func large() {
        let most = String(repeating: "x", count: PropertySubstitution.sizeMaximum)
        #expect(Self.substitution(["a": most]).replace("${a}").text == most)
        #expect(Self.substitution(["a": most]).replace("${a}${a}") == .init(text: "${a}${a}", isUnresolved: true))
    }

    @Test("many references that end are resolved")
    func chain() {
        var properties = ["p0": "end"]
        for number in 1..<19 { properties["p\(number)"] = "${p\(number - 1)}" }
        #expect(Self.substitution(properties).replace("${p18}") == .init(text: "end", isUnresolved: false))
    }
}

@Suite struct XMLEscapeTests {
    @Test(
        "what means something in an attribute is written so that it means itself",
        arguments: [
            ("", ""), ("plain ü 😀", "plain ü 😀"),
            ("<a b=\"c\" d='e'>&amp;", "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;amp;"),
            ("a\tb\nc\rd", "a&#9;b&#10;c&#13;d"), ("<\u{301}", "&lt;\u{301}"),
        ]
    )
    func escapes(text: String, escaped: String) {
        #expect(XMLEscape.attribute(text) == escaped)
    }
}

@Suite struct ClockTests {
    @Test("clocks agree with each other, and the one for spans never goes back")
    func agree() {
        let first = MonotonicClock.now()
        #expect(MonotonicClock.now() >= first)
        #expect(abs(MonotonicClock.coarseMilliseconds() - MonotonicClock.now() / 1_000_000) < 60_000)
        #expect(abs(WallClock.coarseSeconds() - WallClock.milliseconds() / 1000) < 60)
    }
}
