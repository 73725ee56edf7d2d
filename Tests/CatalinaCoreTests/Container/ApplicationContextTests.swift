import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore

/// An application's view of itself.
@Suite struct ApplicationContextTests {
    private let files: FileTree
    private let container: EmbeddedContainer
    private let context: ApplicationContext

    init() async throws {
        self.files = try FileTree("application")
        try self.files.write("a.txt", "text")
        try self.files.write("dir/b.html", "page")
        try self.files.write("WEB-INF/c", "hidden")
        self.container = try EmbeddedContainer()
        let own = try await self.container.add(path: "/app", documentBase: self.files.path) { model, classes in
            model.displayName = "An application"
            model.contextParameters = ["p": "1", "q": "2"]
            model.servlets = [ServletDefinition(name: "Named", className: "Named")]
            classes.servlets["Named"] = { ClosureServlet { try await $1.write("named \($0.servletPath)") } }
        }
        for (path, isCrossing) in [("/app/deep", false), ("/crossing", true), ("", false)] {
            let configure: (inout StandardContext.Configuration) -> Void = { $0.crossContext = isCrossing }
            try await self.container.add(path: path, documentBase: self.files.path, context: configure) { _, _ in }
        }
        try await self.container.start()
        self.context = own.servletContext
    }

    @Test("names and parameters are those of the descriptors")
    func facts() {
        #expect(self.context.servletContextName == "An application" && self.context.contextPath == "/app")
        #expect(self.context.virtualServerName == "Catalina/localhost")
        #expect(self.context.initParameterNames.sorted() == ["p", "q"])
        #expect(self.context.initParameter("p") == "1" && self.context.initParameter("r") == nil)
        self.context.setAttribute("a", 1)
        #expect(self.context.attributeNames.contains("a"))
        self.context.setAttribute("a", nil)
        #expect(!self.context.attributeNames.contains("a"))
    }

    @Test("attributes that others have are kept by who shares them, those that cannot leave stay here")
    func shared() {
        self.context.setAttribute("early", "here")
        let shared = Shared()
        self.context.share(shared)
        self.context.setAttribute("a", 1)
        self.context.setAttribute("b", "text")
        #expect(shared.names.sorted() == ["a"])
        #expect(self.context.attribute("a") as? Int == 1 && self.context.attribute("b") as? String == "text")
        #expect(Set(["early", "a", "b"]).isSubset(of: self.context.attributeNames))
        #expect(shared.set("early", 2))
        #expect(self.context.attribute("early") as? String == "here")
        self.context.setAttribute("early", 3)
        #expect(self.context.attribute("early") as? Int == 3)
        self.context.setAttribute("a", "text")
        #expect(shared.value("a") == nil && self.context.attribute("a") as? String == "text")
        self.context.setAttribute("a", nil)
        self.context.setAttribute("early", nil)
        #expect(shared.names.isEmpty && self.context.attribute("a") == nil)
        #expect(self.context.attribute("early") == nil)
    }

    /// Takes numbers only.
    private final class Shared: SharedAttributes {
        private let values = Mutex<[String: Int]>([:])

        func value(_ name: String) -> (any Sendable)? { self.values.withLock { $0[name] } }
        func set(_ name: String, _ value: any Sendable) -> Bool {
            self.values.withLock { $0[name] = value as? Int }
            return value is Int
        }
        func remove(_ name: String) { self.values.withLock { $0[name] = nil } }
        var names: [String] { self.values.withLock { Array($0.keys) } }
    }

    @Test("files are read and listed below the application, and nowhere else")
    func resources() async throws {
        #expect(try await self.context.resource("/a.txt") == Array("text".utf8))
        #expect(try await self.context.resource("/WEB-INF/c") == Array("hidden".utf8))
        #expect(try await self.context.resource("a.txt") == Array("text".utf8))
        for path in ["none", "/none", "/../a.txt", ""] {
            #expect(try await self.context.resource(path) == nil, "\(path)")
        }
        #expect(self.context.resourcePaths("/")?.sorted() == ["/WEB-INF/", "/a.txt", "/dir/"])
        #expect(self.context.resourcePaths("/dir/") == ["/dir/b.html"])
        #expect(self.context.resourcePaths("/none") == nil)
    }

    @Test("other applications are seen only by those that may cross", arguments: [false, true])
    func crossing(mayCross: Bool) throws {
        let own = try #require(self.container.host.child(named: mayCross ? "/crossing" : "/app") as? StandardContext)
        let context = own.servletContext
        #expect(context.context(own.path)?.contextPath == own.path)
        #expect(context.context(own.path + "/x")?.contextPath == own.path)
        #expect(context.context("/app/deep/x")?.contextPath == (mayCross ? "/app/deep" : nil))
        #expect(context.context("/nobody")?.contextPath == (mayCross ? "" : nil))
        #expect(context.context("relative") == nil)
    }

    @Test("a servlet is reached by its name, with the path of the request")
    func named() async throws {
        #expect(self.context.namedDispatcher("none") == nil)
        #expect(self.context.namedDispatcher("Named") != nil)
    }
}
