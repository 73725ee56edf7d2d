import ServletAPI

/// Says who the client is, and logs it out.
struct WhoServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain;charset=UTF-8"
        switch await request.parameter("op") {
        case "logout": try await request.logout()
        case "invalidate": try await request.session().invalidate()
        case "idle": try await request.session().maxInactiveInterval = 1
        default: break
        }
        try await response.write("\(request.remoteUser ?? "null") \(request.authType ?? "null")\n")
    }
}

/// Sets, removes and shows attributes of the application.
struct ContextAttributesServlet: HttpServlet {
    /// A value that cannot leave the process.
    private struct Local: Sendable, CustomStringConvertible {
        var description: String { "here" }
    }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain;charset=UTF-8"
        let parameters = await request.parameters()
        let context = request.servletContext
        let (name, value) = (parameters.first("name") ?? "", parameters.first("value") ?? "")
        switch parameters.first("op") {
        case "set": context.setAttribute(name, value)
        case "number": context.setAttribute(name, Int(value))
        case "local": context.setAttribute(name, Local())
        case "remove": context.setAttribute(name, nil)
        default: break
        }
        for name in context.attributeNames.sorted() where !name.contains(".") {
            guard let value = context.attribute(name) else { continue }
            try await response.write("\(name): \(value)\n")
        }
    }
}
