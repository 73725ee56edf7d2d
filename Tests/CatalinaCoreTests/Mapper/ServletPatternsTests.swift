import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct ServletPatternsTests {
    /// Exact, prefix, extension, default and context root, as `pattern=servlet`.
    static let patterns = ["/exact", "/p/*", "/p/longer/*", "*.do", "/", ""]

    @Test(
        "the best pattern wins",
        arguments: [
            ("/exact", "/exact", "/exact", nil, HttpServletMapping.Match.exact),
            ("/exact/", "/", "/exact/", nil, .default),
            ("/p", "/p/*", "/p", nil, .path),
            ("/p/x.do", "/p/*", "/p", "/x.do", .path),
            ("/p/longer/a/b", "/p/longer/*", "/p/longer", "/a/b", .path),
            ("/p/longerx", "/p/*", "/p", "/longerx", .path),
            ("/a/b.do", "*.do", "/a/b.do", nil, .extension),
            ("/a.do/b", "/", "/a.do/b", nil, .default),
            ("/a/b.DO", "/", "/a/b.DO", nil, .default),
            ("/", "", "", "/", .contextRoot),
        ] as [(String, String, String, String?, HttpServletMapping.Match)]
    )
    func chooses(path: String, pattern: String, servletPath: String, pathInfo: String?, match: HttpServletMapping.Match)
    {
        var data = MappingData()
        Self.table().map(path, into: &data)
        #expect(data.wrapper?.pattern == pattern)
        #expect(data.servletPath == servletPath)
        #expect(data.pathInfo == pathInfo)
        #expect(data.match == match)
    }

    @Test("a folder leads to its first welcome file that exists or is mapped")
    func welcomesFiles() {
        let table = Self.table(["*.do", "/"], welcomeFiles: ["index.html", "start.do"]) { $0 == "/with/index.html" }
        var data = MappingData()
        table.map("/with/", into: &data)
        #expect(data.servletPath == "/with/index.html")
        data = MappingData()
        table.map("/without/", into: &data)
        #expect(data.servletPath == "/without/start.do")
        #expect(data.match == .extension)
    }

    @Test("without a match there is no servlet")
    func findsNothing() {
        var data = MappingData()
        Self.table(["/x"]).map("/y", into: &data)
        #expect(data.wrapper == nil)
    }

    private static func table(
        _ patterns: [String] = Self.patterns,
        welcomeFiles: [String] = [],
        fileExists: @escaping @Sendable (String) -> Bool = { _ in false }
    ) -> ServletPatterns {
        let wrappers = patterns.map { pattern in
            let wrapper = StandardWrapper(ServletDefinition(name: pattern, className: ""))
            return MapperTable.Wrapper(wrapper: wrapper, chain: wrapper.pipeline.chain, pattern: pattern)
        }
        return ServletPatterns(wrappers, welcomeFiles: welcomeFiles, fileExists: fileExists)
    }
}
