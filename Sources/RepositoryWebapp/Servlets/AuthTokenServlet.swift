import RepositoryCore
import ServletAPI

/// `/auth/token`, `/auth/introspect`, `/auth/revoke`: access tokens in the manner of OAuth 2.
struct AuthTokenServlet: HttpServlet {
    private static let assertionGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    /// Largest body of a token request, in bytes.
    private static let bodySizeMaximum = 1 << 20

    let application: RepositoryApplication

    var allowedMethods: [String] { ["POST", "OPTIONS"] }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        response.setHeader("Cache-Control", "no-store")
        response.setHeader("Pragma", "no-cache")
        let fields = try await Self.fields(of: request)
        let isFull = RequestParameters(await request.parameters()).flag("full")
        switch request.pathInfo {
        case "/token":
            let account = AccountInfo(service: running.service, isFull: isFull)
            let caller = try await self.caller(fields, running)
            let token = running.service.sessions.create(for: caller)
            var answer: JSONObject = ["access_token": .string(token), "token_type": "Bearer"]
            for (key, value) in account.active(caller) { answer[key] = value }
            try await response.write(json: .object(answer))
        case "/introspect":
            guard let token = fields["token"] else { throw Self.failure("invalid_request") }
            try await response.write(json: try await self.introspect(token, isFull, running))
        case "/revoke":
            guard let token = fields["token"] else { throw Self.failure("invalid_request") }
            running.service.sessions.revoke(token)
            try await response.write(json: ["active": false])
        default:
            throw RepositoryError.notFound("Not found")
        }
    }

    private static func failure(_ error: String) -> RepositoryError {
        RepositoryError(status: 400, body: ["error": .string(error)])
    }

    /// Fields of a form or string members of a JSON object.
    private static func fields(of request: any HttpServletRequest) async throws -> [String: String] {
        var fields: [String: String] = [:]
        if request.isForm {
            let parameters = await request.parameters()
            for name in parameters.names { fields[name] = parameters.first(name) }
        } else if request.mediaType == "application/json" {
            let body = try await request.body(limit: Self.bodySizeMaximum)
            guard let json = (try? JSONValue(parsing: body))?.object else { throw Self.failure("invalid_request") }
            for (key, value) in json { fields[key] = value.string }
        } else {
            throw Self.failure("invalid_request")
        }
        return fields
    }

    private func caller(
        _ fields: [String: String],
        _ running: RepositoryApplication.Running
    ) async throws -> Caller {
        let credentials: Credentials
        let hasPassword = fields["username"] != nil && fields["password"] != nil
        switch fields["grant_type"] {
        case "password",
            nil where hasPassword:
            guard let username = fields["username"], let password = fields["password"] else {
                throw Self.failure("invalid_request")
            }
            credentials = .basic(username: username, password: password)
        case Self.assertionGrant:
            guard let assertion = fields["assertion"] else { throw Self.failure("invalid_request") }
            credentials = .assertion(assertion)
        case nil: throw Self.failure("invalid_request")
        default: throw Self.failure("unsupported_grant_type")
        }
        var body: JSONObject = ["error": "invalid_grant", "error_description": "Authorization failed"]
        switch try await running.authenticator.authenticate(credentials) {
        case .success(let caller): return caller
        case .passwordChangeRequired: body["passwordChangeRequired"] = true
        case .anonymous, .failed, .inactive: break
        }
        throw RepositoryError(status: 400, body: .object(body))
    }

    private func introspect(
        _ token: String,
        _ isFull: Bool,
        _ running: RepositoryApplication.Running
    ) async throws -> JSONValue {
        let account = AccountInfo(service: running.service, isFull: isFull)
        guard case .success(let caller) = try await running.authenticator.authenticate(.token(token)) else {
            return .object(account.inactive())
        }
        return .object(account.active(caller))
    }
}

/// What answers say of an account.
struct AccountInfo {
    let service: RepositoryService
    let isFull: Bool

    func active(_ caller: Caller) -> JSONObject {
        var answer: JSONObject = ["active": true]
        answer["userId"] = caller.userID.map { .string($0) }
        answer["username"] = caller.username.map { .string($0) }
        self.extend(&answer, caller)
        return answer
    }

    func inactive() -> JSONObject {
        var answer: JSONObject = ["active": false]
        guard self.isFull else { return answer }
        answer["typesPermittedToCreate"] = JSONValue(strings: self.service.model.typesPermittedToCreate(.anonymous))
        return answer
    }

    private func extend(_ answer: inout JSONObject, _ caller: Caller) {
        guard self.isFull else { return }
        answer["typesPermittedToCreate"] = JSONValue(strings: self.service.model.typesPermittedToCreate(caller))
        answer["groupIds"] = JSONValue(strings: caller.groupIDs)
    }
}

/// `/check-credentials`: whether a request's credentials are good, and whose they are.
struct CheckCredentialsServlet: HttpServlet {
    let application: RepositoryApplication

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let isFull = await RequestParameters(request).flag("full")
        let account = AccountInfo(service: try self.application.running().service, isFull: isFull)
        let caller = request.caller
        try await response.write(json: .object(caller.isAnonymous ? account.inactive() : account.active(caller)))
    }
}
