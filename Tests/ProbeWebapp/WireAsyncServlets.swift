import ServletAPI

/// `OK` after the servlet has returned.
struct AsyncTesterServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let context = try request.startAsync()
        context.start { _, response in
            response.contentType = "text/plain"
            try await response.write("OK")
            context.complete()
        }
    }
}

/// Reads the body after the servlet has returned.
struct AsyncReadBodyServlet: HttpServlet {
    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let context = try request.startAsync()
        context.start { request, response in
            _ = try await request.inputStream().readAll()
            response.contentType = "text/plain"
            response.setCharacterEncoding("UTF-8")
            try await response.write("OK")
            context.complete()
        }
    }
}

/// Dispatches to itself once and never reads the body.
struct AsyncDispatchServlet: HttpServlet {
    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        guard request.dispatcherType == .async else { return try request.startAsync().dispatch(nil) }
        response.contentType = "text/plain"
        response.setCharacterEncoding("UTF-8")
        try await response.write("OK\n")
    }
}

/// Sends a line and leaves the request to its time-out.
struct AsyncIncompleteServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let context = try request.startAsync()
        context.timeout = 3000
        try await response.write("\n")
        try await response.flushBuffer()
    }
}

/// Sets a status of failure, writes nothing and completes.
struct AsyncBadRequestServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let context = try request.startAsync()
        response.status = 400
        context.complete()
    }
}
