package import ServletAPI

/// What the server is doing, at `/status` and `/status/all`: a page, or XML or JSON for programs.
///
/// Source: `org.apache.catalina.manager.StatusManagerServlet`.
package final class StatusManagerServlet: PlacedServlet {
    package static let className = "org.apache.catalina.manager.StatusManagerServlet"

    let place = ManagerPlace()

    package init() {}

    package func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        let report = await StatusReport.read(from: try self.place.beans, isComplete: request.pathInfo == "/all")
        if parameters.first("XML") == "true" {
            response.prepareManagerAnswer("text/xml;charset=utf-8")
            try await response.write(report.xml)
        } else if parameters.first("JSON") == "true" {
            response.prepareManagerAnswer("application/json;charset=utf-8")
            try await response.write(report.json)
        } else {
            response.prepareManagerAnswer("text/html;charset=utf-8")
            try await response.write(report.html(in: try self.place.frame(of: request)))
        }
    }
}
