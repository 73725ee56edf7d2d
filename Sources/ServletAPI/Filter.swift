/// Something that sees requests before a servlet and answers after it.
///
/// Source: `jakarta.servlet.Filter`.
public protocol Filter: Sendable {
    /// Called once before the first request.
    ///
    /// - Throws: anything; the application then does not start.
    func initialize(_ config: any FilterConfig) async throws
    /// Handles a request: passes it on with `chain`, changed or not, or answers it itself.
    func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws
    /// Called once after the last request.
    func destroy() async
}

extension Filter {
    /// Does nothing.
    public func initialize(_ config: any FilterConfig) async throws {}
    /// Does nothing.
    public func destroy() async {}
}

/// What follows a filter: more filters, then the servlet.
///
/// Source: `jakarta.servlet.FilterChain`.
public protocol FilterChain: AnyObject {
    /// Runs what follows.
    func doFilter(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws
}

/// The declaration of one filter.
///
/// Source: `jakarta.servlet.FilterConfig`.
public protocol FilterConfig: Sendable {
    /// The `<filter-name>`.
    var filterName: String { get }
    /// The application that the filter belongs to.
    var servletContext: any ServletContext { get }
    /// The value of an `<init-param>`.
    func initParameter(_ name: String) -> String?
    /// The names of all init parameters.
    var initParameterNames: [String] { get }
}
