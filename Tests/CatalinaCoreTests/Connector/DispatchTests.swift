import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct DispatchTests {
    @Test("a forward replaces what was buffered and shows the target's path")
    func forwards() async throws {
        let answer = try await Self.answer(to: "/app/forward?u=/target/x%3Fa=1") { request, response in
            try await response.write("lost")
            let target = await request.parameter("u") ?? ""
            try await request.requestDispatcher(target)?.forward(request, response)
            try await response.write("lost too")
        }
        #expect(answer.text == "FORWARD /target /x a=1 from /app/forward")
    }

    @Test("an include adds its output and cannot change status or headers")
    func includes() async throws {
        let answer = try await Self.answer(to: "/app/include?u=/target") { request, response in
            try await response.write("[")
            try await request.requestDispatcher("/target")?.include(request, response)
            try await response.write("]")
        }
        #expect(answer.text == "[INCLUDE /include nil  from nil]")
        #expect(answer["X-Target"] == nil)
    }

    @Test("a path that leaves the application has no dispatcher", arguments: ["/../x", "relative/../../../x", ""])
    func refuses(path: String) async throws {
        let answer = try await Self.answer(to: "/app/start") { request, response in
            try await response.write(request.requestDispatcher(path) == nil ? "none" : "some")
        }
        #expect(answer.text == (path.isEmpty ? "some" : "none"))
    }

    @Test("an error goes to the page of its exception type, then of its status")
    func dispatchesErrors() async throws {
        let answer = try await Self.answer(to: "/app/start") { _, _ in throw IllegalStateError("broken") }
        #expect(answer.status == 500)
        #expect(answer.text == "ERROR page: broken 500")
        let coded = try await Self.answer(to: "/app/start") { _, response in try await response.sendError(418, "tea") }
        #expect(coded.status == 418)
        #expect(coded.text == "ERROR page: tea 418")
    }

    @Test("an asynchronous request goes on after its servlet and can be dispatched again")
    func runsAsynchronously() async throws {
        let completed = try await Self.answer(to: "/app/async") { request, _ in
            let context = try request.startAsync()
            context.start { _, response in
                try await response.write("later")
                context.complete()
            }
        }
        #expect(completed.text == "later")
        let dispatched = try await Self.answer(to: "/app/async") { request, _ in
            try request.startAsync().dispatch("/target/again")
        }
        #expect(dispatched.text == "ASYNC /target /again  from /app/async")
    }

    @Test("an application that dispatches to itself without an end gets 500", arguments: [true, false])
    func endless(isForward: Bool) async throws {
        let calls = Atomic(0)
        let answer = try await Self.answer(to: "/app/start") { request, response in
            calls.add(1, ordering: .relaxed)
            let dispatcher = try #require(request.requestDispatcher("/start"))
            if isForward {
                try await dispatcher.forward(request, response)
            } else {
                try await dispatcher.include(request, response)
            }
        }
        #expect(answer.status == 500)
        #expect(calls.load(ordering: .relaxed) == ApplicationDispatcher.depthMaximum + 1)
    }

    @Test("dispatches one after the other are not counted together")
    func oneAfterTheOther() async throws {
        let answer = try await Self.answer(to: "/app/start") { request, response in
            response.bufferSize = 65_536
            for _ in 0..<2 * ApplicationDispatcher.depthMaximum {
                try await request.requestDispatcher("/target")?.include(request, response)
            }
            try await request.requestDispatcher("/target/end")?.forward(request, response)
        }
        #expect(answer.status == 200)
        #expect(answer.text == "FORWARD /target /end  from /app/start")
    }

    @Test("an asynchronous request may be dispatched as often as it likes")
    func manyAsynchronous() async throws {
        let calls = Atomic(0)
        let answer = try await Self.answer(to: "/app/start") { request, response in
            if calls.add(1, ordering: .relaxed).newValue <= 2 * ApplicationDispatcher.depthMaximum {
                try request.startAsync().dispatch("/start")
            } else {
                try await response.write("done")
            }
        }
        #expect(answer.text == "done")
    }

    @Test("a forward with parameters of its own leaves the body to whoever reads it")
    func leavesTheBody() async throws {
        let container = try await EmbeddedContainer { request, response in
            if request.dispatcherType == .forward {
                let body = String(decoding: try await request.inputStream().readAll(), as: UTF8.self)
                return try await response.write("\(body) \(await request.parameter("x") ?? "nil")")
            }
            try await request.requestDispatcher("/target?x=1")?.forward(request, response)
        }
        let type = (name: "content-type", value: "application/x-www-form-urlencoded")
        #expect(await container.send("POST", "/start", [type], body: [Array("x=2".utf8)]).text == "x=2 1")
    }

    @Test("an error page in Java leaves the word to the container's own")
    func errorPageInJava() async throws {
        let answer = try await Self.answer(to: "/app/x") { _, response in try await response.sendError(403) }
        #expect(answer.status == 403)
        #expect(answer.text.contains("HTTP Status 403"))
        #expect(try await Self.answer(to: "/app/page.jsp") { _, _ in }.status == 501)
    }

    /// Runs `body` as the servlet behind `/start`, `/forward`, `/include` and `/async`.
    private static func answer(
        to target: String,
        _ body: @escaping @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void
    ) async throws -> EmbeddedContainer.Answer {
        let folder = try FileTree("dispatch")
        try folder.write("page.jsp", "<%= 1 %>")
        let container = try EmbeddedContainer()
        try await container.add(path: "/app", documentBase: folder.path) { model, classes in
            classes.servlets["JSP"] = { JspServlet() }
            classes.servlets["Start"] = { ClosureServlet(body: body) }
            classes.servlets["Target"] = { ClosureServlet(body: Self.describe) }
            classes.servlets["Page"] = { ClosureServlet(body: Self.errorPage) }
            for (name, pattern) in [("Start", "/*"), ("Target", "/target/*"), ("Page", "/page"), ("JSP", "*.jsp")] {
                var definition = ServletDefinition(name: name, className: name)
                definition.isAsyncSupported = true
                model.servlets.append(definition)
                model.servletMappings.append((pattern: pattern, servletName: name))
            }
            model.servletMappings[0].pattern = "/"
            model.errorPages = [
                ErrorPage(exceptionType: "java.lang.IllegalStateException", location: "/page"),
                ErrorPage(errorCode: 418, location: "/page"),
                ErrorPage(errorCode: 403, location: "/page.jsp"),
            ]
        }
        try await container.start()
        return await container.send("GET", target)
    }

    @Sendable private static func describe(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws {
        response.setHeader("X-Target", "seen")
        let original =
            (request.attribute("jakarta.servlet.forward.request_uri")
            ?? request.attribute("jakarta.servlet.async.request_uri")) as? String
        try await response.write(
            "\(request.dispatcherType.rawValue) \(request.servletPath) \(request.pathInfo ?? "nil") "
                + "\(request.dispatcherType == .include ? "" : request.queryString ?? "") from \(original ?? "nil")"
        )
    }

    @Sendable private static func errorPage(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws {
        let message = request.attribute("jakarta.servlet.error.message") as? String
        let status = request.attribute("jakarta.servlet.error.status_code") as? Int
        try await response.write("\(request.dispatcherType.rawValue) page: \(message ?? "nil") \(status ?? 0)")
    }
}
