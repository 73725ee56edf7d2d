import ServletAPI

/// Takes the parameter `access_token` for a bearer token where a request has no `Authorization` header.
///
/// Only on GET and HEAD, and on POST of exactly a form: no other body is read for it.
struct AccessTokenFilter: Filter {
    func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        let mayHaveParameter =
            ["GET", "HEAD"].contains(request.method)
            || (request.method == "POST" && request.contentType == "application/x-www-form-urlencoded")
        if mayHaveParameter, request.header("Authorization") == nil,
            let token = await request.parameter("access_token")
        {
            request.setAttribute(RequestState.authorization, "Bearer " + token)
            if !response.containsHeader("Cache-Control") { response.setHeader("Cache-Control", "private") }
        }
        try await chain.doFilter(request, response)
    }
}
