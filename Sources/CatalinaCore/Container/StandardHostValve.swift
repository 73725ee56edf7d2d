import ServletAPI

/// Sends a request to its context, and afterwards to the error page that its answer calls for.
///
/// Source: `org.apache.catalina.core.StandardHostValve`.
final class StandardHostValve: Valve {
    var needsReturn: Bool { true }

    func descends(_ request: Request) -> Pipeline.Chain? {
        guard !request.isRefused, !request.response.isError, let mapped = request.mapping.context,
            mapped.facts?.requestListeners.isEmpty == true
        else { return nil }
        return mapped.chain
    }

    func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        if request.isRefused { return }
        guard let mapped = request.mapping.context else {
            if !response.isError { try await response.sendError(404) }
            return
        }
        let context = mapped.context
        var failure: (any Error)?
        do {
            let listeners = mapped.facts?.requestListeners ?? []
            for listener in listeners { try await listener.requestInitialized(context.servletContext, request) }
            if !response.isError { try await mapped.chain.invoke(request, response) }
            if request.asyncContextImpl?.isPending != true {
                for listener in listeners.reversed() {
                    try await listener.requestDestroyed(context.servletContext, request)
                }
            }
        } catch {
            failure = error
        }
        try await self.returned(request, response, failure)
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

/// Finds and runs the application's page for a failed request.
///
/// Exception types first, then those of the root cause, then the status code, then the default page.
/// Source: `StandardHostValve.status`, `throwable` and `custom`.
enum ErrorPageDispatcher {
    static func handle(_ request: Request, _ response: Response, in context: StandardContext) async throws {
        guard context.state.isAvailable, response.isError, !response.isErrorHandled else { return }
        let error = request.attributes[RequestAttribute.exception] as? any Error
        let pages = context.model.errorPages
        guard !pages.isEmpty, let page = self.page(for: error, status: response.status, among: pages) else { return }
        response.isErrorHandled = true
        self.describe(request, response, error)
        await self.run(page, request, response, context)
    }

    private static func page(for error: (any Error)?, status: Int, among pages: [ErrorPage]) -> ErrorPage? {
        if let error {
            if let page = self.page(forTypesOf: error, among: pages) { return page }
            if let cause = (error as? any NamedException)?.rootCause,
                let page = self.page(forTypesOf: cause, among: pages)
            {
                return page
            }
        }
        return pages.first { $0.errorCode == status } ?? pages.first { $0.isDefault }
    }

    private static func page(forTypesOf error: any Error, among pages: [ErrorPage]) -> ErrorPage? {
        for type in ExceptionNames.types(of: error) {
            if let page = pages.first(where: { $0.exceptionType == type }) { return page }
        }
        return nil
    }

    private static func describe(_ request: Request, _ response: Response, _ error: (any Error)?) {
        var shown = error
        if let wrapped = error as? ServletError, let cause = wrapped.rootCause { shown = cause }
        request.attributes[RequestAttribute.statusCode] = response.status
        request.attributes[RequestAttribute.message] =
            response.errorMessage ?? shown.map { ExceptionNames.message(of: $0) } ?? ""
        request.attributes[RequestAttribute.errorRequestURI] = request.requestURI
        request.attributes[RequestAttribute.servletName] = request.wrapper?.name
        if let shown {
            request.attributes[RequestAttribute.exception] = shown
            request.attributes[RequestAttribute.exceptionType] = ExceptionNames.types(of: shown).first
        }
    }

    private static func run(
        _ page: ErrorPage,
        _ request: Request,
        _ response: Response,
        _ context: StandardContext
    ) async {
        do {
            guard let dispatcher = context.servletContext.requestDispatcher(page.location) as? ApplicationDispatcher
            else { return }
            if response.isCommitted {
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

/// Names of request attributes that the specification defines.
package enum RequestAttribute {
    package static let exception = "jakarta.servlet.error.exception"
    package static let exceptionType = "jakarta.servlet.error.exception_type"
    package static let message = "jakarta.servlet.error.message"
    package static let statusCode = "jakarta.servlet.error.status_code"
    package static let errorRequestURI = "jakarta.servlet.error.request_uri"
    package static let servletName = "jakarta.servlet.error.servlet_name"
    /// Set by a servlet that cannot run the error page it was asked for.
    static let pageUnavailable = "org.apache.catalina.error_page_unavailable"
}

/// How errors are called where a Java program would show class names.
package enum ExceptionNames {
    /// The names of an error, the most special first.
    package static func types(of error: any Error) -> [String] {
        if let named = error as? any NamedException { return named.exceptionTypes }
        return [String(reflecting: type(of: error)), "java.lang.Exception", "java.lang.Throwable"]
    }

    /// What an error says.
    package static func message(of error: any Error) -> String {
        (error as? any NamedException)?.message ?? String(describing: error)
    }

    /// Causes that are told at most.
    private static let causesMaximum = 10

    /// The error and what is behind it, the outermost first.
    package static func chain(of error: any Error) -> [any Error] {
        var chain = [error]
        while chain.count <= self.causesMaximum, let last = chain.last as? any NamedException,
            let cause = last.rootCause
        {
            chain.append(cause)
        }
        return chain
    }

    /// The error and what is behind it, each as `type: message`.
    package static func lines(of error: any Error) -> [String] {
        self.chain(of: error).map { "\(self.types(of: $0).first ?? ""): \(self.message(of: $0))" }
    }

    /// What the error and those behind it say, in one line.
    package static func reason(of error: any Error) -> String {
        self.chain(of: error).map { self.message(of: $0) }.joined(separator: ": ")
    }
}
