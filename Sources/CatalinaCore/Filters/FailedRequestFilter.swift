package import ServletAPI

/// Refuses requests of which not every parameter could be taken.
///
/// Source: `org.apache.catalina.filters.FailedRequestFilter`.
package final class FailedRequestFilter: Filter {
    package static let className = "org.apache.catalina.filters.FailedRequestFilter"
    private static let failed = "org.apache.catalina.parameter_parse_failed"

    package init() {}

    package func initialize(_ config: any FilterConfig) async throws {
        try FilterParameters.read(config, of: Self.className, isStrict: true) { _, _ in false }
    }

    package func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        _ = await request.parameters()
        guard request.attribute(Self.failed) != nil else { return try await chain.doFilter(request, response) }
        switch request.attribute(Self.failed + "_reason") as? String {
        case "IO_ERROR": try await response.sendError(500)
        case "POST_TOO_LARGE": try await response.sendError(413)
        default: try await response.sendError(400)
        }
    }
}
