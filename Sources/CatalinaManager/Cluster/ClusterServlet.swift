import CatalinaCore
import Modeler
package import ServletAPI

/// The groups that this server belongs to, at `/cluster`: members, sessions, messages, queues and failures.
///
/// Tomcat has no such page; its name stands among those of Tomcat's manager so that a descriptor can name it.
package final class ClusterServlet: PlacedServlet {
    package static let className = "org.apache.catalina.manager.ClusterServlet"

    let place = ManagerPlace()

    package init() {}

    package func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let report = await ClusterReport.read(from: try self.place.beans, now: WallClock.milliseconds())
        response.prepareManagerAnswer("text/html;charset=utf-8")
        response.setHeader("Cache-Control", "no-store")
        try await response.write(report.html(in: try self.place.frame(of: request)))
    }
}
