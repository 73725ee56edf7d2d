import TestSupport
import Testing

@testable import CatalinaCore
@testable import CatalinaStartup

/// Modules that cannot be used: each stops its own application, and no other.
@Suite struct ModuleFaultTests {
    private static func failure(_ prepare: (DeployedHost) throws -> Void) async throws -> (state: String, text: String)
    {
        let host = try DeployedHost()
        try host.writeFolder()
        try host.writeFolder("webapps/other")
        try host.files.makeDirectory("webapps/myapp/WEB-INF/lib")
        try prepare(host)
        try await host.start()
        let context = try #require(host.context())
        let result = (state: context.state.description, text: context.failure ?? "")
        #expect(host.context("/other")?.state == .started)
        try await host.stop()
        return result
    }

    @Test(
        "a module that does not fit this server fails its application, with the reason",
        .enabled(if: Compiler.c != nil),
        arguments: [
            (
                "extern void caracal_servlet_api_99(void); void *servlet_module_entry(void) "
                    + "{ caracal_servlet_api_99(); return 0; }", "was built for ServletAPI 99, this server has 1"
            ),
            (
                "extern void nowhere(void); void *servlet_module_entry(void) { nowhere(); return 0; }",
                "undefined symbol: nowhere"
            ),
            ("int nothing;", "does not export servlet_module_entry"),
            ("void *servlet_module_entry(void) { return 0; }", "servlet_module_entry returned no module"),
        ]
    )
    func unfit(source: String, reason: String) async throws {
        let failure = try await Self.failure { host in
            try Compiler.library(
                c: source,
                to: host.files["webapps/myapp/WEB-INF/lib/libunfit.so"],
                in: host.files
            )
        }
        #expect(failure.state == "STOPPED")
        #expect(failure.text.contains("[libunfit.so]") && failure.text.contains(reason), "\(failure.text)")
    }

    private static let source = """
        import ServletAPI

        struct Reason: Error, CustomStringConvertible { let description: String }

        struct FailingListener: ServletContextListener {
            func contextInitialized(_ context: any ServletContext) async throws { throw Reason(description: "no disk") }
        }

        struct FailingServlet: HttpServlet {
            func initialize(_ config: any ServletConfig) async throws { throw Reason(description: "no database") }
        }

        @c(servlet_module_entry)
        public func servletModuleEntry() -> UnsafeMutableRawPointer {
            ServletModule(
                name: "failing",
                servlets: ["x.Failing": { FailingServlet() }, "x.Unmade": { throw Reason(description: "no memory") }],
                listeners: ["x.Listener": { FailingListener() }, "x.Unmade": { throw Reason(description: "no luck") }]
            ).retainedForHost()
        }
        """

    private static func servlet(_ className: String) -> String {
        "<servlet><servlet-name>s</servlet-name><servlet-class>\(className)</servlet-class>"
            + "<load-on-startup>1</load-on-startup></servlet>"
    }

    @Test(
        "what a module throws while its application starts fails that one, with the reason",
        .enabled(if: Compiler.swift != nil)
    )
    func throwing() async throws {
        let tree = try FileTree("failing")
        let library = tree["libfailing.so"]
        try await Compiler.library(swift: Self.source, named: "failing", to: library, in: tree)
        let rows: [(webXml: String, attributes: String, state: String, reason: String)] = [
            ("<listener><listener-class>x.Listener</listener-class></listener>", "", "STOPPED", "no disk"),
            ("<listener><listener-class>x.Unmade</listener-class></listener>", "", "STOPPED", "no luck"),
            (Self.servlet("x.Failing"), "failCtxIfServletStartFails='true'", "STOPPED", "no database"),
            (Self.servlet("x.Unmade"), "failCtxIfServletStartFails='true'", "STOPPED", "no memory"),
            (Self.servlet("x.Failing"), "", "STARTED", ""),
        ]
        for row in rows {
            let failure = try await Self.failure { host in
                try host.write("webapps/myapp/WEB-INF/web.xml", "<web-app>\(row.webXml)</web-app>")
                try host.write(DeployedHost.embedded, "<Context \(row.attributes)/>")
                try FileIO.copy(library, to: host.files["webapps/myapp/WEB-INF/lib/libfailing.so"])
            }
            #expect(failure.state == row.state, "\(row)")
            #expect(failure.text.contains(row.reason), "\(row.reason): \(failure.text)")
        }
    }
}
