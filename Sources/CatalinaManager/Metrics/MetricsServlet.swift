import Modeler
package import ServletAPI

/// The numbers of all management beans for Prometheus, at `/metrics`.
///
/// Tomcat has nothing like it; the beans are the same that `/jmxproxy` shows.
package final class MetricsServlet: PlacedServlet {
    package static let className = "org.apache.catalina.manager.MetricsServlet"

    let place = ManagerPlace()

    package init() {}

    package func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let format = Exposition.Format(accept: request.header("Accept"))
        let beans = try await self.place.beans.query(ObjectName("*:*"))
        response.prepareManagerAnswer(format.contentType)
        try await response.write(Exposition.text(of: beans, format))
    }
}
