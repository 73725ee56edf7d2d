import Modeler
package import ServletAPI

/// Reads, sets and calls management beans over HTTP, at `/jmxproxy`.
///
/// `format=json` with a query answers in JSON, which Tomcat does not offer.
/// Source: `org.apache.catalina.manager.JMXProxyServlet`.
package final class JMXProxyServlet: PlacedServlet {
    package static let className = "org.apache.catalina.manager.JMXProxyServlet"

    let place = ManagerPlace()

    package init() {}

    package func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        let beans = try self.place.beans
        let command = BeanCommand(parameters)
        if case .query(let pattern) = command, parameters.first("format") == "json" {
            do {
                let found = try await BeanCommand.select(pattern, from: beans)
                response.prepareManagerAnswer("application/json;charset=utf-8")
                return try await response.write(BeanDump.json(of: found))
            } catch let error as BeanError {
                return try await response.sendError(400, error.description)
            }
        }
        response.prepareManagerAnswer("text/plain;charset=utf-8")
        try await response.write(await command.answer(from: beans))
    }
}
