import ServletAPI

/// Sends a request to its context, and afterwards to the error page that its answer calls for.
///
/// Source: `org.apache.catalina.core.StandardHostValve`.
final class StandardHostValve: Valve {
    var needsReturn: Bool { true }

    func leads(_ request: Request) -> Pipeline.Chain? {
        guard let mapped = request.mapping.context, mapped.facts?.requestListeners.isEmpty == true else { return nil }
        return mapped.chain
    }

    func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        if request.isRefused { return }
        guard let mapped = request.mapping.context else {
            if !response.isError { try await response.sendError(404) }
            return
        }
        guard await mapped.requestWillEnter(request, response) else { return }
        var failure: (any Error)?
        do {
            if !response.isError { try await mapped.chain.invoke(request, response) }
        } catch {
            failure = error
        }
        do {
            try await self.returned(request, response, failure)
        } catch {
            await self.leave(mapped, request, response)
            throw error
        }
        await self.leave(mapped, request, response)
    }

    /// Tells the application's listeners, unless the request goes on asynchronously: its end does so then.
    private func leave(_ mapped: MapperTable.ContextVersion, _ request: Request, _ response: Response) async {
        guard request.asyncContextImpl?.isPending != true else { return }
        await mapped.requestDidLeave(request, response)
    }

    func returned(_ request: Request, _ response: Response, _ error: (any Error)?) async throws {
        if let error {
            if request.isClientAbort(error) { throw error }
            StandardWrapperValve.fail(request, response, error)
        }
        guard !self.returnedAtOnce(request, response), let mapped = request.mapping.context else { return }
        if response.isError, !response.isErrorHandled {
            try await ErrorPageDispatcher.handle(request, response, in: mapped.context)
        }
        if mapped.facts?.alwaysAccessesSession == true { _ = try await request.sessionInternal(create: false) }
    }

    func returnedAtOnce(_ request: Request, _ response: Response) -> Bool {
        response.isSuspended = false
        return (!response.isError || response.isErrorHandled)
            && request.mapping.context?.facts?.alwaysAccessesSession != true
    }
}
