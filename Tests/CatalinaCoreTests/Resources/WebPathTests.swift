import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct WebPathTests {
    @Test(
        "a path is normalised, or refused if it leaves the application",
        arguments: [
            ("/", "/"), ("/a", "/a"), ("/a/", "/a/"), ("/a//b", "/a/b"), ("//", "/"), ("/./a", "/a"), ("/a/.", "/a/"),
            ("/a/..", "/"), ("/a/../b", "/b"), ("/a/b/..", "/a/"), ("/.hidden", "/.hidden"), ("/a..b", "/a..b"),
            ("/..", nil), ("/../a", nil), ("/a/../../b", nil), ("a", nil), ("", nil), ("/a\0b", nil),
            ("/a/..\0", nil), ("/...", "/..."), ("/a/...b/c", "/a/...b/c"),
        ] as [(String, String?)]
    )
    func normalises(path: String, expected: String?) {
        #expect(WebPath.normalized(path) == expected)
    }

    @Test(
        "WEB-INF and META-INF are protected in any spelling",
        arguments: [
            ("/WEB-INF", true), ("/web-inf/", true), ("/Web-Inf/web.xml", true), ("/META-INF/context.xml", true),
            ("/WEB-INFO", false), ("/x/WEB-INF", false), ("/", false), ("/meta-in", false), ("/META-INF", true),
        ]
    )
    func protects(path: String, expected: Bool) {
        #expect(WebPath.isProtected(path) == expected)
    }

    @Test("the part below a mount starts at a segment")
    func findsTheRemainder() {
        #expect(WebPath.remainder(of: "/a/b", below: "/a") == "/b")
        #expect(WebPath.remainder(of: "/a", below: "/a") == "")
        #expect(WebPath.remainder(of: "/ab", below: "/a") == nil)
        #expect(WebPath.remainder(of: "/ab", below: "") == "/ab")
        #expect(WebPath.step(from: "/", towards: "/a/b") == "a")
        #expect(WebPath.step(from: "/a", towards: "/a/b/c") == "b")
        #expect(WebPath.step(from: "/a/b", towards: "/a/b") == nil)
    }
}
