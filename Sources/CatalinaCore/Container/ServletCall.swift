import ServletAPI

/// Calls a servlet on the thread it asked for.
enum ServletCall {
    static func run(
        _ servlet: any Servlet,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        on connector: ConnectorFacts
    ) async throws {
        guard servlet.blocks else {
            try await servlet.service(request, response)
            return
        }
        // The task moves to a worker thread and comes back; it never runs in two places at once.
        try await withTaskExecutorPreference(connector.workers) { try await servlet.service(request, response) }
    }
}
