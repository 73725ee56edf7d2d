import TestSupport
import Testing

@testable import CatalinaCore
@testable import CatalinaStartup

@Suite struct HostConfigTests {
    @Test(
        "what is wrong with one application stops that one alone, with the reason",
        arguments: [
            ("WEB-INF/web.xml", "<web-app><servlet>", "web.xml"),
            ("WEB-INF/lib/libBad.so", "no library", "[libBad.so] is not a shared library for this machine"),
            (
                "WEB-INF/web.xml", "<web-app><listener><listener-class>x.Y</listener-class></listener></web-app>",
                "[x.Y]"
            ),
            (
                "WEB-INF/web.xml",
                "<web-app><filter><filter-name>f</filter-name><filter-class>x.F</filter-class></filter></web-app>",
                "[x.F]"
            ),
        ]
    )
    func failures(file: String, content: String, reason: String) async throws {
        let host = try DeployedHost()
        try host.writeFolder()
        try host.write("webapps/myapp/" + file, content)
        try host.writeFolder("webapps/other")
        try await host.start()
        let failed = try #require(host.context())
        #expect(failed.state == .stopped)
        #expect(failed.failure?.contains(reason) == true, "\(failed.failure ?? "nil")")
        #expect(host.context("/other")?.state == .started)
        try await host.stop()
    }

    @Test("that there are no global defaults is said once for a host")
    func missingDefaults() throws {
        _ = TestInstance.base
        let files = try FileTree("defaults")
        let hosts = ["a", "b"].map { DescriptorFiles(folder: files["app"], engine: files.path, host: $0) }
        #expect(hosts.map { $0.isFirstWithoutDefaults() } == [true, true])
        #expect(hosts.map { $0.isFirstWithoutDefaults() } == [false, false])
    }

    @Test("names in appBase become paths and versions; ignored ones and META-INF are left alone")
    func names() async throws {
        let host = try DeployedHost { host in
            host.deployIgnore = #"old-\d+"#
            host.startStopThreads = 0
        }
        for name in ["ROOT", "a#b", "a##2", "old-17", "old-x", "META-INF", "web-inf"] {
            try host.write("webapps/\(name)/index.html", name)
        }
        try await host.start()
        #expect(Set(host.host.contexts.map(\.name)) == ["", "/a/b", "/a##2", "/old-x"])
        #expect(host.host.contexts.allSatisfy { $0.state == .started })
        try await host.stop()
    }

    @Test("an archive with a path out of its folder is refused and leaves nothing behind")
    func escapingArchive() async throws {
        let host = try DeployedHost()
        try host.files.write(
            DeployedHost.archive,
            ZipArchive.bytes([(name: "index.html", text: "x"), (name: "../evil", text: "x")])
        )
        try await host.start()
        #expect(host.letters == "-W-")
        #expect(!host.files.exists("webapps/evil"))
        #expect(host.context()?.state == .failed)
        try await host.stop()
    }

    @Test("old versions without sessions go when the host says so")
    func oldVersions() async throws {
        let host = try DeployedHost { $0.undeployOldVersions = true }
        try host.writeFolder("webapps/a##1")
        try host.writeFolder("webapps/a##2")
        try await host.start()
        await host.tick()
        #expect(host.host.contexts.map(\.name) == ["/a##2"])
        #expect(!host.files.exists("webapps/a##1"))
        try await host.stop()
    }
}
