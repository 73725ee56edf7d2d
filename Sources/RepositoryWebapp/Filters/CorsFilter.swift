import ServletAPI

/// Lets pages of any origin use the repository, without credentials of the browser's own.
struct CorsFilter: Filter {
    private static let methods = "GET,HEAD,POST,DELETE,PUT"
    private static let exposed =
        "Location,X-Schema,X-Permission,WWW-Authenticate,Content-Length,Content-Disposition,Origin,Content-Range"

    func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        guard request.header("Origin") != nil else { return try await chain.doFilter(request, response) }
        response.setHeader("Access-Control-Allow-Origin", "*")
        guard request.method == "OPTIONS", request.header("Access-Control-Request-Method") != nil else {
            response.setHeader("Access-Control-Expose-Headers", Self.exposed)
            return try await chain.doFilter(request, response)
        }
        response.setHeader("Access-Control-Allow-Methods", Self.methods)
        response.setHeader("Access-Control-Max-Age", "1800")
        if let headers = request.header("Access-Control-Request-Headers") {
            response.setHeader("Access-Control-Allow-Headers", headers)
        }
        response.setContentLength(0)
    }
}
