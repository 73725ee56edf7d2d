import Foundation
import Modeler
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

@Suite struct AccessLogValveTests {
    let tree: FileTree

    init() throws { self.tree = try FileTree("access-log") }

    private func attributes(_ more: [(String, String)]) -> [(String, String)] {
        [("directory", self.tree["logs"]), ("prefix", "log"), ("rotatable", "false")] + more
    }

    /// The lines that a valve writes for one request.
    private func lines<Log: AccessLogValveBase>(
        _ valve: Log,
        target: String = "/",
        prepare: @escaping (Coyote.Request) -> Void = { _ in },
        _ servlet: @escaping @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void
    ) async throws -> [String] {
        let container = try await EmbeddedContainer([valve], servlet: servlet)
        _ = await container.send("GET", target, Self.headers, prepare: prepare)
        await valve.backgroundProcess()
        return (self.tree.text("logs/log") ?? "").split(separator: "\n").map(String.init)
    }

    static let headers = [
        (name: "Cookie", value: "COOKIE-1_1=1_1; COOKIE-1_2=1_2; COOKIE-1_3=1_3"),
        (name: "Cookie", value: "COOKIE-2_1=2_1;COOKIE-2_2=2_2;COOKIE-2_3=2_3"),
        (name: "myRequestHeader", value: "1 2 3 4 5 6 7 8 9"), (name: "user-agent", value: "client"),
    ]

    @Sendable static func answer(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await request.session().setAttribute("mySessionAttribute", "123\u{e4}")
        request.setAttribute("myRequestAttribute", "987\u{e4}\u{f6}\u{fc}654")
        response.setHeader("myResponseHeader", "864\u{e4}\u{f6}\u{fc}642")
        try await response.write("OK\n")
    }

    @Test("a loop that has logged before sees another pattern, a stop and a start")
    func followsChanges() async throws {
        let valve = try AccessLogValve.descriptor.component(self.attributes([("pattern", "%U %t")]))
        let container = try await EmbeddedContainer([valve]) { _, response in try await response.write("x") }
        for _ in 0..<2 { _ = await container.send("GET", "/a") }
        try valve.reconfigure { $0.pattern = "%m %U" }
        _ = await container.send("GET", "/b")
        try await valve.stop()
        _ = await container.send("GET", "/c")
        try await valve.start()
        _ = await container.send("GET", "/d")
        await valve.backgroundProcess()
        let lines = (self.tree.text("logs/log") ?? "").split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(lines.prefix(2).allSatisfy { $0.hasPrefix("/a [") })
        #expect(Array(lines.dropFirst(2)) == ["GET /b", "GET /d"])
    }

    @Test("patterns give the recorded lines", arguments: Vectors.rows("10/10_access_log_patterns.jsonl"))
    func writesPatterns(row: VectorRow) async throws {
        let attributes = self.attributes([("pattern", row["pattern"].string ?? "")])
        let path = row["path"].string ?? "/"
        let lines =
            row["kind"].string == "json"
            ? try await self.lines(JsonAccessLogValve.descriptor.component(attributes), target: path, Self.answer)
            : try await self.lines(AccessLogValve.descriptor.component(attributes), target: path, Self.answer)
        let regex = try Regex(row["line_regex"].string ?? "")
        row.expect(lines.count == 1 && lines.first?.wholeMatch(of: regex) != nil, "\(lines)")
    }

    @Test("fields of the extended format", arguments: Vectors.rows("10/10_extended_access_log.jsonl"))
    func writesFields(row: VectorRow) async throws {
        let attributes = self.attributes([("pattern", row["pattern"].string ?? "")])
        let valve = try ExtendedAccessLogValve.descriptor.component(attributes)
        let headers = [
            (name: "Cookie", value: "COOKIE-1_1=1_1;COOKIE-1_2=1_2;COOKIE-1_3=1_3"),
            (name: "Referer", value: "/some/path"), (name: "Content-Type", value: "text/plain"),
        ]
        let container = try await EmbeddedContainer([valve]) { request, response in
            request.setAttribute("testRAttr", "testRValue")
            try await request.session().setAttribute("sessionAttr", "sessionAttrValue")
            try await response.outputStream().write(Array("Hello, world!".utf8))
        }
        _ = await container.send("GET", "/test?testParam=testValue", headers)
        await valve.backgroundProcess()
        let lines = (self.tree.text("logs/log") ?? "").split(separator: "\n")
        let head = ["#Fields: \(row["pattern"].string ?? "")", "#Version: 2.0", "#Software: \(ServerInfo.name)"]
        let values = lines.last?.split(separator: " ") ?? []
        let recorded = row["values"].array ?? []
        var agrees = lines.dropLast().map(String.init) == head && values.count == recorded.count
        for (value, pair) in zip(values, recorded) {
            let (name, wanted) = (pair[0].string ?? "", pair[1].string ?? "")
            let varies =
                ["date", "time", "s-dns"].contains(name) || name.hasPrefix("time-taken")
                || name.contains("connectionId")
            // What varies has the same shape: digits for digits.
            agrees =
                agrees && (varies ? (value.contains("-") == wanted.contains("-") || name == "s-dns") : value == wanted)
        }
        row.expect(agrees, "\(lines)")
    }

    @Test(
        "codes without meaning print themselves, an open brace does not matter",
        arguments: [
            ("%z", "???z???"), ("%{a}z", "???z???"), ("%{open", "???{???open"), ("100%", "100%"), ("%%s", "%s"),
        ]
    )
    func printsUnknownCodes(pattern: String, expected: String) async throws {
        let valve = try AccessLogValve.descriptor.component(self.attributes([("pattern", pattern)]))
        #expect(try await self.lines(valve, Self.answer) == [expected])
    }

    @Test("a time that cannot be written, or a field without meaning, is refused")
    func refusesPatterns() {
        #expect(throws: AccessLogPattern.Fault.time("begin:bq")) { try AccessLogPattern("%{begin:bq}t") }
        #expect(throws: (any Error).self) { try AccessLogValve.descriptor.component([("pattern", "%{'x}t")]) }
        #expect(throws: ExtendedAccessLogPattern.Fault(field: "x-Z(a)")) { try ExtendedAccessLogPattern("date x-Z(a)") }
        #expect(throws: ExtendedAccessLogPattern.Fault(field: "x-H(a)")) { try ExtendedAccessLogPattern("x-H(a)") }
    }

    @Test(
        "units of the elapsed time",
        arguments: [
            (ElapsedUnit.nanoseconds, "1234567890"), (.microseconds, "1234567"), (.milliseconds, "1234"),
            (.seconds, "1"),
            (.fraction, "1.234"),
        ]
    )
    func convertsTime(unit: ElapsedUnit, expected: String) {
        #expect(unit.text(1_234_567_890) == expected)
    }

    @Test("values from outside cannot end a line or close a quote")
    func escapes() async throws {
        let pattern = "\"%{myRequestHeader}i\" %{x}r %q"
        let valve = try AccessLogValve.descriptor.component(self.attributes([("pattern", pattern)]))
        let lines = try await self.lines(valve, target: "/?a\"b") { request, _ in
            request.setAttribute("x", "a\nb\\c\"d\u{1}")
        }
        #expect(lines == [#""1 2 3 4 5 6 7 8 9" a\nb\\c\"d\u0001 ?a\"b"#])
    }

    @Test("a user with blanks is quoted in a line, not in JSON")
    func quotesUsers() async throws {
        let text = try AccessLogValve.descriptor.component(self.attributes([("pattern", "%u")]))
        let user: @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void = { request, _ in
            (request as? CatalinaCore.Request)?.userPrincipal = StubPrincipal(name: "a b")
        }
        #expect(try await self.lines(text, user) == ["\"a b\""])
        try self.tree.remove("logs/log")
        let json = try JsonAccessLogValve.descriptor.component(self.attributes([("pattern", "%u")]))
        #expect(try await self.lines(json, user) == ["{\"user\":\"a b\"}"])
    }

    @Test("JSON groups cookies, headers and attributes")
    func groups() async throws {
        let pattern = "%{COOKIE-1_1}c %s %{myRequestHeader}i %{COOKIE-2_2}c %{no}s %m"
        let valve = try JsonAccessLogValve.descriptor.component(self.attributes([("pattern", pattern)]))
        let expected =
            #"{"statusCode":"200","method":"GET","cookies": {"COOKIE-1_1":"1_1","COOKIE-2_2":"2_2"},"#
            + #""requestHeaders": {"myRequestHeader":"1 2 3 4 5 6 7 8 9"},"sessionAttributes": {"no":"-"}}"#
        #expect(try await self.lines(valve, Self.answer) == [expected])
    }

    @Test(
        "attributes keep requests out of the log, or let them in",
        arguments: [
            ([("condition", "flag")], false), ([("conditionUnless", "flag")], false), ([("conditionIf", "flag")], true),
            ([("conditionIf", "other")], false), ([("condition", "other")], true), ([("enabled", "false")], false),
            ([], true),
        ] as [([(String, String)], Bool)]
    )
    func chooses(more: [(String, String)], isLogged: Bool) async throws {
        let valve = try AccessLogValve.descriptor.component(self.attributes([("pattern", "x")] + more))
        let lines = try await self.lines(valve) { request, _ in request.setAttribute("flag", true) }
        #expect(lines.isEmpty != isLogged)
    }

    @Test("addresses come from a proxy's attributes, and are shortened, if that is asked for")
    func usesAttributes() async throws {
        let pattern = "%a %h %v %p %H %{peer}a"
        let more = [("pattern", pattern), ("requestAttributesEnabled", "true"), ("ipv6Canonical", "true")]
        let valve = try AccessLogValve.descriptor.component(self.attributes(more))
        let peer = { (request: Coyote.Request) in request.peerAddress = "0:0:0:0:0:0:0:1" }
        let lines = try await self.lines(valve, prepare: peer) { request, _ in
            request.setAttribute(AccessLogAttribute.remoteAddr, "2001:db8:0:0:0:0:0:5")
            request.setAttribute(AccessLogAttribute.remoteHost, "client.example")
            request.setAttribute(AccessLogAttribute.serverName, "front.example")
            request.setAttribute(AccessLogAttribute.serverPort, 8443)
            request.setAttribute(AccessLogAttribute.protocolName, "HTTP/9")
        }
        #expect(lines == ["2001:db8::5 client.example front.example 8443 HTTP/9 ::1"])
    }

    @Test("an aborted connection is X, one that closes is -", arguments: [(true, "X"), (false, "-")])
    func tellsTheConnection(isAborted: Bool, expected: String) async throws {
        let valve = try AccessLogValve.descriptor.component(self.attributes([("pattern", "%X")]))
        let lines = try await self.lines(valve) { request, response in
            (request as? CatalinaCore.Request)?.coyote.isAborted = isAborted
            (response as? CatalinaCore.Response)?.coyote.closesConnection = true
        }
        #expect(lines == [expected])
    }

    @Test("an operator can set the file aside")
    func rotates() async throws {
        let valve = try AccessLogValve.descriptor.component(self.attributes([("pattern", "%U")]))
        #expect(try await !valve.rotate(to: self.tree["logs/early"]))
        let container = try await EmbeddedContainer([valve]) { _, _ in }
        _ = await container.send("GET", "/one")
        #expect(try await valve.rotate(to: self.tree["logs/aside"]))
        #expect(self.tree.text("logs/aside") == "/one\n")
        #expect(AccessLogValve.beanInfo.operations.map(\.info.name) == ["rotate"])
        #expect(StuckThreadDetectionValve.beanInfo.attributes.contains { $0.info.name == "stuckThreadNames" })
        #expect(SemaphoreValve.beanInfo.attributes.contains { $0.info.name == "waiting" })
    }

    @Test("a stopped valve has written everything and writes nothing more")
    func stops() async throws {
        let valve = try AccessLogValve.descriptor.component(self.attributes([("pattern", "%U")]))
        let container = try await EmbeddedContainer([valve]) { _, _ in }
        _ = await container.send("GET", "/one")
        try await valve.stop()
        _ = await container.send("GET", "/two")
        #expect(self.tree.text("logs/log") == "/one\n")
        try await valve.start()
        _ = await container.send("GET", "/three")
        try await valve.stop()
        #expect(self.tree.text("logs/log") == "/one\n/three\n")
    }
}

struct StubPrincipal: Principal {
    let name: String
}
