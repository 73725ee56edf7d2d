import ServletAPI

/// Finds and runs the application's page for a failed request.
///
/// Exception types first, then those of the root cause, then the status code, then the default page.
/// Source: `StandardHostValve.status`, `throwable` and `custom`.
enum ErrorPageDispatcher {
    static func handle(_ request: Request, _ response: Response, in context: StandardContext) async throws {
        guard context.state.isAvailable, response.isError, !response.isErrorHandled else { return }
        let pages = context.model.errorPages
        guard !pages.isEmpty else { return }
        if let error = request.attributes[RequestAttribute.exception] as? any Error,
            let page = self.page(for: error, among: pages)
        {
            self.describe(request, response, message: ExceptionNames.message(of: error))
            let shown = (error as? ServletError)?.rootCause ?? error
            request.attributes[RequestAttribute.exception] = shown
            request.attributes[RequestAttribute.exceptionType] = ExceptionNames.types(of: shown).first
            await self.run(page, request, response, context)
            // Nobody else speaks of the error, even if the page failed.
            response.isErrorHandled = request.attributes[RequestAttribute.pageUnavailable] == nil
        } else if let page = pages.first(where: { $0.errorCode == response.status }) ?? pages.first(where: \.isDefault)
        {
            self.describe(request, response, message: response.errorMessage ?? "")
            await self.run(page, request, response, context)
        }
    }

    /// The page of an error's type, or of that of its cause.
    private static func page(for error: any Error, among pages: [ErrorPage]) -> ErrorPage? {
        if let page = self.page(forTypesOf: error, among: pages) { return page }
        return (error as? any NamedException)?.rootCause.flatMap { self.page(forTypesOf: $0, among: pages) }
    }

    private static func page(forTypesOf error: any Error, among pages: [ErrorPage]) -> ErrorPage? {
        for type in ExceptionNames.types(of: error) {
            if let page = pages.first(where: { $0.exceptionType == type }) { return page }
        }
        return nil
    }

    private static func describe(_ request: Request, _ response: Response, message: String) {
        request.attributes[RequestAttribute.statusCode] = response.status
        request.attributes[RequestAttribute.message] = message
        request.attributes[RequestAttribute.errorRequestURI] = request.requestURI
        request.attributes[RequestAttribute.servletName] = request.wrapper?.name
    }

    private static func run(
        _ page: ErrorPage,
        _ request: Request,
        _ response: Response,
        _ context: StandardContext
    ) async {
        response.isErrorHandled = true
        do {
            guard let dispatcher = context.servletContext.requestDispatcher(page.location) as? ApplicationDispatcher
            else { return }
            if response.isHeadSent {
                try await dispatcher.include(request, response)
                return
            }
            response.output.discard()
            response.usesStream = false
            response.usesWriter = false
            try await dispatcher.error(request, response)
            // The page has spoken, even if all it did was fail itself.
            response.isErrorHandled = request.attributes[RequestAttribute.pageUnavailable] == nil
            response.isSuspended = false
        } catch {
            context.logger.error("custom", "Exception processing error page [\(page.location)]", error)
            response.isErrorHandled = false
        }
    }
}
