/// A valve that writes the page of an answer that is an error and has no body yet.
///
/// In a host it lets all requests pass: the adapter asks it when they come back with an error.
package protocol ErrorReporter: Valve {
    func report(_ request: Request, _ response: Response) async throws
}

extension ErrorReporter {
    package func isTransparent(in container: (any Container)?) -> Bool { container is StandardHost }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        try await next.invoke(request, response)
        if response.isError { try await self.report(request, response) }
    }
}
