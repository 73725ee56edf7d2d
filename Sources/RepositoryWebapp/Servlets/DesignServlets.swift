import RepositoryCore
import ServletAPI

/// `/schemas` and `/schemas/{type}`: JSON Schemas of types.
struct SchemasServlet: HttpServlet {
    let application: RepositoryApplication

    var allowedMethods: [String] { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] }

    private static let success = #"{"msg": "success"}"#

    private static func name(of request: any HttpServletRequest) throws(RepositoryError) -> String? {
        try RequestPath.id(of: request)?.text
    }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let service = try self.application.running().service
        let isPretty = await RequestParameters(request).flag("pretty")
        guard let name = try Self.name(of: request) else {
            return try await response.write(json: service.schemas, pretty: isPretty)
        }
        let schema = service.model.types[name]?.json
        if schema == nil { response.status = 404 }
        try await response.write(json: schema ?? .null, pretty: isPretty)
    }

    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        guard let name = try Self.name(of: request) else { throw RepositoryError.badRequest("Missing type name") }
        guard !request.caller.isAnonymous else { throw request.caller.denial }
        let schema = try await request.json(limit: running.bodySizeMaximum)
        try await running.service.setSchema(schema, of: name, as: request.caller)
        try await response.write(jsonText: Self.success)
    }

    func doDelete(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        guard let name = try Self.name(of: request) else { throw RepositoryError.badRequest("Missing type name") }
        try await running.service.deleteSchema(of: name, as: request.caller)
        try await response.write(jsonText: Self.success)
    }
}

/// `/design`: the configuration of the repository, with its types.
struct DesignServlet: HttpServlet {
    let application: RepositoryApplication

    var allowedMethods: [String] { ["GET", "HEAD", "PUT", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let service = try self.application.running().service
        _ = try await service.access(.design, request.caller).required(.read, by: request.caller)
        try await response.write(json: service.designWithSchemas, pretty: true)
    }

    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        _ = try await running.service.access(.design, request.caller).required(.write, by: request.caller)
        var content = try await request.json(limit: running.bodySizeMaximum)
        guard content.object != nil else { throw RepositoryError.badRequest("Design is not a JSON object") }
        // What GET adds is not part of the design.
        content["schemas"] = nil
        content["schemaIds"] = nil
        let object = try await running.service.update(.design, ObjectInput(content: content), as: request.caller)
        try await response.write(json: object.content, pretty: true)
    }
}

/// `/initData`: what a user interface needs to begin with.
struct InitDataServlet: HttpServlet {
    let application: RepositoryApplication

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let service = try self.application.running().service
        let caller = request.caller
        var answer: JSONObject = ["design": service.designWithSchemas]
        answer["isActiveSession"] = .bool(!caller.isAnonymous)
        answer["username"] = caller.username.map { .string($0) }
        answer["userId"] = caller.userID.map { .string($0) }
        answer["typesPermittedToCreate"] = JSONValue(strings: service.model.typesPermittedToCreate(caller))
        try await response.write(json: .object(answer))
    }
}

/// `/startupStatus`: whether the repository is up; answers whatever state it is in.
struct StartupStatusServlet: HttpServlet {
    let application: RepositoryApplication

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let state =
            switch self.application.state {
            case .starting: "STARTING"
            case .up: "UP"
            case .failed, .stopped: "FAILED"
            }
        let details: JSONValue = ["storage": .string(state), "indexer": .string(state)]
        try await response.write(json: ["state": .string(state), "details": details])
    }
}
