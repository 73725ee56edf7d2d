import ServletAPI

/// The application `/t` of the recorded requests: parameter `c` selects what it does.
///
/// Implements `GET`, `POST` and `PUT`; other methods show what the API does by itself.
struct EchoServlet: HttpServlet {
    var allowedMethods: [String] { ["GET", "HEAD", "POST", "PUT", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let command = await request.parameter("c") ?? "info"
        if try await self.doSession(command, request, response) { return }
        if try await self.doAnswer(command, request, response) { return }
        if try await self.doBody(command, request, response) { return }
        switch command {
        case "url": try await response.write(request.requestURL + "\n")
        case "throw": throw ServletError("boom <b>", rootCause: RootError())
        case "rt": throw IllegalStateError("rt")
        case "unav": throw UnavailableError("gone fishing", seconds: 30)
        case "fwd":
            let path = await request.parameter("u") ?? ""
            try await self.dispatcher(request, path).forward(request, response)
        case "inc":
            let path = await request.parameter("u") ?? ""
            let writer = try response.writer()
            try await writer.write("[")
            try await self.dispatcher(request, path).include(request, response)
            try await writer.write("]\n")
        case "async": try await self.doAsync(request)
        case "sleep":
            try await Task.sleep(for: .milliseconds(await request.integer("n") ?? 0))
            try await response.write("slept\n")
        case "login":
            let user = await request.parameter("u") ?? ""
            try await request.login(user, await request.parameter("p") ?? "")
            try await response.write("\(request.remoteUser ?? "null") \(request.isUserInRole("user"))\n")
        case "ctx": try await self.writeContext(request, response)
        default: try await self.writeInfo(request, response)
        }
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }

    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }

    private func dispatcher(_ request: any HttpServletRequest, _ path: String) throws -> any RequestDispatcher {
        guard let dispatcher = request.requestDispatcher(path) else { throw ServletError("no dispatcher for \(path)") }
        return dispatcher
    }

    /// The commands about sessions and cookies; `false` if it is none of them.
    private func doSession(
        _ command: String,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws -> Bool {
        switch command {
        case "sess":
            let session = try await request.session()
            let isNew = try session.isNew
            let count = (try session.attribute("n", as: Int.self) ?? 0) + 1
            try session.setAttribute("n", count)
            let urls = "enc=\(response.encodeURL("/t/e/x?a=1#f")) encr=\(response.encodeRedirectURL("e"))"
            try await response.write(
                "id=\(session.id) n=\(count) new=\(isNew) max=\(session.maxInactiveInterval) \(urls)\n"
            )
        case "chg":
            _ = try await request.session()
            try await response.write(try await request.changeSessionId() + "\n")
        case "inv":
            try await request.session().invalidate()
            try await response.write("inv\n")
        case "cookie": try await self.writeCookies(request, response)
        default: return false
        }
        return true
    }

    private func writeCookies(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        var first = Cookie("a", await request.parameter("v") ?? "")
        first.path = "/t"
        first.maxAge = 60
        first.isHttpOnly = true
        first.isSecure = true
        first.setAttribute("SameSite", "Lax")
        var second = Cookie("b", "x")
        second.maxAge = 0
        var third = Cookie("c", "y")
        third.maxAge = -1
        third.domain = "Example.org"
        for cookie in [first, second, third] { try response.addCookie(cookie) }
        try await response.write("ok\n")
    }

    /// The commands that set status and headers; `false` if it is none of them.
    private func doAnswer(
        _ command: String,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws -> Bool {
        switch command {
        case "err": try await response.sendError(await request.integer("s") ?? 500, await request.parameter("m"))
        case "st": response.status = await request.integer("s") ?? 200
        case "redir": try await response.sendRedirect(await request.parameter("u") ?? "")
        case "hdr":
            response.addHeader(await request.parameter("n") ?? "", await request.parameter("v") ?? "")
            response.setHeader("Connection", "close")
        case "date":
            response.setDateHeader("X-Date", 0)
            response.setIntHeader("X-Int", 42)
            response.locale = "fr-FR"
            try await response.write("x")
        case "tr":
            response.trailerFields = { [(name: "x-tr", value: "1")] }
            try await response.write("tr")
        default: return false
        }
        return true
    }

    /// The commands about bodies; `false` if it is none of them.
    private func doBody(
        _ command: String,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws -> Bool {
        switch command {
        case "body":
            let count = try await request.inputStream().readAll().count
            let trailers = request.trailerFields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            response.contentType = "text/plain"
            try await response.write("len=\(count) tr={\(trailers.joined(separator: ", "))}\n")
        case "big":
            response.contentType = await request.parameter("ct") ?? "text/plain"
            let count = await request.integer("n") ?? 0
            try await response.write(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: count))
        case "cl0":
            response.setContentLength(5)
            try await response.write(bytes: Array("abc".utf8))
        case "clover":
            response.setContentLength(3)
            try await response.write(bytes: Array("abcdef".utf8))
        case "flush":
            for letter in ["a", "b"] {
                try await response.write(letter)
                try await response.flushBuffer()
            }
            do {
                try await response.sendError(500)
            } catch let error as IllegalStateError {
                try await response.write("ISE:\(error.message)")
            }
        case "parts":
            for part in try await request.parts() {
                let file = part.submittedFileName ?? "null"
                let type = part.contentType ?? "null"
                try await response.write("\(part.name) \(file) \(type) \(part.size)\n")
            }
        default: return false
        }
        return true
    }

    private func doAsync(_ request: any HttpServletRequest) async throws {
        let context = try request.startAsync()
        if let timeout = await request.integer("t") { context.timeout = Int64(timeout) }
        guard await request.parameter("d") != nil else { return }
        context.start { _, response in
            try await Task.sleep(for: .milliseconds(100))
            try await response.write("async done\n")
            context.complete()
        }
    }
}

/// The cause behind `c=throw`.
private struct RootError: NamedException {
    let message = "root"
    let exceptionTypes = ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"]
}

extension HttpServletRequest {
    /// A parameter as number; `nil` if it is none.
    func integer(_ name: String) async -> Int? { await self.parameter(name).flatMap { Int($0) } }
}
