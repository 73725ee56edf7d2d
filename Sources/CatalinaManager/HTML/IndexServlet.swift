package import ServletAPI

/// Leads from the manager's own address to its page of applications.
///
/// Source: `index.jsp` of Tomcat's manager application.
package final class IndexServlet: HttpServlet {
    package static let className = "org.apache.catalina.manager.IndexServlet"

    package init() {}

    package func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await response.sendRedirect(request.contextPath + "/html")
    }
}
