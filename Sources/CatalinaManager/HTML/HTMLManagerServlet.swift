import CatalinaCore
import Modeler
package import ServletAPI

/// The manager's page for people, at `/html`.
///
/// Looking is `GET`; whatever changes something is `POST`. That no other site presses a button is the business of
/// the `CsrfPreventionFilter` that the application's descriptor puts before the page.
/// Source: `org.apache.catalina.manager.HTMLManagerServlet`.
package final class HTMLManagerServlet: PlacedServlet {
    package static let className = "org.apache.catalina.manager.HTMLManagerServlet"

    let place = ManagerPlace()

    package init() {}

    package var allowedMethods: [String] { ["GET", "HEAD", "POST", "OPTIONS"] }

    package func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let command = request.pathInfo ?? "/"
        if command == "/sessions" {
            return try await self.sessions(await request.parameters().onlyNames, request, response)
        }
        let isKnown = command == "/" || command == "/list"
        let message = isKnown ? [] : [ManagerText.Failure.unknownCommand(command).line]
        try await self.show(message, request, response)
    }

    package func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        let command = request.pathInfo ?? "/"
        if command == "/sessions" { return try await self.sessions(parameters, request, response) }
        let message = try await self.answer(command, parameters, request)
        try await self.show(message, request, response)
    }

    private func answer(
        _ command: String,
        _ parameters: Parameters,
        _ request: any HttpServletRequest
    ) async throws -> [String] {
        let manager = try HostManager(host: self.place.host, own: self.place.context)
        let name = TextCommands.name(in: parameters)
        switch command {
        case "/start": return await manager.start(name)
        case "/stop": return await manager.stop(name)
        case "/reload": return await manager.reload(name)
        case "/undeploy": return await manager.undeploy(name)
        case "/expire": return manager.sessions(name, expiringAfter: parameters.first("idle").flatMap { Int($0) })
        case "/deploy": return await Self.deploy(manager, parameters)
        case "/upload": return try await Self.upload(manager, request)
        case "/findleaks": return try await manager.findLeaks(statusLine: true)
        case "/sslConnectorCiphers", "/sslConnectorCerts", "/sslConnectorTrustedCerts", "/sslReload":
            return try await TextCommands(manager).answer(command, parameters)
        default: return [ManagerText.Failure.unknownCommand(command).line]
        }
    }

    private static func deploy(_ manager: HostManager, _ parameters: Parameters) async -> [String] {
        func given(_ name: String) -> String? { parameters.first(name).flatMap { $0.isEmpty ? nil : $0 } }
        let (war, descriptor) = (given("deployWar"), given("deployConfig"))
        guard war != nil || descriptor != nil else {
            return [ManagerText.Failure.invalidParameters(command: "/deploy").line]
        }
        let name =
            given("deployPath").map { ContextName(path: $0, version: given("deployVersion")) }
            ?? ContextName(filePath: HostManager.path(of: descriptor ?? war ?? "", in: ""))
        return await manager.deploy(name, from: .files(war: war, descriptor: descriptor), update: false)
    }

    private static func upload(_ manager: HostManager, _ request: any HttpServletRequest) async throws -> [String] {
        let part: (any Part)?
        do {
            part = try await request.part("deployWar")
        } catch let error as ServletError {
            return [ManagerText.Failure.upload(error.message).line]
        } catch let error as IllegalStateError {
            return [ManagerText.Failure.upload(error.message).line]
        }
        guard let part, let file = part.submittedFileName, !file.isEmpty else {
            return [ManagerText.Failure.noUpload.line]
        }
        guard file.lowercased().hasSuffix(".war") else { return [ManagerText.Failure.notWAR(file).line] }
        return await manager.deploy(
            ContextName(filePath: file),
            upload: try part.inputStream(),
            tag: nil,
            update: false
        )
    }

    // MARK: Sessions

    /// Carries out what `action` asks for, and shows all sessions of an application or one of them.
    private func sessions(
        _ parameters: Parameters,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws {
        let name = TextCommands.name(in: parameters)
        let (checked, refusal) = HostManager.checked(name)
        guard let name = checked else { return try await self.show(refusal, request, response) }
        guard let context = try self.place.host.child(named: name.name) as? StandardContext,
            let manager = context.manager
        else { return try await self.show([ManagerText.Failure.noContext(name.displayName).line], request, response) }
        let message = try Self.act(on: manager, parameters)
        let page = SessionsPage(
            form: try self.form(request, response),
            application: name,
            message: message,
            now: WallClock.milliseconds()
        )
        let isDetail = ["sessionDetail", "removeSessionAttribute"].contains(parameters.first("action"))
        let chosen = isDetail ? parameters.first("sessionId").flatMap(manager.sessionInMemory) : nil
        try await Self.write(chosen.map(page.detail) ?? page.list(manager.sessions), response)
    }

    private static func act(on manager: any Manager, _ parameters: Parameters) throws -> [String] {
        let known = parameters.first("sessionId").flatMap(manager.sessionInMemory)
        switch parameters.first("action") {
        case "invalidateSessions":
            let sessions = parameters.all("sessionIds").compactMap(manager.sessionInMemory)
            for session in sessions { session.expire() }
            return ["\(sessions.count) sessions invalidated."]
        case "removeSessionAttribute":
            guard let known, let name = parameters.first("attributeName") else { return ["FAIL - Session not found"] }
            guard try known.attribute(name) != nil else {
                return ["Session did not contain any attribute named '\(name)'"]
            }
            try known.removeAttribute(name)
            return ["Session attribute '\(name)' removed."]
        case "sessionDetail": return known == nil ? ["FAIL - Session not found"] : []
        default: return []
        }
    }

    // MARK: Pages

    private func show(
        _ message: [String],
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws {
        let (host, own) = (try self.place.host, try self.place.context)
        let deployer = host.deployer
        let page = ApplicationsPage(
            form: try self.form(request, response),
            hostName: host.name,
            rows: host.contexts.map { context in
                ApplicationsPage.Row(
                    name: ContextName(path: context.path, version: context.webappVersion),
                    displayName: context.displayName,
                    isRunning: context.state.isAvailable,
                    failure: context.state.isAvailable ? nil : context.failure,
                    sessions: context.manager?.activeSessions ?? 0,
                    idleMinutes: context.model.session.timeoutMinutes,
                    isRemovable: deployer?.isDeployed(context.name) ?? false,
                    isOwn: context === own
                )
            },
            message: message
        )
        try await Self.write(page.html, response)
    }

    private static func write(_ html: String, _ response: any HttpServletResponse) async throws {
        response.prepareManagerAnswer("text/html;charset=utf-8")
        response.setHeader("Cache-Control", "no-store")
        try await response.write(html)
    }

    private func form(_ request: any HttpServletRequest, _ response: any HttpServletResponse) throws -> ManagerForm {
        ManagerForm(frame: try self.place.frame(of: request), encode: response.encodeURL)
    }
}

extension Parameters {
    /// `path` and `version` alone: a page that is only looked at changes nothing.
    fileprivate var onlyNames: Parameters {
        var names = Parameters()
        for name in ["path", "version"] { if let value = self.first(name) { names.append(name, value) } }
        return names
    }
}
