import Dispatch
import Glibc
import RepositoryCore
import RepositoryStorage
import ServletAPI
import Synchronization
import Testing

import class TestSupport.FileTree

@testable import RepositoryWebapp

@Suite struct StartTests {
    @Test func untilItIsUpEverythingElseIsDown() async throws {
        let deployment = Deployment()
        let status = try await deployment.call("GET", "/startupStatus")
        #expect(status.text == #"{"state":"STARTING","details":{"storage":"STARTING","indexer":"STARTING"}}"#)
        for target in ["/objects/test/x", "/", "/nothing"] {
            let response = try await deployment.call("GET", target)
            #expect(response.status == 500)
            #expect(response.text == #"{"message":"The system is down."}"#)
        }
    }

    @Test(
        arguments: [
            ("config.json", "{", "cannot be read"),
            ("config.json", #"{"storage":{"module":"tape"}}"#, "no storage module"),
            ("repoInit.json", #"{"adminPassword":""}"#, "Empty admin password"),
        ]
    )
    func badFilesAreNamed(file: String, text: String, reason: String) async throws {
        let directory = try FileTree("webapp")
        try directory.write(file, text)
        let deployment = try await Deployment.started(in: directory.path)
        #expect(try await deployment.call("GET", "/startupStatus").text.hasPrefix(#"{"state":"FAILED""#))
        #expect(deployment.context.logged.withLock { $0.contains { $0.hasPrefix("error") && $0.contains(reason) } })
    }

    @Test func aMadeUpPasswordIsKeptForItsOwner() async throws {
        let directory = try FileTree("webapp")
        let deployment = try await Deployment.started(in: directory["data/below"])
        let file = directory["data/below/initial-admin-password"]
        let password = try #require(directory.text("data/below/initial-admin-password")).dropLast()
        #expect(try Permissions.of(file) == 0o600)
        #expect(deployment.context.logged.withLock { $0.contains { $0.hasPrefix("warning") && $0.contains(file) } })
        let response = try await deployment.call("GET", "/check-credentials") { request in
            let pair = Base64.encodeURL(Array("admin:\(password)".utf8))
            request.allHeaders.append(("Authorization", "Basic " + pair))
        }
        #expect(response.text == #"{"active":true,"userId":"admin","username":"admin"}"#)
        try await deployment.application.stop()
    }

    @Test("a start that blocks leaves the thread that asked for it to others", .timeLimit(.minutes(1)))
    @MainActor func blockedStart() async throws {
        let directory = try FileTree("webapp")
        // Opening a named pipe to read blocks until somebody opens it to write.
        let pipe = directory["config.json"]
        try #require(mkfifo(pipe, 0o600) == 0)
        let application = RepositoryApplication()
        let gate = DispatchSemaphore(value: 0)
        let writing = Task {
            try await BlockingLanes(label: "test", count: 1).run {
                let wasFree = gate.wait(timeout: .now() + 30) == .success
                let text = #"{"storage":{"module":"memory"}}"#
                let descriptor = open(pipe, O_WRONLY)
                #expect(write(descriptor, text, text.utf8.count) == text.utf8.count)
                close(descriptor)
                return wasFree
            }
        }
        let starting = Task { @MainActor in
            await application.start(in: DataDirectory(path: directory.path)) { _, _, _ in }
        }
        await Task.yield()
        gate.signal()
        await starting.value
        #expect(try await writing.value)
        await #expect(throws: Never.self) { try await application.stop() }
    }

    @Test("a stop that blocks leaves the thread that asked for it to others", .timeLimit(.minutes(1)))
    @MainActor func blockedStop() async throws {
        let directory = try FileTree("webapp")
        let first = RepositoryApplication()
        await first.start(in: DataDirectory(path: directory.path)) { _, _, _ in }
        let running = try first.running()
        let gate = DispatchSemaphore(value: 0)
        let wasFree = Mutex(false)
        let application = RepositoryApplication()
        application.open(
            RepositoryApplication.Running(
                service: running.service,
                authenticator: running.authenticator,
                spool: running.spool,
                bodySizeMaximum: running.bodySizeMaximum,
                close: {
                    wasFree.withLock { $0 = gate.wait(timeout: .now() + 30) == .success }
                    try running.close()
                }
            )
        )
        let stopping = Task { @MainActor in try await application.stop() }
        await Task.yield()
        gate.signal()
        try await stopping.value
        #expect(wasFree.withLock { $0 })
    }

    @Test func aLastingFaultIsToldWhenItBeginsAndEnds() {
        let lines = Mutex<[String]>([])
        let log: RepositoryApplication.Log = { level, text, _ in lines.withLock { $0.append("\(level) \(text)") } }
        let application = RepositoryApplication()
        let full = StorageFailure(.diskFull, path: "/d", detail: "no room")
        application.reportWritten(log: log)
        for _ in 1...3 { application.report(full, of: "r", log: log) }
        application.report(StorageFailure(.notWritable, path: "/d", detail: "no"), of: "r", log: log)
        for _ in 1...2 { application.reportWritten(log: log) }
        application.report(full, of: "r", log: log)
        application.report(CancellationError(), of: "r5", log: log)
        let mended = "; requests that need it fail until this is mended"
        #expect(
            lines.withLock { $0 } == [
                "error The disk is full: /d (no room)" + mended,
                "error The data directory is not writable: /d (no)" + mended,
                "info Objects can be written again; 4 requests failed meanwhile",
                "error The disk is full: /d (no room)" + mended,
                "error Unexpected failure of request r5",
            ]
        )
    }

    @Test func everythingIsThereAfterARestart() async throws {
        let directory = try FileTree("webapp")
        try directory.write("repoInit.json", #"{"adminPassword":"secret","prefix":"20.5000"}"#)
        let first = try await Deployment.started(in: directory.path)
        #expect(!directory.exists("repoInit.json"))
        let created = try await first.call("POST", "/objects/?type=Document&suffix=a", #"{"name":"kept"}"#) { request in
            request.allHeaders.append(("Authorization", RESTTests.authorization("admin") ?? ""))
        }
        #expect(created.status == 200, "\(created.text)")
        try await first.application.stop()
        let second = try await Deployment.started(in: directory.path)
        let found = try await second.call("GET", "/search?query=kept&ids")
        #expect(found.text.contains("\"20.5000/a\""), "\(found.text)")
        try await second.application.stop()
    }

    @Test(
        arguments: [
            ("/repository/objects/a/b", "/objects", "a/b"), ("/repository/objects", "/objects", ""),
            ("/repository/objects/", "/objects", ""),
            ("/repository//objects/a//b", "/objects", "a//b"), ("/repository/%6fbjects/a%2Fb+c", "/objects", "a%2Fb+c"),
            ("/repository/x/../objects/a", "/objects", nil),
            ("/repository/users/this/password", "/users/this/password", ""),
        ] as [(String, String, String?)]
    )
    func rawPaths(uri: String, servletPath: String, expected: String?) {
        #expect(RequestPath.raw(uri: uri, contextPath: "/repository", servletPath: servletPath) == expected)
    }

    @Test(arguments: [
        ("test/a b", "/objects/test/a%20b"), ("a/ü%\n", "/objects/a/%C3%BC%25%0A"), ("a/b:c+d", "/objects/a/b:c+d"),
    ])
    func locations(id: String, expected: String) {
        #expect(RequestPath.location(of: ObjectID(id)) == expected)
    }
}
