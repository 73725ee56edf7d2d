import RepositoryCore
import ServletAPI

/// What the filters find out about a request and the servlets use.
enum RequestState {
    static let caller = "net.cnri.cordra.caller"
    static let authorization = "net.cnri.cordra.authorization"
    static let context = "net.cnri.cordra.requestContext"
    static let id = "net.cnri.cordra.requestId"
}

extension HttpServletRequest {
    var caller: Caller { self.attribute(RequestState.caller) as? Caller ?? .anonymous }

    /// The `Authorization` header, or what a parameter puts in its place.
    var authorization: String? {
        self.header("Authorization") ?? self.attribute(RequestState.authorization) as? String
    }
}
