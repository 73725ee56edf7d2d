import Modeler
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

/// Attributes of valves and realms that change while they work.
@Suite struct LiveSettingsTests {
    /// What a management client does: sets one attribute from its text.
    private static func set<Component: ConfigurableComponent>(
        _ component: Component,
        _ name: String,
        _ text: String
    ) throws {
        let attribute = try #require(Component.descriptor.attributes.first { $0.info.name == name })
        try component.reconfigure { try attribute.write(&$0, text) }
    }

    @Test("an access log takes another pattern, condition and file from the next line on")
    func accessLog() async throws {
        let tree = try FileTree("live-log")
        let valve = try AccessLogValve.descriptor.component([
            ("directory", tree["logs"]), ("prefix", "a"), ("rotatable", "false"), ("pattern", "%U"),
        ])
        let container = try await EmbeddedContainer([valve]) { request, response in
            request.setAttribute("quiet", true)
            try await response.write("x")
        }
        func line(of target: String, in file: String = "logs/a") async -> String? {
            let before = tree.text(file) ?? ""
            _ = await container.send("GET", target)
            await valve.backgroundProcess()
            return (tree.text(file) ?? "").hasPrefix(before)
                ? String((tree.text(file) ?? "").dropFirst(before.count)) : nil
        }
        #expect(await line(of: "/1") == "/1\n")
        try Self.set(valve, "pattern", "%m %U")
        #expect(await line(of: "/2") == "GET /2\n")
        #expect(throws: (any Error).self) { try Self.set(valve, "pattern", "%{yyyy-MM-ddT}t") }
        #expect(await line(of: "/3") == "GET /3\n")
        try Self.set(valve, "enabled", "false")
        #expect(await line(of: "/4") == "")
        try Self.set(valve, "enabled", "true")
        try Self.set(valve, "condition", "quiet")
        #expect(await line(of: "/5") == "")
        let bean = RegisteredBean(valve, as: try ObjectName("Catalina:type=Valve"))
        try bean.set("conditionUnless", to: "loud")
        #expect(try bean.get("condition") == .string("loud"))
        #expect(await line(of: "/6") == "GET /6\n")
        try Self.set(valve, "prefix", "b")
        #expect(await line(of: "/7", in: "logs/b") == "GET /7\n")
        #expect(tree.text("logs/a") == "/1\nGET /2\nGET /3\nGET /6\n")
        try Self.set(valve, "rotatable", "true")
        #expect(throws: (any Error).self) { try Self.set(valve, "fileDateFormat", ".yyyy-MM-ddT") }
        #expect(valve.configuration.fileDateFormat == ".yyyy-MM-dd")
    }

    @Test("valves do the next request as they were told last")
    func valves() async throws {
        let address = try RemoteAddrValve.descriptor.component([("allow", ".*")])
        let health = try HealthCheckValve.descriptor.component()
        let semaphore = try SemaphoreValve.descriptor.component()
        let stuck = try StuckThreadDetectionValve.descriptor.component()
        let proxy = try RemoteIpValve.descriptor.component([("internalProxies", "127\\.0\\.0\\.1")])
        let container = try await EmbeddedContainer([proxy, address, health, semaphore, stuck]) { request, response in
            try await response.write(request.remoteAddr)
        }
        let forwarded = [(name: "X-Forwarded-For", value: "10.9.8.7"), (name: "X-Real", value: "10.1.1.1")]
        #expect(await container.send("GET", "/", forwarded).text == "10.9.8.7")
        try Self.set(proxy, "remoteIpHeader", "X-Real")
        #expect(await container.send("GET", "/", forwarded).text == "10.1.1.1")
        try Self.set(proxy, "internalProxies", "10\\..*")
        #expect(await container.send("GET", "/", forwarded).text == "127.0.0.1")
        #expect(await container.send("GET", "/health").text.contains("UP"))
        try Self.set(health, "path", "/up")
        #expect(await container.send("GET", "/up").text.contains("UP"))
        try Self.set(address, "deny", "127\\..*")
        try Self.set(address, "denyStatus", "404")
        #expect(await container.send("GET", "/").status == 404)
        #expect(throws: (any Error).self) { try Self.set(address, "deny", "(") }
        #expect(await container.send("GET", "/").status == 404)
        try Self.set(address, "deny", "")
        #expect(await container.send("GET", "/").status == 200)
        try Self.set(semaphore, "block", "false")
        #expect(!semaphore.configuration.block)
        for name in ["concurrency", "fairness", "interruptible"] {
            let other = name == "concurrency" ? "1" : "true"
            #expect(throws: NotReconfigurable.self, "\(name)") { try Self.set(semaphore, name, other) }
        }
        try Self.set(stuck, "threshold", "5")
        #expect(stuck.configuration.threshold == 5)
    }

    @Test("limits count for requests that run already")
    func stuckRequests() {
        var configuration = StuckThreadDetectionValve.Configuration()
        configuration.threshold = 600
        var requests = RunningRequests(configuration)
        _ = requests.begin(RunningRequests.Entry(id: "1", url: "/", start: 0))
        #expect(requests.check(now: 10_000).stuck.isEmpty)
        configuration.threshold = 10
        requests.use(configuration)
        #expect(requests.check(now: 10_000).stuck.map(\.id) == ["1"])
    }

    @Test("an error page says as much as it was told last", arguments: [true, false])
    func errorPage(isJSON: Bool) throws {
        let html = try ErrorReportValve.descriptor.component()
        let json = try JsonErrorReportValve.descriptor.component()
        try Self.set(html, "showServerInfo", "false")
        try Self.set(json, "showReport", "false")
        #expect(!html.configuration.showServerInfo && !json.configuration.showReport)
    }

    @Test("a realm locks out as it was told last, and its users stay its own")
    func realms() async throws {
        let realm = try LockOutRealm.descriptor.component([("failureCount", "5")])
        realm.add(memoryRealm([UserDatabase.User(username: "ann", password: "secret", roles: ["a"])]))
        #expect(await realm.authenticate("ann", "wrong") == nil)
        #expect(!realm.isLocked("ann"))
        try Self.set(realm, "failureCount", "1")
        #expect(realm.isLocked("ann"))
        try Self.set(realm, "lockOutTime", "0")
        #expect(!realm.isLocked("ann"))
        try Self.set(realm, "allRolesMode", "authOnly")
        #expect(realm.settings.allRolesMode == .authOnly)
        let users = try UserDatabaseRealm.descriptor.component()
        try Self.set(users, "allRolesMode", "strictAuthOnly")
        #expect(users.settings.allRolesMode == .strictAuthOnly)
        #expect(throws: NotReconfigurable.self) { try Self.set(users, "resourceName", "Other") }
    }

    @Test("files are cached as was told last")
    func resources() throws {
        let tree = try FileTree("live-files")
        try tree.write("a.txt", "one")
        let root = try WebResourceRoot(docBase: tree.path, mimeType: { _ in nil })
        #expect(root.lookup("/a.txt").size == 3)
        try tree.write("a.txt", "three")
        #expect(root.lookup("/a.txt").size == 3, "within the time to live")
        try root.reconfigure { $0.cachingAllowed = false }
        #expect(root.lookup("/a.txt").size == 5)
        try root.reconfigure { $0.cachingAllowed = true }
        try root.reconfigure { $0.cacheMaxSize = 100 }
        #expect(root.objectMaximum == 5 * 1024)
        try root.reconfigure { $0.cacheTtl = 0 }
        #expect(root.lookup("/a.txt").size == 5)
        try tree.write("a.txt", "seven..")
        #expect(root.lookup("/a.txt").size == 7)
        #expect(throws: NotReconfigurable.self) { try root.reconfigure { $0.allowLinking = true } }
    }
}
