import ServletAPI

/// `OK` as plain text; announces the end of the connection if told so.
struct TesterServlet: HttpServlet {
    let closes: Bool

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        if self.closes { response.setHeader("Connection", "close") }
        response.contentType = "text/plain"
        try await response.write("OK")
    }
}

/// A status without a body.
struct StatusServlet: HttpServlet {
    let status: Int

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.status = self.status
    }
}

/// An error with a message.
struct SendErrorServlet: HttpServlet {
    let status: Int
    let message: String

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await response.sendError(self.status, self.message)
    }
}

/// Writes and flushes, so that no length is known.
struct FlushingServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        try await response.write("OK")
        try await response.flushBuffer()
    }
}

/// Events on a connection that ends with them.
struct FlushingClosingServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/event-stream"
        response.addHeader("Connection", "close")
        try await response.flushBuffer()
        try await response.write("OK")
        try await response.flushBuffer()
    }
}

/// A header that no response buffer of the default size can hold.
struct LargeHeaderServlet: HttpServlet {
    let flushes: Bool

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.setHeader("X-Test", String(repeating: "x", count: 10_000))
        if self.flushes { try await response.flushBuffer() }
        response.contentType = "text/plain"
        try await response.write("FAIL")
    }
}

/// Hints at a style sheet before the answer.
struct EarlyHintsServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.addHeader("Link", "</style.css>; rel=preload; as=style")
        try await response.sendError(103)
        response.setCharacterEncoding("UTF-8")
        response.contentType = "text/plain"
        try await response.write("OK")
    }
}

/// One header of a given value, and a body that is empty.
struct HeaderServlet: HttpServlet {
    let value: String

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.setHeader("X-Test", self.value)
        response.setCharacterEncoding("UTF-8")
        response.contentType = "text/plain"
        try await response.flushBuffer()
    }
}

/// The values of the headers whose parsing the recorded connections try.
struct HeaderValuesServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        let names = ["X-Bug51557Valid", "X-Bug51557-Valid", "X-Bug51557-Invalid", "X-Bug51557"]
        try await response.write(names.flatMap { request.headers($0) }.joined())
    }
}

/// The values of a folded header, a line each.
struct HeaderLinesServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        try await response.write(request.headers("X-Bug48839").map { $0 + "\n" }.joined())
    }
}

/// The host and port that the request was sent to.
struct ServerNameServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        let name = "request.getServerName() is [\(request.serverName)]"
        try await response.write("\(name) and request.getServerPort() is \(request.serverPort)")
    }
}

/// The path of the application, as sent.
struct ContextPathServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        try await response.write(request.contextPath)
    }
}

/// The query, as sent.
struct QueryStringServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        try await response.write("QueryString=\(request.queryString ?? "null")")
    }
}

/// Every cookie that arrived.
struct CookiesServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        try await response.write(request.cookies.map { "\($0.name)=\($0.value)" }.joined())
    }
}

/// Logs a user in and out again.
struct LoginLogoutServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await request.login("both", "pw")
        guard request.remoteUser == "both" else { throw ServletError("no user after the login") }
        try await request.logout()
        guard request.remoteUser == nil else { throw ServletError("a user after the logout") }
        try await response.write("OK")
    }
}

/// Leaves something for every code of an access log pattern.
struct LoggedServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        request.setAttribute("myRequestAttribute", "987\u{e4}\u{f6}\u{fc}654")
        try await request.session().setAttribute("mySessionAttribute", "123\u{e4}\u{f6}\u{fc}321")
        response.setHeader("myResponseHeader", "864\u{e4}\u{f6}\u{fc}642")
        response.contentType = "text/plain"
        try await response.write("OK\n")
    }
}

/// As many bytes as the query asks for; the container answers `HEAD`.
struct HeadServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let count = await request.integer("n") ?? 0
        if await request.parameter("explicit") == "true" { response.setContentLength(Int64(count)) }
        try await response.write(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: count))
    }
}

/// As ``HeadServlet``, with a `doHead` of its own that writes nothing.
struct OwnHeadServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await HeadServlet().doGet(request, response)
    }

    func doHead(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        guard await request.parameter("explicit") == "true" else { return try await response.flushBuffer() }
        response.setContentLength(Int64(await request.integer("n") ?? 0))
    }
}
