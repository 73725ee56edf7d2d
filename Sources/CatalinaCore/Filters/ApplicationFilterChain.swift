import ServletAPI

/// The filters of one request, then its servlet.
///
/// Source: `org.apache.catalina.core.ApplicationFilterChain`.
final class ApplicationFilterChain: FilterChain {
    private let filters: [FilterTable.Entry]
    private let servlet: any Servlet
    /// The container's own request, which what a filter passes on may wrap.
    private let own: Request
    private var position = 0

    init(_ filters: [FilterTable.Entry], _ servlet: any Servlet, _ own: Request) {
        self.filters = filters
        self.servlet = servlet
        self.own = own
    }

    func doFilter(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        guard self.position < self.filters.count else {
            try await ServletCall.run(self.servlet, request, response, on: self.own.connector)
            return
        }
        let entry = self.filters[self.position]
        self.position += 1
        if !entry.isAsyncSupported { self.own.isAsyncSupported = false }
        try await entry.filter.doFilter(request, response, self)
    }
}
