import TestSupport
import Testing

@testable import CatalinaCore
@testable import CatalinaStartup

/// Modules that come, or are replaced, while the server runs.
@Suite struct ModuleArrivalTests {
    private static let source = """
        import ServletAPI

        struct Hello: HttpServlet {}
        struct Watch: ServletContextListener {}

        @c(servlet_module_entry)
        public func servletModuleEntry() -> UnsafeMutableRawPointer {
            ServletModule(
                name: "late",
                servlets: ["late.Hello": { Hello() }],
                listeners: ["late.Watch": { Watch() }]
            ).retainedForHost()
        }
        """
    private static let servlet =
        "<servlet><servlet-name>s</servlet-name><servlet-class>late.Hello</servlet-class></servlet>"
    private static let listener = "<listener><listener-class>late.Watch</listener-class></listener>"
    private static let target = "webapps/myapp/WEB-INF/lib/liblate.so"

    /// One application, a module that comes, and what the host makes of it.
    struct Arrival: Sendable {
        var webXml: String
        /// What stands in the module's place at first.
        var wrongModule: String?
        var attributes = ""
        /// How long ago the module was written, in milliseconds.
        var age: Int64 = 10_000
        /// Whether the manager stops the application before.
        var isStopped = false
        var before: LifecycleState
        var after: LifecycleState
        var isStartedAnew: Bool
    }

    static let arrivals = [
        // Tried again once the module is there, and not before it is complete.
        Arrival(webXml: listener, before: .stopped, after: .started, isStartedAnew: true),
        Arrival(webXml: listener, age: 0, before: .stopped, after: .stopped, isStartedAnew: false),
        Arrival(webXml: listener, wrongModule: "no library", before: .stopped, after: .started, isStartedAnew: true),
        // Runs without the servlet that it names, until its module comes.
        Arrival(webXml: servlet, before: .started, after: .started, isStartedAnew: true),
        Arrival(webXml: servlet, age: 0, before: .started, after: .started, isStartedAnew: false),
        // Waits for nothing, so that only a reloadable one looks.
        Arrival(webXml: "", before: .started, after: .started, isStartedAnew: false),
        Arrival(webXml: "", attributes: "reloadable='true'", before: .started, after: .started, isStartedAnew: true),
        // Stopped on purpose.
        Arrival(webXml: servlet, isStopped: true, before: .stopped, after: .stopped, isStartedAnew: false),
    ]

    @Test("a module that is waited for is noticed when it comes", .enabled(if: Compiler.swift != nil))
    func arrives() async throws {
        let tree = try FileTree("late")
        let library = tree["liblate.so"]
        try await Compiler.library(swift: Self.source, named: "late", to: library, in: tree)
        for (index, arrival) in Self.arrivals.enumerated() {
            let host = try DeployedHost()
            try host.writeFolder(descriptor: "<Context \(arrival.attributes)/>")
            try host.write("webapps/myapp/WEB-INF/web.xml", "<web-app>\(arrival.webXml)</web-app>")
            try host.files.makeDirectory("webapps/myapp/WEB-INF/lib")
            if let text = arrival.wrongModule { try host.write(Self.target, text) }
            try await host.start()
            let context = try #require(host.context())
            if arrival.isStopped { try await context.stop() }
            #expect(context.state == arrival.before, "row \(index)")
            let recorder = EventRecorder()
            context.lifecycle.add(recorder)
            await host.tick()
            #expect(recorder.events.allSatisfy { $0 == "periodic" }, "row \(index): \(recorder.events)")
            try FileIO.copy(library, to: host.files[Self.target])
            try host.touch(Self.target, age: arrival.age)
            await host.tick()
            #expect(context.state == arrival.after, "row \(index): \(context.failure ?? "")")
            #expect(recorder.events.contains("start") == arrival.isStartedAnew, "row \(index)")
            #expect(host.context() === context, "row \(index)")
            let startsSoFar = recorder.events.filter { $0 == "start" }.count
            await host.tick()
            #expect(recorder.events.filter { $0 == "start" }.count == startsSoFar, "row \(index) starts over and over")
            try await host.stop()
        }
    }

    @Test("a failed application is tried again when its web.xml changes")
    func touched() async throws {
        let host = try DeployedHost()
        try host.writeFolder()
        try host.write("conf/context.xml.default", "")
        let webXml = "webapps/myapp/WEB-INF/web.xml"
        try host.write(DeployedHost.embedded, "<Context><WatchedResource>WEB-INF/web.xml</WatchedResource></Context>")
        try host.write(webXml, "<web-app>\(Self.listener)</web-app>")
        try await host.start()
        #expect(host.context()?.state == .stopped)
        try host.write(webXml, "<web-app/>")
        try host.touch(webXml, age: 5000)
        await host.tick()
        #expect(host.context()?.state == .started)
        try await host.stop()
    }
}
