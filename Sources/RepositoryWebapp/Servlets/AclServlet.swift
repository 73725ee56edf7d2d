import RepositoryCore
import ServletAPI

/// `/acls/{id}`: an object's own access control lists.
struct AclServlet: HttpServlet {
    let application: RepositoryApplication

    var allowedMethods: [String] { ["GET", "HEAD", "POST", "PUT", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        let id = try Self.id(of: request)
        let object = try await Self.object(id, .read, running, request, response)
        try await response.write(json: object.acl?.json ?? [:])
    }

    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        let id = try Self.id(of: request)
        _ = try await Self.object(id, .write, running, request, response)
        let body = try await request.body(limit: running.bodySizeMaximum)
        guard let json = try? JSONValue(parsing: body) else { throw AccessControlList.invalidFormat }
        let acl = try await running.service.setACL(of: id, to: AccessControlList(json: json), as: request.caller)
        try await response.write(json: acl.json)
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doPut(request, response)
    }

    private static func id(of request: any HttpServletRequest) throws(RepositoryError) -> ObjectID {
        guard let id = try RequestPath.id(of: request) else { throw .badRequest("Missing object id") }
        return id
    }

    private static func object(
        _ id: ObjectID,
        _ permission: Permission,
        _ running: RepositoryApplication.Running,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws -> DigitalObject {
        let access = try await running.service.access(id, request.caller)
        response.setHeader("X-Permission", access.permission.rawValue)
        guard access.permission < permission || access.object != nil else {
            throw RepositoryError.notFound("No such object \(id)")
        }
        return try access.required(permission, by: request.caller)
    }
}
