import CatalinaSession
import Modeler
import ServletAPI
import Synchronization
import TestSupport

@testable import CatalinaCore
@testable import Coyote

/// The application of the recorded conversations: protected and open pages that show what they see of the user.
struct LoginApplication {
    static let users: [UserDatabase.User] = [
        UserDatabase.User(username: "user1", password: "pass1", roles: ["role1"]),
        UserDatabase.User(username: "user2", password: "pass2", roles: [], groups: ["g"]),
        UserDatabase.User(username: "müller", password: "pässwort", roles: ["role1"]),
        UserDatabase.User(username: "locked", password: "right", roles: ["role1"]),
    ]

    let name: String
    var method: String?
    var realmName: String?
    /// `there`, `missing`, or `nil` for a descriptor that names no pages.
    var pages: String?
    var valve: (className: String, attributes: [String: String])?
    var deniesUncovered = false
    var context: [String: String] = [:]

    init(_ value: JSONValue) {
        self.name = value["name"].string ?? ""
        self.method = value["method"].string
        self.realmName = value["realm"].string
        self.pages = value["pages"].string
        self.valve = value["valve"]["className"].string.map { className in
            (className, (value["valve"]["attributes"].object ?? [:]).compactMapValues(\.string))
        }
        self.deniesUncovered = value["deniesUncovered"].bool ?? false
        self.context = (value["context"].object ?? [:]).compactMapValues(\.string)
    }

    /// Puts the application into a container that has not been started.
    func install(
        in container: EmbeddedContainer,
        _ files: FileTree,
        now: @escaping @Sendable () -> Int64
    ) async throws {
        let model = self.model()
        let attributes = self.context
        let context = try await container.add(
            path: "/" + self.name,
            documentBase: files.path,
            context: {
                $0.preemptiveAuthentication = attributes["preemptiveAuthentication"] == "true"
                $0.useHttpOnly = attributes["useHttpOnly"] != "false"
                $0.usePartitioned = attributes["usePartitioned"] == "true"
            },
            { target, classes in
                target = model
                classes.servlets = Self.servlets
            }
        )
        var setup = context.setup
        setup.makeManager = { _ in StandardManager(configuration: .init(), now: now) }
        context.setup = setup
        context.base.realm = self.realm()
        if let valve = self.valve { context.pipeline.add(try Self.authenticator(valve)) }
        context.lifecycle.add(AuthenticatorInstaller())
    }

    private func realm() -> any Realm {
        var content = UserDatabase.Content()
        content.users = Self.users
        content.groups = [UserDatabase.Group(name: "g", roles: ["role2"])]
        content.roles = [UserDatabase.Role(name: "role1"), UserDatabase.Role(name: "role2")]
        let users = MemoryRealm(configuration: MemoryRealm.Configuration())
        users.use(UserDatabase(name: "UserDatabase", pathname: "") { [content] in content })
        guard self.name == "lockout" else { return users }
        var configuration = LockOutRealm.Configuration()
        configuration.failureCount = 3
        let realm = LockOutRealm(configuration: configuration)
        realm.add(users)
        return realm
    }

    private static func authenticator(
        _ valve: (className: String, attributes: [String: String])
    ) throws -> any Valve {
        guard let descriptor = AuthenticatorSettings.descriptors.first(where: { $0.className == valve.className })
        else {
            throw VectorError.unexpected("no class \(valve.className)")
        }
        var builder = descriptor.instantiate()
        for (name, value) in valve.attributes { try builder.set(name, to: value) }
        guard let made = try builder.build() as? any Valve else {
            throw VectorError.unexpected("\(valve.className) is no valve")
        }
        return made
    }

    // MARK: Descriptor

    private func model() -> ApplicationModel {
        var model = ApplicationModel()
        for (name, patterns) in [
            "show": ["/show.jsp", "/p/show.jsp", "/p/other.jsp", "/q/show.jsp", "/any/show.jsp"],
            "do": ["/do.jsp"], "login": ["/login.html"], "error": ["/error.html"], "default": ["/"],
        ] {
            model.servlets.append(ServletDefinition(name: name, className: name))
            model.servletMappings += patterns.map { ($0, name) }
        }
        model.session.timeoutMinutes = 30
        model.denyUncoveredHttpMethods = self.deniesUncovered
        if self.name == "basic" { model.securityRoles = ["role1"] }
        model.securityConstraints = [
            Self.constraint("/p/*", roles: ["role1"]),
            Self.constraint("/q/*", methods: ["POST"], roles: ["**"]),
            Self.constraint("/secure/*", roles: nil, guarantee: "CONFIDENTIAL"),
            Self.constraint("/none/*", roles: []),
            Self.constraint("/any/*", roles: ["*"]),
        ]
        guard let method = self.method else { return model }
        var login = LoginConfiguration()
        login.method = method
        login.realmName = self.realmName
        if let pages = self.pages {
            login.loginPage = pages == "there" ? "/login.html" : "/nologin.html"
            login.errorPage = pages == "there" ? "/error.html" : "/noerror.html"
        }
        model.login = login
        return model
    }

    static func constraint(
        _ pattern: String,
        methods: Set<String> = [],
        roles: [String]?,
        guarantee: String = "NONE"
    ) -> SecurityConstraint {
        var collection = SecurityConstraint.Collection(name: pattern, patterns: [pattern])
        collection.methods = methods
        var constraint = SecurityConstraint()
        constraint.collections = [collection]
        constraint.roles = roles
        constraint.transportGuarantee = guarantee
        return constraint
    }

    // MARK: Servlets

    private static let servlets: [String: @Sendable () -> any Servlet] = [
        "show": { ClosureServlet(body: Self.show) },
        "do": { ClosureServlet(body: Self.act) },
        "login": { ClosureServlet { _, response in try await response.write("LOGIN PAGE") } },
        "error": { ClosureServlet { _, response in try await response.write("ERROR PAGE") } },
        "default": { DefaultServlet() },
    ]

    /// Prints the request.
    private static func show(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws {
        if request.method == "OPTIONS" { return }
        var body: [UInt8] = []
        let stream = try request.inputStream()
        while let piece = try await stream.read(upTo: 4096) { body += piece }
        let idle = try await request.session(create: false)?.maxInactiveInterval ?? -9
        let text = [
            "m=" + request.method, "u=" + (request.remoteUser ?? "null"), "a=" + (request.authType ?? "null"),
            "q=" + (request.queryString ?? "null"), "ct=" + (request.contentType ?? "null"),
            "b=" + body.span.latin1Text, "i=\(idle)", "x=" + (request.header("x-test") ?? "null"),
            "ims=" + (request.header("if-modified-since") ?? "null"),
            "inm=" + (request.header("if-none-match") ?? "null"), "r1=\(request.isUserInRole("role1"))",
            "star=\(request.isUserInRole("*"))", "any=\(request.isUserInRole("**"))",
        ]
        response.setCharacterEncoding("UTF-8")
        try await response.write(text.joined(separator: " "))
    }

    /// Does what the parameter `do` says.
    private static func act(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        var outcome = ""
        do {
            switch await request.parameter("do") {
            case "login":
                let name = await request.parameter("u")
                let password = await request.parameter("p")
                try await request.login(name ?? "", password ?? "")
                outcome = "in"
            case "logout":
                try await request.logout()
                outcome = "out"
            case "auth": outcome = "\(try await request.authenticate(response))"
            case "session": outcome = "\(try await request.session(create: true) != nil)"
            case "invalidate":
                try await request.session(create: true)?.invalidate()
                outcome = "ended"
            case "idle":
                try await request.session(create: true)?.maxInactiveInterval = 1
                outcome = "idle"
            case "rotate":
                _ = try await request.changeSessionId()
                outcome = "rotated"
            default: break
            }
        } catch let error as ServletError {
            outcome = error.message
        }
        let user = request.remoteUser ?? "null"
        try await response.write("o=\(outcome) u=\(user) a=\(request.authType ?? "null")")
    }
}

/// Plays that part of the context configuration which chooses the authenticator.
final class AuthenticatorInstaller: LifecycleListener {
    func lifecycleEvent(_ event: LifecycleEvent) async throws {
        guard let context = event.lifecycle as? StandardContext else { return }
        switch event.kind {
        case .configureStart: try AuthenticatorValve.install(in: context)
        case .configureStop: AuthenticatorValve.uninstall(from: context)
        default: break
        }
    }
}
