package import CatalinaCore
package import ServletAPI

/// The manager's commands for scripts, at `/text/*`.
///
/// `GET` for all, `PUT` for uploading an application; the answer is always 200, its first line says whether it worked.
/// Source: `org.apache.catalina.manager.ManagerServlet`.
package final class ManagerServlet: HttpServlet, ContainerServlet {
    package static let className = "org.apache.catalina.manager.ManagerServlet"

    private let place = ManagerPlace()

    package init() {}

    package var allowedMethods: [String] { ["GET", "HEAD", "PUT", "OPTIONS"] }

    package func attach(to wrapper: StandardWrapper) { self.place.attach(to: wrapper) }

    package func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        let lines = try await self.answer(Self.command(of: request), parameters)
        try await Self.write(lines, response)
    }

    package func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        let command = Self.command(of: request)
        guard command == "/deploy" else {
            return try await Self.write([ManagerText.Failure.unknownCommand(command).line], response)
        }
        let lines = try await self.manager().deploy(
            Self.name(in: parameters),
            upload: request.inputStream(),
            tag: parameters.first("tag"),
            update: parameters.first("update") == "true"
        )
        try await Self.write(lines, response)
    }

    private func manager() throws -> HostManager {
        try HostManager(host: self.place.host, own: self.place.context)
    }

    private func answer(_ command: String, _ parameters: Parameters) async throws -> [String] {
        let manager = try self.manager()
        let name = Self.name(in: parameters)
        switch command {
        case "/list": return manager.list()
        case "/serverinfo": return HostManager.serverInfo()
        case "/start": return await manager.start(name)
        case "/stop": return await manager.stop(name)
        case "/reload": return await manager.reload(name)
        case "/undeploy": return await manager.undeploy(name)
        case "/deploy": return await Self.deploy(manager, name, parameters)
        case "/sessions": return manager.sessions(name)
        case "/expire": return manager.sessions(name, expiringAfter: parameters.first("idle").flatMap { Int($0) })
        case "/resources": return manager.resources(type: parameters.first("type"))
        case "/findleaks": return try await manager.findLeaks(statusLine: parameters.first("statusLine") == "true")
        case "/save": return manager.save()
        default: return try await Self.diagnosis(command, manager, parameters)
        }
    }

    private static func diagnosis(
        _ command: String,
        _ manager: HostManager,
        _ parameters: Parameters
    ) async throws -> [String] {
        switch command {
        case "/vminfo":
            let report = VirtualMachineReport(server: manager.server)
            return try await FileIO.run { report.lines() }
        case "/threaddump":
            return try await ThreadDumpReport.current(of: manager.server).lines(at: WallClock.milliseconds())
        case "/sslConnectorCiphers": return TLSCommands(manager.server).ciphers()
        case "/sslConnectorCerts": return TLSCommands(manager.server).certificates()
        case "/sslConnectorTrustedCerts": return TLSCommands(manager.server).trustedCertificates()
        case "/sslReload": return await TLSCommands(manager.server).reload(parameters.first("tlsHostName"))
        default: return [ManagerText.Failure.unknownCommand(command).line]
        }
    }

    private static func deploy(
        _ manager: HostManager,
        _ name: ContextName?,
        _ parameters: Parameters
    ) async -> [String] {
        let war = parameters.first("war").flatMap { $0.isEmpty ? nil : $0 }
        let descriptor = parameters.first("config").flatMap { $0.isEmpty ? nil : $0 }
        let update = parameters.first("update") == "true"
        if war != nil || descriptor != nil {
            let name = name ?? (descriptor ?? war).map { ContextName(filePath: HostManager.path(of: $0, in: "")) }
            return await manager.deploy(name, from: .files(war: war, descriptor: descriptor), update: update)
        }
        guard let tag = parameters.first("tag"), name != nil else {
            return [ManagerText.Failure.invalidParameters(command: "/deploy").line]
        }
        return await manager.deploy(name, from: .tag(tag), update: true)
    }

    private static func command(of request: any HttpServletRequest) -> String {
        request.pathInfo ?? request.servletPath
    }

    /// The application that `path` and `version` name; `nil` without `path`.
    private static func name(in parameters: Parameters) -> ContextName? {
        parameters.first("path").map { ContextName(path: $0, version: parameters.first("version")) }
    }

    private static func write(_ lines: [String], _ response: any HttpServletResponse) async throws {
        response.prepareManagerAnswer("text/plain;charset=utf-8")
        try await response.write(lines.map { $0 + "\n" }.joined())
    }
}
