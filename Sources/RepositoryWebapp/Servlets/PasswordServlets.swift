import RepositoryCore
import ServletAPI

/// `/users/this/password`: the caller's own password, as plain text.
struct UserPasswordServlet: HttpServlet {
    /// Longest password, in bytes.
    static let sizeMaximum = 65_536

    let application: RepositoryApplication

    var allowedMethods: [String] { ["POST", "PUT", "OPTIONS"] }

    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        let body = try await request.body(limit: Self.sizeMaximum)
        guard let password = String(validating: body, as: UTF8.self) else {
            throw RepositoryError.badRequest("Password is not UTF-8")
        }
        try await running.service.changePassword(of: request.caller, to: password)
        try await response.write(jsonText: #"{"success":true}"#)
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doPut(request, response)
    }
}

/// `/adminPassword`: the administrator's password, by the administrator.
struct AdminPasswordServlet: HttpServlet {
    let application: RepositoryApplication

    var allowedMethods: [String] { ["PUT", "OPTIONS"] }

    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        let json = try await request.json(limit: UserPasswordServlet.sizeMaximum)
        guard let password = json["password"]?.string else { throw RepositoryError.badRequest("Password missing.") }
        try await running.service.setAdminPassword(to: password)
        try await response.write(jsonText: #"{"success" : true}"#)
    }
}
