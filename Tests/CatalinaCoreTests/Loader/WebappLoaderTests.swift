import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct WebappLoaderTests {
    let tree: FileTree

    init() throws {
        self.tree = try FileTree("modules")
        try self.tree.makeDirectory("app/WEB-INF/lib")
    }

    private func load(_ loader: WebappLoader = WebappLoader(), from folder: String = "app") throws {
        try loader.load(documentBase: self.tree[folder], workDirectory: self.tree["work"])
    }

    private func library(_ name: String, c source: String, _ options: [String] = []) throws {
        try Compiler.library(c: source, to: self.tree["app/WEB-INF/lib/\(name)"], in: self.tree, options)
    }

    private func problem(_ expected: ModuleError.Reason, in library: String) -> ModuleError {
        ModuleError(problems: [.init(library: library, reason: expected)])
    }

    // MARK: Plan

    private func facts(
        defines: Set<String> = [],
        expects: Set<String> = [],
        needs: [String] = [],
        soname: String? = nil
    ) throws -> SharedLibraryFacts {
        var facts = SharedLibraryFacts()
        facts.defined = defines
        facts.undefined = expects
        facts.needed = needs
        facts.soname = soname
        return facts
    }

    @Test("libraries are opened behind those they need")
    func orders() throws {
        let plan = try WebappLoader.plan([
            "libm.so": self.facts(defines: ["servlet_module_entry"], needs: ["libb.so.1", "libc.so.6"]),
            "libb.so": self.facts(needs: ["liba.so"], soname: "libb.so.1"),
            "liba.so": self.facts(needs: ["libb.so.1"]),
        ])
        #expect(plan == WebappLoader.Plan(dependencies: ["liba.so", "libb.so"], modules: ["libm.so"]))
    }

    @Test("every library that cannot be used is named")
    func collectsProblems() throws {
        let stamp = "caracal_servlet_api_"
        let facts = [
            "old.so": try self.facts(defines: ["servlet_module_entry"], expects: [stamp + "0"]),
            "fine.so": try self.facts(
                defines: ["servlet_module_entry"],
                expects: [stamp + "\(ServletModule.apiVersion)"]
            ),
            "lonely.so": try self.facts(),
        ]
        let expected = ModuleError(problems: [
            .init(library: "old.so", reason: .otherVersion(0)), .init(library: "lonely.so", reason: .noEntry),
        ])
        #expect(throws: expected) { try WebappLoader.plan(facts) }
        let version = ServletModule.apiVersion
        #expect(
            expected.description
                == "[old.so] was built for ServletAPI 0, this server has \(version); "
                + "[lonely.so] does not export servlet_module_entry, and no module in WEB-INF/lib needs it"
        )
    }

    // MARK: Loading

    @Test("an application without libraries has no modules")
    func loadsNothing() throws {
        let loader = WebappLoader()
        try self.load(loader)
        #expect(loader.moduleNames.isEmpty)
        #expect(loader.servlet("x") == nil)
        #expect(!self.tree.exists("work/modules"))
        try self.load(from: "none")
    }

    @Test("a file that is no library is refused")
    func refusesOtherFiles() throws {
        try self.tree.write("app/WEB-INF/lib/a.so", "text")
        try self.tree.write("app/WEB-INF/lib/libServletAPI.so", "ignored")
        try self.tree.write("app/WEB-INF/lib/readme.txt", "ignored")
        #expect(throws: self.problem(.notALibrary, in: "a.so")) { try self.load() }
    }

    @Test("a library for another ServletAPI is refused before any of its code runs", .enabled(if: Compiler.c != nil))
    func refusesOtherVersions() throws {
        let source = """
            #include <stdlib.h>
            extern void caracal_servlet_api_99(void);
            __attribute__((constructor)) static void started(void) { abort(); }
            void *servlet_module_entry(void) { caracal_servlet_api_99(); return 0; }
            """
        try self.library("old.so", c: source)
        #expect(throws: self.problem(.otherVersion(99), in: "old.so")) { try self.load() }
    }

    @Test("a library that was copied in part is said to be cut short", .enabled(if: Compiler.c != nil))
    func refusesParts() throws {
        try self.library("part.so", c: "void *servlet_module_entry(void) { return 0; }")
        let bytes = try #require(self.tree.bytes("app/WEB-INF/lib/part.so"))
        for length in [64, bytes.count / 2, bytes.count - 1] {
            try self.tree.write("app/WEB-INF/lib/part.so", Array(bytes[..<length]))
            let expected = self.problem(.cutShort(announced: bytes.count, found: length), in: "part.so")
            #expect(throws: expected) { try self.load() }
            #expect(expected.description.hasPrefix("[part.so] is cut short: it has \(length) bytes"))
        }
    }

    @Test("a library without entry point, or with one that gives nothing, is refused", .enabled(if: Compiler.c != nil))
    func refusesEmptyModules() throws {
        try self.library("none.so", c: "int x;")
        #expect(throws: self.problem(.noEntry, in: "none.so")) { try self.load() }
        try self.tree.remove("app/WEB-INF/lib/none.so")
        try self.library("null.so", c: "void *servlet_module_entry(void) { return 0; }")
        #expect(throws: self.problem(.noModule, in: "null.so")) { try self.load() }
    }

    @Test("what the dynamic linker refuses is told in its words", .enabled(if: Compiler.c != nil))
    func refusesUndefinedSymbols() throws {
        try self.library(
            "a.so",
            c: "extern int nowhere(void); void *servlet_module_entry(void) { return (void *)(long)nowhere(); }"
        )
        let error = #expect(throws: ModuleError.self) { try self.load() }
        guard case .refused(let text) = try #require(error).problems.first?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains("undefined symbol: nowhere"))
    }

    @Test("copies that earlier processes left are removed")
    func removesOldCopies() throws {
        try self.tree.write("work/modules/1-1/old.so", "old")
        try self.tree.write("work/modules/\(ProcessFacts.processID)-900/open.so", "open")
        try self.load()
        #expect(!self.tree.exists("work/modules/1-1"))
        #expect(self.tree.exists("work/modules/\(ProcessFacts.processID)-900"))
    }

    @Test("added, removed and changed libraries are noticed")
    func noticesChanges() throws {
        let loader = WebappLoader()
        try self.load(loader)
        #expect(!loader.isModified())
        try self.tree.write("app/WEB-INF/lib/a.txt", "no library")
        #expect(!loader.isModified())
        try self.tree.write("app/WEB-INF/lib/a.so", "text")
        #expect(loader.isModified())
        #expect(throws: ModuleError.self) { try self.load(loader) }
        #expect(!loader.isModified(), "a load that failed is not tried again until something changes")
        try self.tree.write("app/WEB-INF/lib/a.so", "longer text")
        #expect(loader.isModified())
        try self.tree.remove("app/WEB-INF/lib/a.so")
        try self.load(loader)
        #expect(!loader.isModified())
    }

    static func source(_ answer: String) -> String {
        """
        import ServletAPI
        struct Hello: Servlet {
            func service(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
                try await response.write("\(answer)")
            }
        }
        @_cdecl("servlet_module_entry")
        public func entry() -> UnsafeMutableRawPointer {
            ServletModule(name: "hello", servlets: ["example.Hello": { Hello() }]).retainedForHost()
        }
        """
    }

    @Test("a module's servlets are made by their class names", .enabled(if: Compiler.swift != nil, "no Swift compiler"))
    func loadsAModule() async throws {
        let path = self.tree["app/WEB-INF/lib/libHello.so"]
        try await Compiler.library(swift: Self.source("first"), named: "Hello", to: path, in: self.tree)
        let loader = WebappLoader()
        try self.load(loader)
        #expect(loader.moduleNames == ["hello"])
        #expect(loader.servlet("example.None") == nil)
        #expect(loader.filter("example.Hello") == nil)
        #expect(loader.listener("example.Hello") == nil)
        #expect(try await self.answer(of: loader) == "first")

        // A new version beside the old one, of the same name.
        try await Compiler.library(swift: Self.source("second"), named: "Hello", to: path, in: self.tree)
        #expect(loader.isModified())
        let second = WebappLoader()
        try self.load(second)
        #expect(try await self.answer(of: second) == "second")
        #expect(try await self.answer(of: loader) == "first")
    }

    private func answer(of loader: WebappLoader) async throws -> String {
        let make = try #require(loader.servlet("example.Hello"))
        let container = try EmbeddedContainer()
        try await container.add(path: "", documentBase: self.tree["app"], workDirectory: self.tree["work"]) {
            model,
            classes in
            model.servlets = [ServletDefinition(name: "hello", className: "example.Hello")]
            model.servletMappings = [(pattern: "/hello", servletName: "hello")]
            classes.servlets["example.Hello"] = {
                guard let servlet = try? make() else { preconditionFailure("the factory threw") }
                return servlet
            }
        }
        try await container.start()
        return await container.send("GET", "/hello").text
    }

    @Test("a library that a module needs is loaded first", .enabled(if: Compiler.c != nil))
    func loadsDependencies() throws {
        try self.library("libdep.so", c: "int dep(void) { return 5; }", ["-Wl,-soname,libdep-unique.so.3"])
        let source = "extern int dep(void); void *servlet_module_entry(void) { return dep() == 5 ? 0 : (void *)1; }"
        try self.library("main.so", c: source, [self.tree["app/WEB-INF/lib/libdep.so"]])
        // Its entry point runs, so the library it needs was found.
        #expect(throws: self.problem(.noModule, in: "main.so")) { try self.load() }
    }
}
