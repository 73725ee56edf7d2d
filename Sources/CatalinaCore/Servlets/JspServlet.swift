package import ServletAPI

/// Stands where the stock `web.xml` maps `*.jsp`: pages in Java cannot run here, and their source must not be served.
///
/// Source: the mapping of `org.apache.jasper.servlet.JspServlet`.
package final class JspServlet: HttpServlet {
    package static let className = "org.apache.jasper.servlet.JspServlet"

    package init() {}

    /// Answers 501 for a page that exists, 404 for one that does not; as an error page it leaves the word to the
    /// container's own.
    package func service(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let path = request.servletPath + (request.pathInfo ?? "")
        if request.servletContext.realPath(path) == nil {
            try await response.sendError(404, "JSP file [\(path)] not found")
        } else if request.dispatcherType == .error {
            request.setAttribute(RequestAttribute.pageUnavailable, true)
        } else {
            try await response.sendError(
                501,
                "JSP file [\(path)] cannot be served: JavaServer Pages need a Java runtime"
            )
        }
    }
}
