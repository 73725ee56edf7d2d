import Modeler
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore

/// Milliseconds that pass only when told to.
final class TestClock: Sendable {
    private let milliseconds = Atomic<Int64>(1000)
    var now: Int64 { self.milliseconds.load(ordering: .relaxed) }
    func advance(_ milliseconds: Int64) { self.milliseconds.add(milliseconds, ordering: .relaxed) }
}

@Suite struct WebResourceRootTests {
    let directory: FileTree
    let clock = TestClock()

    init() throws {
        self.directory = try FileTree("resources")
        try self.directory.write("app/index.html", "hello")
        try self.directory.write("app/sub/deep/a b.txt", "text")
        try self.directory.write("app/WEB-INF/web.xml", "<web-app/>")
        try self.directory.touch("app/index.html", milliseconds: 1_600_000_000_123)
    }

    private func root(
        _ change: (inout StandardRoot.Configuration) -> Void = { _ in },
        overlays: [ResourceOverlay] = []
    ) throws -> WebResourceRoot {
        var configuration = StandardRoot.Configuration()
        change(&configuration)
        let clock = self.clock
        return try WebResourceRoot(
            docBase: self.directory["app"],
            configuration: configuration,
            overlays: overlays,
            mimeType: { $0.hasSuffix(".html") ? "text/html" : nil },
            now: { clock.now }
        )
    }

    private func overlay(_ kind: ResourceOverlay.Kind, _ base: String, at mount: String = "/") -> ResourceOverlay {
        var configuration = ResourceSetConfiguration()
        configuration.base = self.directory[base]
        configuration.webAppMount = mount
        return ResourceOverlay(kind, configuration)
    }

    @Test(
        "a cache whose bounds are beyond all measure serves all the same",
        arguments: [(Int64.max, Int64.max), (.min, .min), (0, 0), (1, -1), (.max, .min)]
    )
    func extremeBounds(size: Int64, timeToLive: Int64) async throws {
        let root = try self.root {
            $0.cacheMaxSize = size
            $0.cacheTtl = timeToLive
        }
        for _ in 0..<2 {
            #expect(root.lookup("/index.html").isFile)
            #expect(try await root.loaded(root.lookup("/index.html")).size == 5)
            root.backgroundProcess()
        }
    }

    @Test("a file has a size, a date, an entity tag and a type")
    func describesAFile() throws {
        let resource = try self.root().lookup("/index.html")
        #expect(resource.isFile)
        #expect(resource.size == 5)
        #expect(resource.lastModified == 1_600_000_000_123)
        #expect(resource.eTag == "W/\"5-1600000000123\"")
        #expect(resource.lastModifiedHTTP == "Sun, 13 Sep 2020 12:26:40 GMT")
        #expect(resource.mimeType == "text/html")
        #expect(resource.name == "index.html")
        #expect(resource.isWritable)
    }

    @Test(
        "a path leads to a file, a directory or nothing",
        arguments: [
            ("/", .directory), ("/sub", .directory), ("/sub/", .directory), ("/sub/deep/a b.txt", .file),
            ("/index.html/", .missing), ("/Index.html", .missing), ("/index.html.", .missing), ("/nothing", .missing),
            ("/sub/../index.html", .missing), ("/../app/index.html", .missing), ("//index.html", .missing),
            ("index.html", .missing), ("", .missing), ("/index.html\0", .missing), ("/index.html/x", .missing),
            ("/WEB-INF/web.xml", .file),
        ] as [(String, WebResource.Kind)]
    )
    func locates(path: String, kind: WebResource.Kind) throws {
        #expect(try self.root().lookup(path).kind == kind)
        #expect(try self.root { $0.allowLinking = true }.lookup(path).kind == kind)
        #expect(try self.root { $0.cachingAllowed = false }.lookup(path).kind == kind)
    }

    @Test("no symbolic link is followed, wherever it points, unless linking is allowed")
    func refusesLinks() throws {
        try self.directory.write("outside/secret.txt", "secret")
        try self.directory.link("app/out", to: self.directory["outside"])
        try self.directory.link("app/inside.html", to: "index.html")
        try self.directory.link("app/sub/secret.txt", to: "../../outside/secret.txt")
        for path in ["/out/secret.txt", "/out", "/out/", "/inside.html", "/sub/secret.txt"] {
            #expect(try !self.root().lookup(path).exists, "\(path)")
            #expect(try self.root().realPath(path) == nil, "\(path)")
            #expect(try self.root { $0.allowLinking = true }.lookup(path).exists, "\(path)")
        }
    }

    @Test("the application's folder itself may be a link")
    func followsTheBase() throws {
        try self.directory.link("link", to: self.directory["app"])
        let root = try WebResourceRoot(docBase: self.directory["link"], mimeType: { _ in nil })
        #expect(root.lookup("/index.html").isFile)
        #expect(root.docBase == self.directory["app"])
    }

    @Test("a folder that is not there is refused")
    func refusesMissingBase() throws {
        let path = self.directory["nowhere"]
        #expect(throws: ResourceError.invalidBase(path)) { try WebResourceRoot(docBase: path, mimeType: { _ in nil }) }
    }

    @Test("within the time to live the file system is not asked")
    func servesFromTheCache() async throws {
        let root = try self.root()
        let first = try await root.loaded(root.lookup("/index.html"))
        #expect(first.content.map { String(buffer: $0) } == "hello")
        try self.directory.remove("app/index.html")
        self.clock.advance(4999)
        #expect(root.lookup("/index.html") === first)
        self.clock.advance(1)
        #expect(!root.lookup("/index.html").exists)
        #expect(root.cacheStatistics.lookups == 3)
        #expect(root.cacheStatistics.hits == 2)
    }

    @Test("an unchanged file keeps its content when it is looked at again, a changed one is read anew")
    func revalidates() async throws {
        let root = try self.root()
        let first = try await root.loaded(root.lookup("/index.html"))
        self.clock.advance(6000)
        #expect(root.lookup("/index.html") === first)
        try self.directory.write("app/index.html", "changed")
        #expect(root.lookup("/index.html") === first)
        self.clock.advance(6000)
        let second = try await root.loaded(root.lookup("/index.html"))
        #expect(second.content.map { String(buffer: $0) } == "changed")
    }

    @Test("that there is nothing is remembered as well")
    func remembersNothing() throws {
        let root = try self.root()
        #expect(!root.lookup("/new.txt").exists)
        try self.directory.write("app/new.txt", "new")
        #expect(!root.lookup("/new.txt").exists)
        self.clock.advance(5001)
        #expect(root.lookup("/new.txt").exists)
    }

    @Test("a file that changes between look and read is served as it is now")
    func noticesAChange() async throws {
        let root = try self.root()
        let stale = root.lookup("/index.html")
        try self.directory.write("app/index.html", "longer than before")
        let fresh = try await root.loaded(stale)
        #expect(fresh.size == 18)
        #expect(fresh.content.map { String(buffer: $0) } == "longer than before")
        try self.directory.remove("app/index.html")
        #expect(try await !root.loaded(stale).exists)
    }

    @Test("content is kept in memory up to the limit, and not at all without caching")
    func boundsTheContent() async throws {
        try self.directory.write("app/large.bin", [UInt8](repeating: 7, count: 3000))
        let small = try self.root {
            $0.cacheObjectMaxSize = 2
            $0.cacheMaxSize = 100
        }
        #expect(try await small.loaded(small.lookup("/large.bin")).content == nil)
        #expect(try await small.bytes("/large.bin")?.readableBytes == 3000)
        let clipped = try self.root { $0.cacheMaxSize = 40 }
        #expect(clipped.objectMaximum == 2048, "at most a twentieth of the cache")
        let uncached = try self.root { $0.cachingAllowed = false }
        let resource = try await uncached.loaded(uncached.lookup("/index.html"))
        #expect(resource.content?.readableBytes == 5)
        #expect(uncached.lookup("/index.html").content == nil)
        #expect(uncached.cacheStatistics.entries == 0)
    }

    @Test("an empty file has empty content")
    func readsAnEmptyFile() async throws {
        try self.directory.write("app/empty", "")
        let root = try self.root()
        #expect(try await root.loaded(root.lookup("/empty")).content?.readableBytes == 0)
    }

    @Test("the strong entity tag is the SHA-256 of the content, loaded or not")
    func hashes() async throws {
        let expected = "\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\""
        let root = try self.root()
        let resource = root.lookup("/index.html")
        #expect(try await root.strongETag(resource) == expected)
        #expect(resource.strongETag == expected)
        let other = try self.root()
        #expect(try await other.strongETag(other.loaded(other.lookup("/index.html"))) == expected)
    }

    @Test("directories are listed with what is mounted over and under them")
    func lists() async throws {
        try self.directory.write("over/index.html", "other")
        try self.directory.write("over/more.txt", "more")
        try self.directory.write("one.txt", "one")
        try self.directory.link("app/sub/link", to: "deep")
        var under = self.overlay(.file, "one.txt", at: "/mounted/here/one.txt")
        under.position = .post
        let root = try self.root(overlays: [self.overlay(.directory, "over"), under])
        #expect(try await root.names(in: "/") == ["WEB-INF", "index.html", "more.txt", "mounted", "sub"])
        #expect(root.resourcePaths("/sub") == ["/sub/deep/"])
        #expect(root.resourcePaths("/mounted/") == ["/mounted/here/"])
        #expect(root.resourcePaths("/mounted/here/") == ["/mounted/here/one.txt"])
        #expect(root.resourcePaths("/index.html") == nil)
        #expect(root.resourcePaths("/none") == nil)
        #expect(root.lookup("/mounted").isDirectory)
        #expect(root.lookup("/mounted").file == nil)
        #expect(root.lookup("/mounted/here/one.txt").size == 3)
    }

    @Test("what is mounted before the application wins, what is mounted after it fills gaps")
    func layers() async throws {
        try self.directory.write("over/index.html", "over")
        try self.directory.write("under/index.html", "under")
        try self.directory.write("under/sub/only.txt", "only")
        var under = self.overlay(.directory, "under")
        under.position = .post
        let both = try self.root(overlays: [under, self.overlay(.directory, "over")])
        #expect(try await both.bytes("/index.html").map { String(buffer: $0) } == "over")
        #expect(both.lookup("/sub/only.txt").isFile)
        let below = try self.root(overlays: [under])
        #expect(try await below.bytes("/index.html").map { String(buffer: $0) } == "hello")
        let mounted = try self.root(overlays: [self.overlay(.directory, "under", at: "/m/")])
        #expect(mounted.lookup("/m/sub/only.txt").isFile)
        #expect(mounted.lookup("/m").isDirectory)
        #expect(!mounted.lookup("/mx").exists)
    }

    @Test("an archive or a missing folder cannot be mounted")
    func refusesOverlays() throws {
        #expect(throws: ResourceError.archive(self.directory["x.jar"])) {
            try self.root(overlays: [self.overlay(.archive, "x.jar")])
        }
        #expect(throws: ResourceError.invalidBase(self.directory["none"])) {
            try self.root(overlays: [self.overlay(.directory, "none")])
        }
        #expect(throws: ResourceError.invalidBase(self.directory["app"])) {
            try self.root(overlays: [self.overlay(.file, "app")])
        }
    }

    @Test(
        "the real path is below the folder, also of what is not there yet",
        arguments: [
            ("/", "/"), ("", "/"), ("/index.html", "/index.html"), ("/sub", "/sub"), ("/sub/", "/sub/"),
            ("/new", "/new"), ("/new/", "/new/"), ("/sub/../x", "/x"), ("/../x", nil), ("x", nil),
        ] as [(String, String?)]
    )
    func translates(path: String, expected: String?) throws {
        #expect(try self.root().realPath(path) == expected.map { self.directory["app"] + $0 })
    }

    @Test("files are stored, replaced and deleted, and what is known of them is forgotten")
    func changes() async throws {
        let root = try self.root()
        #expect(!root.lookup("/new.txt").exists)
        try self.directory.write("upload", "new")
        #expect(try await root.store(self.directory["upload"], at: "/new.txt"))
        #expect(root.lookup("/new.txt").size == 3)
        #expect(!self.directory.exists("upload"))
        try self.directory.write("upload", "newer")
        #expect(try await root.store(self.directory["upload"], at: "/new.txt"))
        #expect(root.lookup("/new.txt").size == 5)
        #expect(try await root.delete("/new.txt"))
        #expect(!root.lookup("/new.txt").exists)
        #expect(try await root.makeDirectory("/folder"))
        #expect(root.lookup("/folder/").isDirectory)
        #expect(try await !root.makeDirectory("/folder"))
        #expect(try await root.delete("/folder"))
    }

    @Test("what cannot be stored stays where it was")
    func refusesChanges() async throws {
        try self.directory.write("upload", "new")
        try self.directory.write("over/index.html", "over")
        try self.directory.link("app/link", to: self.directory["over"])
        let upload = self.directory["upload"]
        let root = try self.root(overlays: [self.overlay(.directory, "over")])
        for path in ["/none/new.txt", "/sub", "/", "/new/", "/index.html", "/link/new.txt", "/../new.txt"] {
            #expect(try await !root.store(upload, at: path), "\(path)")
        }
        #expect(try await !root.delete("/sub"), "a folder that is not empty")
        #expect(try await !root.delete("/index.html"), "hidden by something mounted before")
        #expect(try await !root.delete("/nothing"))
        let fixed = try self.root { $0.readOnly = true }
        #expect(try await !fixed.store(upload, at: "/new.txt"))
        #expect(!fixed.lookup("/sub").isWritable)
        #expect(self.directory.exists("upload"))
    }

    @Test("the background tick drops what nobody asks for")
    func forgets() throws {
        let root = try self.root()
        for number in 0..<10 { _ = root.lookup("/\(number)") }
        self.clock.advance(7000)
        _ = root.lookup("/index.html")
        self.clock.advance(4000)
        root.backgroundProcess()
        #expect(root.cacheStatistics.entries == 1)
    }

    @Test("the descriptor knows Tomcat's attributes and defaults")
    func isDescribed() throws {
        let root = try StandardRoot.descriptor.component([("cacheTtl", "100"), ("allowLinking", "TRUE")])
        #expect(root.configuration.cacheTtl == 100)
        #expect(root.configuration.allowLinking)
        #expect(root.configuration.cacheMaxSize == 10_240)
        let overlay = try ResourceOverlay.fileDescriptor.component([("base", "/x"), ("webAppMount", "/y")])
        #expect(overlay.kind == .file)
        #expect(overlay.configuration.webAppMount == "/y")
    }
}
