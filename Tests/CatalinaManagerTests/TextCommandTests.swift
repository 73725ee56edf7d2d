import CatalinaCore
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaManager

@Suite struct TextCommandTests {
    @Test("commands answer as Tomcat's do", arguments: Vectors.rows("manager/commands.jsonl"))
    func recorded(row: VectorRow) async throws {
        let server = try await ManagedServer()
        var parameters: [String: String] = [:]
        for (name, value) in row["parameters"].object ?? [:] { parameters[name] = value.string }
        let text = try await server.text(row.string("command"), parameters)
        row.expect(Self.sorted(text), equals: Self.sorted(try row.string("text")))
        try await server.server.stop()
    }

    /// The first line as it is, the others in an order of their own: Tomcat lists in no order.
    private static func sorted(_ text: String) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return Array(lines.prefix(1)) + lines.dropFirst().sorted()
    }

    @Test("an application that fails to start says why, where clients of four fields do not look")
    func failure() async throws {
        let server = try await ManagedServer()
        let list = try await server.text("/list")
        let reason = "No module in WEB-INF/lib offers the listener class [no.such.L]"
        #expect(list.contains("/broken:stopped:0:broken:\(reason)\n"))
        #expect(
            try await server.text("/start", ["path": "/broken"])
                == "FAIL - Application at context path [/broken] could not be started\n"
                + "FAIL - Encountered exception [\(reason)]\n"
        )
        #expect(try await server.text("/vminfo").contains("localhost/broken: STOPPED failed: \(reason)\n"))
        try await server.server.stop()
    }

    @Test(
        "sessions idle for so many minutes are ended, none where that is no number that any session reaches",
        arguments: [("0", 0), ("1", 1), ("9223372036854775807", 1), ("-1", 1), ("x", 1), ("9223372036854775808", 1)]
    )
    func expire(idle: String, left: Int) async throws {
        let server = try await ManagedServer()
        let manager = try #require((server.host.child(named: "/t") as? StandardContext)?.manager)
        _ = try manager.createSession(nil)
        let answer = try await server.text("/expire", ["path": "/t", "idle": idle])
        #expect(answer.hasPrefix("OK - "))
        #expect(manager.activeSessions == left)
        try await server.server.stop()
    }

    @Test("an application that somebody works on is left alone")
    func serviced() async throws {
        let server = try await ManagedServer()
        _ = server.deployer.tryAddServiced("/t")
        for command in ["/start", "/stop", "/reload", "/undeploy"] {
            #expect(
                try await server.text(command, ["path": "/t"])
                    == "FAIL - The application [/t] is already being serviced\n"
            )
        }
        try await server.server.stop()
    }

    @Test("a folder is copied and deployed, replaced with update, and undeployed")
    func deployment() async throws {
        let server = try await ManagedServer()
        let deploy = ["path": "/n", "war": "file:BASE/extra/app"]
        #expect(try await server.text("/deploy", deploy) == "OK - Deployed application at context path [/n]\n")
        #expect(try await server.text("/deploy", deploy) == "FAIL - Application already exists at path [/n]\n")
        try server.files.write("extra/app/new.txt", "new")
        let update = deploy.merging(["update": "true"]) { $1 }
        #expect(try await server.text("/deploy", update) == "OK - Deployed application at context path [/n]\n")
        #expect(server.files.text("webapps/n/new.txt") == "new")
        #expect(
            try await server.text("/undeploy", ["path": "/n"]) == "OK - Undeployed application at context path [/n]\n"
        )
        #expect(!server.files.exists("webapps/n"))
        try await server.server.stop()
    }

    @Test("an upload is deployed, kept under its tag, and deployed from there again")
    func upload() async throws {
        let server = try await ManagedServer()
        let manager = HostManager(host: server.host, own: server.manager)
        let name = ContextName(path: "/u", version: "2")
        let lines = await manager.deploy(name, upload: BytesInput("archive"), tag: "first", update: false)
        #expect(lines == ["OK - Deployed application at context path [/u##2]"])
        #expect(server.files.text("webapps/u##2.war") == "archive")
        #expect(server.files.text("work/manager/versioned/first/u##2.war") == "archive")
        let again = await manager.deploy(name, upload: BytesInput("archive"), tag: nil, update: false)
        #expect(again == ["FAIL - Application already exists at path [/u##2]"])
        _ = await manager.deploy(name, upload: BytesInput("other"), tag: nil, update: true)
        #expect(server.files.text("webapps/u##2.war") == "other")
        #expect(
            try await server.text("/deploy", ["path": "/u", "version": "2", "tag": "first"])
                == "OK - Deployed application at context path [/u##2]\n"
        )
        #expect(server.files.text("webapps/u##2.war") == "archive")
        try await server.server.stop()
    }

    @Test("an upload that breaks off leaves the old application alone")
    func brokenUpload() async throws {
        let server = try await ManagedServer()
        let manager = HostManager(host: server.host, own: server.manager)
        let name = ContextName(path: "/t")
        let lines = await manager.deploy(name, upload: BytesInput("half", breaksOff: true), tag: nil, update: true)
        #expect(lines == ["FAIL - Encountered exception [the client has left]"])
        #expect(server.host.child(named: "/t")?.state == .started)
        #expect(try server.files.names(in: "webapps") == ["ROOT", "broken", "manager", "t"])
        try await server.server.stop()
    }

    @Test(
        "names and tags that lead elsewhere are refused",
        arguments: [
            (
                ["path": "/..", "war": "x"],
                "FAIL - Unable to use [BASE/webapps/..] as that is outside the expected directory [BASE/webapps]\n"
            ),
            (
                ["path": "/x", "tag": "../../t"],
                "FAIL - Unable to use [../../t] as that is outside the expected directory [BASE/webapps/../work/manager/versioned]\n"
            ),
            (
                ["path": "/x", "tag": "gone"],
                "FAIL - Unable to copy [BASE/webapps/../work/manager/versioned/gone/x.war] to [BASE/webapps/x.war],"
                    + " details of the error may be in the server logs\n"
            ),
        ]
    )
    func outside(parameters: [String: String], text: String) async throws {
        let server = try await ManagedServer()
        #expect(try await server.text("/deploy", parameters) == text)
        try await server.server.stop()
    }

    @Test(
        "a path of the server may be a URL",
        arguments: [
            ("file:/a/b.war", "/a/b.war"), ("file:///a/b", "/a/b"), ("jar:file:/a/b.war!/", "/a/b.war"),
            ("b.war", "/base/b.war"), ("/a/b/", "/a/b"),
        ]
    )
    func paths(text: String, path: String) {
        #expect(HostManager.path(of: text, in: "/base") == path)
    }

    @Test("dumps have the headings that tools look for")
    func dumps() async throws {
        let server = try await ManagedServer()
        let info = try await server.text("/vminfo")
        for heading in ["OK - VM info\n", "\nRuntime information:\n", "\nOS information:\n", "\nMemory information:\n"]
        {
            #expect(info.contains(heading))
        }
        let dump = try await server.text("/threaddump")
        #expect(dump.hasPrefix("OK - JVM thread dump\n"))
        #expect(dump.contains("   java.lang.Thread.State: "))
        try await server.server.stop()
    }
}

@Suite struct SessionHistogramTests {
    @Test(
        "idle sessions are counted in steps",
        arguments: [
            (5, [0], ["Inactive for [<1] minutes: [1] sessions"]),
            (
                5, [0, 30, 125, 300, 9000],
                [
                    "Inactive for [<1] minutes: [2] sessions", "Inactive for [2 - <3] minutes: [1] sessions",
                    "Inactive for [>=5] minutes: [2] sessions",
                ]
            ),
            (
                120, [0, 130],
                ["Inactive for [<2] minutes: [1] sessions", "Inactive for [2 - <4] minutes: [1] sessions"]
            ),
            (-1, [-1, 7200], ["Inactive for [>=60] minutes: [1] sessions", "Unlimited time: [1] sessions"]),
        ] as [(Int, [Int], [String])]
    )
    func counts(timeout: Int, idle: [Int], lines: [String]) {
        var histogram = SessionHistogram(timeoutMinutes: timeout)
        for seconds in idle { histogram.add(idleSeconds: seconds) }
        #expect(
            histogram.lines == ["Default maximum session inactive interval is [\(timeout)] minutes"] + lines
        )
    }
}

/// A body held in memory, which may break off at its end.
private final class BytesInput: ServletInputStream {
    private var text: String?
    private let breaksOff: Bool

    init(_ text: String, breaksOff: Bool = false) {
        self.text = text
        self.breaksOff = breaksOff
    }

    func read(upTo maximum: Int) async throws -> [UInt8]? {
        defer { self.text = nil }
        if let text = self.text { return Array(text.utf8) }
        if self.breaksOff { throw ClientAbortError("the client has left") }
        return nil
    }

    var isFinished: Bool { self.text == nil }
}
