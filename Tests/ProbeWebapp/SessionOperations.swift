import ServletAPI

/// A session as the scripts of clusters use it: what `op` asks for is done, and the session shown, a line for each value.
struct SessionOperationsServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        let operation = parameters.first("op") ?? ""
        let (name, value) = (parameters.first("name") ?? "", parameters.first("value") ?? "")
        response.contentType = "text/plain;charset=UTF-8"
        guard let session = try await request.session(create: ["count", "set"].contains(operation)) else {
            return try await response.write("no session\n")
        }
        switch operation {
        case "count":
            let count = (try session.attribute("count", as: Int.self) ?? 0) + 1
            try session.setAttribute("count", count)
            return try await response.write("count \(count)\n")
        case "set": try session.setAttribute(name, value)
        case "remove": try session.removeAttribute(name)
        case "idle": session.maxInactiveInterval = Int(value) ?? -1
        case "rotate": _ = try await request.changeSessionId()
        case "invalidate":
            try session.invalidate()
            return try await response.write("invalidated\n")
        default: break
        }
        for name in try session.attributeNames.sorted() {
            try await response.write("\(name): \(try session.attribute(name) ?? "null")\n")
        }
        try await response.write("idle \(session.maxInactiveInterval)\n")
    }
}
