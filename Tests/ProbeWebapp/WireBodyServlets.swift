import ServletAPI

/// Reads the body and says `OK`; unless it hides errors or ends the connection, it asks for its writer first.
struct ReadBodyServlet: HttpServlet {
    /// Whether an error of reading is kept from the container.
    let swallowsErrors: Bool
    var closes = false

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        if !self.swallowsErrors, !self.closes {
            response.contentType = "text/plain"
            _ = try response.writer()
        }
        do {
            _ = try await request.inputStream().readAll()
        } catch {
            guard self.swallowsErrors else { throw error }
        }
        if self.closes { response.setHeader("Connection", "close") }
        response.contentType = "text/plain"
        try await response.write("OK")
    }
}

/// Counts the bytes of the body, up to a limit.
struct CountBodyServlet: HttpServlet {
    let limit: Int

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        let writer = try response.writer()
        let input = try request.inputStream()
        var count = 0
        while count < self.limit, let next = try await input.read(upTo: self.limit - count) { count += next.count }
        try await writer.write("\(count)")
    }
}

/// Counts the lines of the body, and those of them that are short.
struct CountLinesServlet: HttpServlet {
    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let lines = try await request.reader().readAll().split(separator: "\n")
        response.contentType = "text/plain"
        try await response.write("\(lines.count),\(lines.count { $0.count <= 6 })")
    }
}

/// Sends the body back as it arrives.
struct EchoBodyServlet: HttpServlet {
    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let input = try request.inputStream()
        let output = try response.outputStream()
        while let next = try await input.read(upTo: 8192) { try await output.write(next) }
    }
}

/// The two trailer fields before the body was read, its length, and the two trailer fields afterwards.
struct TrailersServlet: HttpServlet {
    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        let writer = try response.writer()
        let before = self.trailers(request)
        let count = try await request.inputStream().readAll().count
        try await writer.write(before + "\(count)" + self.trailers(request))
    }

    private func trailers(_ request: any HttpServletRequest) -> String {
        ["x-trailer1", "x-trailer2"].map { request.trailerFields[$0] ?? "null" }.joined()
    }
}

/// The parameters in the page of a small application with sessions.
struct EchoParamsServlet: HttpServlet {
    var allowedMethods: [String] { ["GET", "HEAD", "POST", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        _ = try await request.session()
        response.contentType = "text/html"
        let parameters = await request.parameters()
        let lines = parameters.names.map { "<p>\($0) - \(parameters.first($0) ?? "")</p>\n" }.joined()
        try await response.write("\n\n<html>\n<body>\n\(lines)\n</body>\n</html>\n")
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }
}

/// A line for each parameter, in the order in which they came.
struct ParameterLinesServlet: HttpServlet {
    let charset: String?

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        if let charset = self.charset { response.setCharacterEncoding(charset) }
        let writer = try response.writer()
        let parameters = await request.parameters()
        for name in parameters.names { try await writer.write("\(name)=\(parameters.first(name) ?? "")\n") }
    }
}

/// Every value of every parameter, sorted.
struct SortedParametersServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        response.setCharacterEncoding("UTF-8")
        let parameters = await request.parameters()
        let pairs = parameters.names.flatMap { name in parameters.all(name).map { "\(name)=\($0)" } }
        try await response.write(pairs.sorted().joined(separator: ","))
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }

    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }
}

/// One part of a multipart body, as parameter.
struct PartServlet: HttpServlet {
    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try request.setCharacterEncoding("UTF-8")
        if request.requestURI.hasSuffix("parseParametersBeforeParseParts") { _ = await request.parameters() }
        _ = try await request.part("part")
        response.contentType = "text/plain"
        response.setCharacterEncoding("UTF-8")
        try await response.write("Part \(await request.parameter("part") ?? "null")\n")
    }
}

/// The body as text, in the charset that the client names.
struct ReaderServlet: HttpServlet {
    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        try await response.write(try await request.reader().readAll())
    }
}

/// Refuses requests whose parameters could not be read in full.
///
/// The marks are the request attributes that the container leaves; forms that are too long get 413, others 400.
struct FailedRequestFilter: Filter {
    func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        _ = await request.parameters()
        let mark = "org.apache.catalina.parameter_parse_failed"
        guard request.attribute(mark) != nil else { return try await chain.doFilter(request, response) }
        let reason = request.attribute(mark + "_reason").map { "\($0)" } ?? ""
        try await response.sendError(reason == "POST_TOO_LARGE" ? 413 : 400)
    }
}
