import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore

/// Attributes of `<Connector>` and `<Context>` that say how one request is treated.
@Suite struct RequestAttributesTests {
    private typealias Body = @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void

    /// Is told of requests.
    private final class Listener: ServletRequestListener {
        private let entries = Mutex<[String]>([])
        var log: [String] { self.entries.withLock { $0 } }

        func requestInitialized(_ context: any ServletContext, _ request: any HttpServletRequest) async throws {
            self.entries.withLock { $0.append("+\(request.servletPath)") }
        }

        func requestDestroyed(_ context: any ServletContext, _ request: any HttpServletRequest) async throws {
            self.entries.withLock { $0.append("-\(request.servletPath)") }
        }
    }

    /// A running container with one application of one servlet, which takes uploads.
    private static func container(
        listener: Listener = Listener(),
        upload: MultipartConfiguration? = nil,
        connector: (inout Connector.Configuration) -> Void = { _ in },
        context: (inout StandardContext.Configuration) -> Void = { _ in },
        in folder: FileTree,
        body: @escaping Body
    ) async throws -> (EmbeddedContainer, StandardContext) {
        let container = try EmbeddedContainer(connector)
        let added = try await container.add(
            path: "",
            documentBase: folder.path,
            workDirectory: folder.path,
            context: context
        ) { model, classes in
            var definition = ServletDefinition(name: "closure", className: "closure")
            definition.multipart = upload
            model.servlets = [definition]
            model.servletMappings = [(pattern: "/a", servletName: "closure"), (pattern: "/b", servletName: "closure")]
            model.listeners = ["listener"]
            classes.servlets["closure"] = { ClosureServlet(body: body) }
            classes.listeners["listener"] = { listener }
        }
        try await container.start()
        return (container, added)
    }

    @Test("answers name the specification only where the connector says so", arguments: [false, true])
    func poweredBy(isShown: Bool) async throws {
        let folder = try FileTree("attributes")
        let (container, _) = try await Self.container(
            connector: { $0.xpoweredBy = isShown },
            in: folder,
            body: { _, _ in }
        )
        let answer = await container.send("GET", "/a")
        #expect(answer["X-Powered-By"] == (isShown ? "Servlet/6.0 (\(ServerInfo.name))" : nil))
        #expect(await container.send("CONNECT", "/a")["X-Powered-By"] == answer["X-Powered-By"])
    }

    @Test("clients have their address for a name, or the resolver's name where the connector asks for it")
    func lookups() async throws {
        for isAsked in [false, true] {
            let folder = try FileTree("attributes")
            let (container, _) = try await Self.container(
                connector: { $0.enableLookups = isAsked },
                in: folder,
                body: {
                    try await $1.write($0.remoteHost + " " + $0.remoteAddr)
                }
            )
            let name = isAsked ? try await HostNames.name(of: "127.0.0.1") : "127.0.0.1"
            #expect(await container.send("GET", "/a").text == name + " 127.0.0.1")
        }
        #expect(try await HostNames.name(of: "no address") == "no address")
    }

    @Test("a form that is too large ends the connection where the context says so", arguments: [false, true])
    func refusedForm(isSwallowed: Bool) async throws {
        let folder = try FileTree("attributes")
        let (container, _) = try await Self.container(
            connector: { $0.maxPostSize = 4 },
            context: { $0.swallowAbortedUploads = isSwallowed },
            in: folder,
            body: { request, _ in _ = await request.parameter("x") }
        )
        let type = (name: "content-type", value: "application/x-www-form-urlencoded")
        #expect(await container.send("POST", "/a", [type], body: [Array("x=12345".utf8)]).isClosing == !isSwallowed)
        #expect(await container.send("POST", "/a", [type], body: [Array("x=1".utf8)]).isClosing == false)
    }

    @Test("an upload that is too large ends the connection where the context says so", arguments: [false, true])
    func refusedUpload(isSwallowed: Bool) async throws {
        let folder = try FileTree("attributes")
        var upload = MultipartConfiguration()
        upload.maxRequestSize = 8
        let (container, _) = try await Self.container(
            upload: upload,
            context: { $0.swallowAbortedUploads = isSwallowed },
            in: folder,
            body: { request, _ in
                await #expect(throws: IllegalStateError.self) { _ = try await request.parts() }
            }
        )
        #expect(await Self.upload(to: container).isClosing == !isSwallowed)
    }

    @Test("a file beyond its limit is an error of the server if the servlet does not catch it", arguments: [10, 9])
    func refusedFile(limit: Int64) async throws {
        let folder = try FileTree("attributes")
        var upload = MultipartConfiguration()
        upload.maxFileSize = limit
        let (container, _) = try await Self.container(
            upload: upload,
            in: folder,
            body: { request, response in try await response.write("\(try await request.parts().count)") }
        )
        #expect(await Self.upload(to: container).status == (limit == 10 ? 200 : 500))
    }

    @Test("the folder of uploads is made where the context says so", arguments: [false, true])
    func uploadFolder(isMade: Bool) async throws {
        let folder = try FileTree("attributes")
        var upload = MultipartConfiguration()
        upload.location = folder.path + "/some/where"
        let (container, _) = try await Self.container(
            upload: upload,
            context: { $0.createUploadTargets = isMade },
            in: folder,
            body: { request, response in try await response.write("\(try await request.parts().count)") }
        )
        #expect(await Self.upload(to: container).text == "1")
        #expect(folder.exists("some/where") == isMade)
    }

    private static func upload(to container: EmbeddedContainer) async -> EmbeddedContainer.Answer {
        let body = "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n0123456789\r\n--b--\r\n"
        let type = (name: "content-type", value: "multipart/form-data; boundary=b")
        return await container.send("POST", "/a", [type], body: [Array(body.utf8)])
    }

    @Test("request listeners hear of forwards where the context says so", arguments: [false, true])
    func forwards(isHeard: Bool) async throws {
        let folder = try FileTree("attributes")
        let listener = Listener()
        let (container, _) = try await Self.container(
            listener: listener,
            context: { $0.fireRequestListenersOnForwards = isHeard },
            in: folder,
            body: { request, response in
                guard request.servletPath == "/a" else { return try await response.write("b") }
                try await request.requestDispatcher("/b")?.forward(request, response)
            }
        )
        #expect(await container.send("GET", "/a").text == "b")
        #expect(listener.log == (isHeard ? ["+/a", "+/b", "-/b", "-/a"] : ["+/a", "-/a"]))
    }

    @Test("a request that does not ask for its session uses it where the context says so", arguments: [false, true])
    func sessions(isAlways: Bool) async throws {
        let folder = try FileTree("attributes")
        let (container, context) = try await Self.container(
            context: { $0.alwaysAccessSession = isAlways },
            in: folder,
            body: { _, _ in }
        )
        let session = try #require(try context.manager?.createSession("S") as? StubSession)
        _ = await container.send("GET", "/a", [(name: "cookie", value: "JSESSIONID=S")])
        #expect(session.accesses.load(ordering: .relaxed) == (isAlways ? 1 : 0))
    }
}
