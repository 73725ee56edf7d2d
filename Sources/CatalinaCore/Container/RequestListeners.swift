import ServletAPI

extension MapperTable.ContextVersion {
    /// Tells the application's listeners that a request enters.
    ///
    /// - Returns: false if one of them failed; the answer is an error then, for which the application has no page, and
    ///   nobody hears that the request leaves.
    /// Source: `StandardContext.fireRequestInitEvent`.
    func requestWillEnter(_ request: Request, _ response: Response) async -> Bool {
        for listener in self.facts?.requestListeners ?? [] {
            do {
                try await listener.requestInitialized(self.context.servletContext, request)
            } catch {
                self.failed("initialized", listener, request, response, error)
                return false
            }
        }
        return true
    }

    /// Tells them that it leaves, the last one first.
    ///
    /// Source: `StandardContext.fireRequestDestroyEvent`.
    func requestDidLeave(_ request: Request, _ response: Response) async {
        for listener in (self.facts?.requestListeners ?? []).reversed() {
            do {
                try await listener.requestDestroyed(self.context.servletContext, request)
            } catch {
                return self.failed("destroyed", listener, request, response, error)
            }
        }
    }

    private func failed(
        _ what: String,
        _ listener: any ServletRequestListener,
        _ request: Request,
        _ response: Response,
        _ error: any Error
    ) {
        self.context.logger.error(
            "fireRequestEvent",
            "Exception sending request \(what) lifecycle event to listener instance of class [\(type(of: listener))]",
            error
        )
        response.isSuspended = false
        StandardWrapperValve.fail(request, response, error)
    }
}
