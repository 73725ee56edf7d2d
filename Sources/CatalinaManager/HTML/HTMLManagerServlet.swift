package import CatalinaCore
package import ServletAPI

/// The manager's page for people, at `/html`.
///
/// Looking is `GET`; whatever changes something is `POST` with the nonce of the session.
/// Source: `org.apache.catalina.manager.HTMLManagerServlet`.
package final class HTMLManagerServlet: HttpServlet, ContainerServlet {
    package static let className = "org.apache.catalina.manager.HTMLManagerServlet"

    private static let nonceAttribute = "org.apache.catalina.filters.CSRF_NONCE"
    private static let nonceSize = 16

    private let place = ManagerPlace()

    package init() {}

    package var allowedMethods: [String] { ["GET", "HEAD", "POST", "OPTIONS"] }

    package func attach(to wrapper: StandardWrapper) { self.place.attach(to: wrapper) }

    package func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let command = request.pathInfo ?? "/"
        let isKnown = command == "/" || command == "/list"
        let message = isKnown ? [] : [ManagerText.Failure.unknownCommand(command).line]
        try await self.show(message, request, response)
    }

    package func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        let known = try await request.session(create: false)?.attribute(Self.nonceAttribute, as: String.self)
        let given = parameters.first(ApplicationsPage.nonceName) ?? ""
        guard let known, ConstantTime.areEqual(Array(known.utf8), Array(given.utf8)) else {
            return try await response.sendError(403, "The form is not of this session")
        }
        let message = try await self.answer(request.pathInfo ?? "/", parameters, request)
        try await self.show(message, request, response)
    }

    private func answer(
        _ command: String,
        _ parameters: Parameters,
        _ request: any HttpServletRequest
    ) async throws -> [String] {
        let manager = try HostManager(host: self.place.host, own: self.place.context)
        let name = parameters.first("path").map { ContextName(path: $0, version: parameters.first("version")) }
        switch command {
        case "/start": return await manager.start(name)
        case "/stop": return await manager.stop(name)
        case "/reload": return await manager.reload(name)
        case "/undeploy": return await manager.undeploy(name)
        case "/expire": return manager.sessions(name, expiringAfter: parameters.first("idle").flatMap { Int($0) })
        case "/deploy": return await Self.deploy(manager, parameters)
        case "/upload": return try await Self.upload(manager, request)
        case "/findleaks": return try await manager.findLeaks(statusLine: true)
        case "/sslReload": return await TLSCommands(manager.server).reload(parameters.first("tlsHostName"))
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
        guard let part = try await request.part("deployWar"), let file = part.submittedFileName, !file.isEmpty else {
            return ["FAIL - File upload failed, no file"]
        }
        guard file.lowercased().hasSuffix(".war") else {
            return ["FAIL - File uploaded must be a .war: [\(file.onOneLine)]"]
        }
        return await manager.deploy(
            ContextName(filePath: file),
            upload: try part.inputStream(),
            tag: nil,
            update: false
        )
    }

    private func show(
        _ message: [String],
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws {
        let (host, own) = (try self.place.host, try self.place.context)
        let deployer = host.deployer
        let page = ApplicationsPage(
            root: request.contextPath,
            hostName: host.name,
            nonce: try await Self.nonce(of: request.session()),
            rows: host.contexts.map { context in
                ApplicationsPage.Row(
                    path: context.path,
                    version: context.webappVersion,
                    displayName: context.displayName,
                    isRunning: context.state.isAvailable,
                    failure: context.state.isAvailable ? nil : context.failure,
                    sessions: context.manager?.activeSessions ?? 0,
                    isRemovable: deployer?.isDeployed(context.name) ?? false,
                    isOwn: context === own
                )
            },
            message: message
        )
        response.prepareManagerAnswer("text/html;charset=utf-8")
        response.setHeader("Cache-Control", "no-store")
        try await response.write(page.html)
    }

    /// The session's nonce, made with its first page.
    private static func nonce(of session: any HttpSession) throws -> String {
        if let known = try session.attribute(self.nonceAttribute, as: String.self) { return known }
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789ABCDEF")
        let nonce = String((0..<Self.nonceSize * 2).map { _ in digits[Int.random(in: 0..<16, using: &generator)] })
        try session.setAttribute(self.nonceAttribute, nonce)
        return nonce
    }
}
