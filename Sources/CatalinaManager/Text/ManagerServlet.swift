import CatalinaCore
package import ServletAPI

/// The manager's commands for scripts, at `/text/*`.
///
/// `GET` for all, `PUT` for uploading an application; the answer is always 200, its first line says whether it worked.
/// Source: `org.apache.catalina.manager.ManagerServlet`.
package final class ManagerServlet: PlacedServlet {
    package static let className = "org.apache.catalina.manager.ManagerServlet"

    let place = ManagerPlace()

    package init() {}

    package var allowedMethods: [String] { ["GET", "HEAD", "PUT", "OPTIONS"] }

    package func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        let lines = try await TextCommands(self.manager()).answer(Self.command(of: request), parameters)
        try await Self.write(lines, response)
    }

    package func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        let command = Self.command(of: request)
        guard command == "/deploy" else {
            return try await Self.write([ManagerText.Failure.unknownCommand(command).line], response)
        }
        let lines = try await self.manager().deploy(
            TextCommands.name(in: parameters),
            upload: request.inputStream(),
            tag: parameters.first("tag"),
            update: parameters.first("update") == "true"
        )
        try await Self.write(lines, response)
    }

    private func manager() throws -> HostManager {
        try HostManager(host: self.place.host, own: self.place.context)
    }

    private static func command(of request: any HttpServletRequest) -> String {
        request.pathInfo ?? request.servletPath
    }

    private static func write(_ lines: [String], _ response: any HttpServletResponse) async throws {
        response.prepareManagerAnswer("text/plain;charset=utf-8")
        try await response.write(lines.map { $0 + "\n" }.joined())
    }
}
