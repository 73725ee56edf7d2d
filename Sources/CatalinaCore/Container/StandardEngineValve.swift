import ServletAPI

/// Sends a request to its host.
///
/// Source: `org.apache.catalina.core.StandardEngineValve`.
final class StandardEngineValve: Valve {
    func leads(_ request: Request) -> Pipeline.Chain? { request.mapping.host?.chain }

    func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        guard let host = request.mapping.host else {
            if !response.isError { try await response.sendError(404) }
            return
        }
        try await host.chain.invoke(request, response)
    }
}
