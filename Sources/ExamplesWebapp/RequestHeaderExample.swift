import ServletAPI

/// `/servlets/servlet/RequestHeaderExample`: the request's headers, as JSON if the client prefers that to HTML.
struct RequestHeaderExample: HttpServlet {
    var allowedMethods: [String] { ["GET", "HEAD", "POST", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let sessionId = try await request.session(create: false)?.id
        let headers = request.headerNames.map { name in
            let value = request.header(name) ?? ""
            let isCookie = name.lowercased().contains("cookie")
            return (name, isCookie ? SessionIdFilter.shown(header: value, sessionId: sessionId) : value)
        }
        if Self.prefersJSON(request.header("Accept")) {
            response.contentType = "application/json"
            response.setCharacterEncoding("UTF-8")
            let members = headers.map { "{\($0.quotedForJSON):\($1.quotedForJSON)}" }
            try await response.write("[" + members.joined(separator: ",") + "]")
        } else {
            var page = Page(title: "Request Header Example", description: "reqheaders.html")
            page.appendTable(headers)
            try await page.send(response)
        }
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }

    /// Whether JSON is named before HTML; qualities are not looked at.
    static func prefersJSON(_ accept: String?) -> Bool {
        for range in accept?.split(separator: ",") ?? [] {
            if range.contains("application/json") { return true }
            if range.contains("html") { return false }
        }
        return false
    }
}
