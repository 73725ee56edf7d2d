import CatalinaCore
import Modeler
import ServletAPI

/// The commands of the text interface that need no body, by their names.
///
/// Source: `org.apache.catalina.manager.ManagerServlet.doGet`.
struct TextCommands {
    private let manager: HostManager

    init(_ manager: HostManager) { self.manager = manager }

    /// Carries out a command, `/list` and the like, and returns the lines of its answer.
    func answer(_ command: String, _ parameters: Parameters) async throws -> [String] {
        let manager = self.manager
        let name = Self.name(in: parameters)
        switch command {
        case "/list": return manager.list()
        case "/serverinfo": return HostManager.serverInfo()
        case "/start": return await manager.start(name)
        case "/stop": return await manager.stop(name)
        case "/reload": return await manager.reload(name)
        case "/undeploy": return await manager.undeploy(name)
        case "/deploy": return await self.deploy(name, parameters)
        case "/sessions": return manager.sessions(name)
        case "/expire": return manager.sessions(name, expiringAfter: parameters.first("idle").flatMap { Int($0) })
        case "/resources": return manager.resources(type: parameters.first("type"))
        case "/findleaks": return try await manager.findLeaks(statusLine: parameters.first("statusLine") == "true")
        case "/save": return manager.save()
        default: return try await self.diagnosis(command, parameters)
        }
    }

    /// The application that `path` and `version` name; `nil` without `path`.
    static func name(in parameters: Parameters) -> ContextName? {
        parameters.first("path").map { ContextName(path: $0, version: parameters.first("version")) }
    }

    private func diagnosis(_ command: String, _ parameters: Parameters) async throws -> [String] {
        let server = self.manager.server
        switch command {
        case "/vminfo":
            let report = VirtualMachineReport(server: server)
            return try await FileIO.run { report.lines() }
        case "/threaddump": return try await ThreadDumpReport.current(of: server).lines(at: WallClock.milliseconds())
        case "/sslConnectorCiphers": return TLSCommands(server).ciphers()
        case "/sslConnectorCerts": return TLSCommands(server).certificates()
        case "/sslConnectorTrustedCerts": return TLSCommands(server).trustedCertificates()
        case "/sslReload": return await TLSCommands(server).reload(parameters.first("tlsHostName"))
        default: return [ManagerText.Failure.unknownCommand(command).line]
        }
    }

    private func deploy(_ name: ContextName?, _ parameters: Parameters) async -> [String] {
        func given(_ name: String) -> String? { parameters.first(name).flatMap { $0.isEmpty ? nil : $0 } }
        let (war, descriptor) = (given("war"), given("config"))
        let update = parameters.first("update") == "true"
        if war != nil || descriptor != nil {
            let name = name ?? (descriptor ?? war).map { ContextName(filePath: HostManager.path(of: $0, in: "")) }
            return await self.manager.deploy(name, from: .files(war: war, descriptor: descriptor), update: update)
        }
        guard let tag = parameters.first("tag"), name != nil else {
            return [ManagerText.Failure.invalidParameters(command: "/deploy").line]
        }
        return await self.manager.deploy(name, from: .tag(tag), update: true)
    }
}
