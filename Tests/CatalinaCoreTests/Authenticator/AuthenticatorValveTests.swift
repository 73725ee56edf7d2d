import Modeler
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

@Suite struct AuthenticatorValveTests {
    @Test("preflights pass as in Tomcat", arguments: Vectors.rows("07/07_auth_cors_preflight.jsonl"))
    func preflights(row: VectorRow) async throws {
        var configuration = AuthenticatorConfiguration(method: "NONE")
        configuration.allowCorsPreflight = try .init(attributeText: try row.string("allow_cors_preflight"))
        var map = FilterMap(filterName: "cors")
        map.urlPatterns = [try row.string("filter_mapping")]
        let container = try await Self.container(configuration, maps: [map])
        var headers: [(name: String, value: String)] = []
        if let origin = row["origin"].string { headers.append(("Origin", origin)) }
        if let method = row["access_control_request_method"].string {
            headers.append(("Access-Control-Request-Method", method))
        }
        let answer = await container.send(try row.string("method"), "/target", headers) { $0.serverPort = 80 }
        row.expect(answer.status, equals: try row.int("status"))
    }

    @Test("a client's certificate is its login, if the realm knows its subject")
    func certificates() async throws {
        var configuration = AuthenticatorConfiguration(method: "CLIENT-CERT")
        configuration.alwaysUseSession = true
        let rows = Vectors.rows("10/recorded_subject_names.jsonl")
        let users = try rows.prefix(1).map {
            UserDatabase.User(username: try $0.string("name"), password: "", roles: ["r"])
        }
        var settings = MemoryRealm.Configuration()
        settings.settings.validate = false
        let realm = MemoryRealm(configuration: settings)
        var content = UserDatabase.Content()
        content.users = users
        realm.use(UserDatabase(name: "users", pathname: "") { [content] in content })
        let container = try await Self.container(configuration, realm: realm)
        for (row, status) in zip(rows, [200, 401]) {
            let hex = try row.string("der")
            let der = try #require(HexText.decode(hex))
            let answer = await container.send("GET", "/x") { request in
                request.sslSupport = SSLSupport(
                    protocolName: "TLSv1.3",
                    cipherSuite: "TLS_AES_256_GCM_SHA384",
                    keySize: 256,
                    sessionID: "",
                    peerCertificates: [der]
                )
            }
            #expect(answer.status == status)
            #expect((answer["set-cookie"] != nil) == (status == 200))
        }
        #expect(await container.send("GET", "/x").status == 401)
    }

    @Test("a proxy is told who the user is, if it is one and asked for", arguments: [true, false], [true, false])
    func information(isSent: Bool, isForwarded: Bool) async throws {
        var configuration = AuthenticatorConfiguration(method: "BASIC")
        configuration.sendAuthInfoResponseHeaders = isSent
        let realm = memoryRealm([UserDatabase.User(username: "user", password: "password", roles: ["r"])])
        let container = try await Self.container(configuration, realm: realm) { context in
            if isForwarded { context.pipeline.add(ForwardedValve()) }
        }
        let answer = await container.send(
            "GET",
            "/x",
            [(name: "Authorization", value: "Basic " + Base64.encode(Array("user:password".utf8)))]
        )
        #expect(answer.status == 200)
        #expect(answer["remote-user"] == (isSent && isForwarded ? "user" : nil))
        #expect(answer["auth-type"] == (isSent && isForwarded ? "BASIC" : nil))
    }

    @Test("a servlet's own names of roles count in constraints", arguments: [("r", 200), ("other", 403)])
    func references(role: String, status: Int) async throws {
        let realm = memoryRealm([UserDatabase.User(username: "user", password: "password", roles: [role])])
        let container = try await Self.container(
            AuthenticatorConfiguration(method: "BASIC"),
            realm: realm,
            references: ["link": "r"],
            roles: ["link"]
        )
        let credentials = "Basic " + Base64.encode(Array("user:password".utf8))
        #expect(await container.send("GET", "/x", [(name: "Authorization", value: credentials)]).status == status)
    }

    @Test("a context whose login method is unknown does not start", arguments: ["basic", "SPNEGO", "X", ""])
    func unknownMethod(method: String) async throws {
        let context = StandardContext(configuration: StandardContext.Configuration())
        var login = LoginConfiguration()
        login.method = method
        var model = ApplicationModel()
        model.login = login
        context.model = model
        #expect(throws: LifecycleError.self) { try AuthenticatorValve.install(in: context) }
    }

    @Test("the valve stands where the configuration names it, and leaves with the context")
    func place() throws {
        let context = StandardContext(configuration: StandardContext.Configuration())
        try AuthenticatorValve.install(in: context)
        #expect(context.pipeline.valves.map { type(of: $0) == AuthenticatorValve.self } == [true])
        #expect(context.authenticator?.method == "NONE")
        AuthenticatorValve.uninstall(from: context)
        #expect(context.pipeline.valves.isEmpty)
        #expect(context.authenticator == nil)
        context.pipeline.add(AuthenticatorSettings(configuration: AuthenticatorConfiguration(method: "DIGEST")))
        context.pipeline.add(ForwardedValve())
        try AuthenticatorValve.install(in: context)
        #expect(context.pipeline.valves.count == 2)
        #expect(context.authenticator?.method == "DIGEST")
        AuthenticatorValve.uninstall(from: context)
        #expect(context.pipeline.valves.count == 2)
    }

    @Test("each authenticator has a descriptor with the attributes of its kind")
    func descriptors() {
        let names = AuthenticatorSettings.descriptors.map { $0.className.split(separator: ".").last.map(String.init) }
        #expect(
            names == [
                "BasicAuthenticator", "DigestAuthenticator", "FormAuthenticator", "SSLAuthenticator",
                "NonLoginAuthenticator",
            ]
        )
        let own = ["trimCredentials", "nonceValidity", "landingPage", "cache", "cache"]
        for (descriptor, name) in zip(AuthenticatorSettings.descriptors, own) {
            #expect(descriptor.attributes.contains { $0.info.name == name })
        }
    }

    /// Stands for a page behind a CORS filter that lets other origins use GET only.
    private static func answer(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws {
        if let method = request.header("access-control-request-method"), method != "GET" {
            try await response.sendError(403)
        } else {
            try await response.write("OK")
        }
    }

    private static func container(
        _ configuration: AuthenticatorConfiguration,
        realm: any Realm = NullRealm(configuration: NullRealm.Configuration()),
        maps: [FilterMap] = [],
        references: [String: String] = [:],
        roles: [String] = ["r"],
        _ prepare: (StandardContext) -> Void = { _ in }
    ) async throws -> EmbeddedContainer {
        let container = try EmbeddedContainer()
        let files = try FileTree()
        let context = try await container.add(path: "", documentBase: files.path) { model, classes in
            var servlet = ServletDefinition(name: "ok", className: "ok")
            servlet.securityRoleReferences = references
            model.servlets = [servlet]
            model.servletMappings = [(pattern: "/*", servletName: "ok")]
            model.securityConstraints = [LoginApplication.constraint("/*", roles: roles)]
            classes.servlets["ok"] = { ClosureServlet(body: Self.answer) }
        }
        context.base.realm = realm
        prepare(context)
        var model = ApplicationModel()
        model.filters = [FilterDefinition(name: "cors", className: "org.apache.catalina.filters.CorsFilter")]
        model.filterMaps = maps
        let method = try #require(configuration.makeLogin())
        context.pipeline.add(
            AuthenticatorValve(
                method,
                model: model,
                configuration: configuration,
                constraints: SecurityConstraints(
                    [LoginApplication.constraint("/*", roles: roles)],
                    applicationRoles: roles
                )
            )
        )
        try await container.start()
        return container
    }
}

/// Marks requests as RemoteIpValve does.
private final class ForwardedValve: Valve {
    func invoke(_ request: CatalinaCore.Request, _ response: CatalinaCore.Response, next: Pipeline.Next) async throws {
        request.setAttribute("org.apache.tomcat.request.forwarded", true)
        try await next.invoke(request, response)
    }
}
