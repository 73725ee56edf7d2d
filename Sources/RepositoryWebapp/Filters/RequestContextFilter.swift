import RepositoryCore
import ServletAPI

/// Names each request, and reads the JSON object that a client may send along for hooks.
struct RequestContextFilter: Filter {
    /// Longest id that a client may give its request, in bytes.
    private static let idMaximum = 256

    func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        var id = request.header("Request-Id") ?? ""
        let isPlain = id.utf8.allSatisfy { (0x20...0x7e).contains($0) }
        if id.isEmpty || id.utf8.count > Self.idMaximum || !isPlain { id = Hex.encode(SystemEntropy().bytes(6)) }
        request.setAttribute(RequestState.id, id)
        response.setHeader("Request-Id", id)
        // A body that is not a form has no parameters, and a form's are read only where a form is expected.
        if let query = request.queryString, query.utf8.contains(UInt8(ascii: "=")),
            let text = await request.parameter("requestContext")
        {
            guard let context = try? JSONValue(parsing: text), context.object != nil else {
                let error = RepositoryError.badRequest("Unable to parse requestContext")
                return try await ErrorResponse.write(error, to: response) { _ in }
            }
            request.setAttribute(RequestState.context, context)
        }
        try await chain.doFilter(request, response)
    }
}
