import Coyote
import Modeler
import ServletAPI

/// Runs the filters and the servlet of a request.
///
/// Source: `org.apache.catalina.core.StandardWrapperValve`.
final class StandardWrapperValve: Valve {
    func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        guard let mapped = request.mapping.wrapper, let context = request.context else { return }
        let wrapper = mapped.wrapper
        if request.facts == nil || wrapper.unavailability != nil {
            guard try await self.isAvailable(wrapper, request, response) else { return }
        }
        let start = MonotonicClock.now()
        var isAllocated = false
        do {
            let servlet: any Servlet
            if let loaded = wrapper.loadedServlet { servlet = loaded } else { servlet = try await wrapper.load() }
            isAllocated = true
            wrapper.enterService()
            defer { wrapper.leaveService() }
            let path = request.filterPath
            let filters =
                request.facts?.filters.filters(forServlet: wrapper.name, path: path, type: request.dispatcherType) ?? []
            if !wrapper.definition.isAsyncSupported { request.isAsyncSupported = false }
            if filters.isEmpty {
                try await ServletCall.run(servlet, request, response, on: request.connector)
            } else {
                let chain = ApplicationFilterChain(filters, servlet, request)
                try await chain.doFilter(request, response)
            }
        } catch let error where request.isClientAbort(error) {
            self.record(wrapper, context, start, isError: true)
            throw error
        } catch let error as UnavailableError {
            wrapper.markUnavailable(error)
            _ = try await self.isAvailable(wrapper, request, response)
        } catch {
            self.log(error, wrapper, context, isAllocated: isAllocated)
            Self.fail(request, response, error)
        }
        self.record(wrapper, context, start, isError: response.status >= 400)
    }

    /// Turns an error into status 500, or 400 where the client's body is to blame, and leaves it for the error page.
    static func fail(_ request: Request, _ response: Response, _ error: any Error) {
        request.attributes[RequestAttribute.exception] = error
        if response.isHeadSent {
            response.coyote.closesConnection = true
            if response.coyote.isCommitted { response.coyote.abort() } else { response.failHead() }
            return
        }
        response.coyote.status = error is BodyReadError ? 400 : 500
        response.isError = true
        response.isErrorHandled = false
        response.output.discard()
    }

    private func isAvailable(
        _ wrapper: StandardWrapper,
        _ request: Request,
        _ response: Response
    ) async throws -> Bool {
        guard request.facts != nil else {
            try await response.sendError(503)
            return false
        }
        switch wrapper.unavailability {
        case nil: return true
        case .permanent: try await response.sendError(404, "Servlet [\(wrapper.name)] is not available")
        case .seconds(let seconds):
            response.setDateHeader("Retry-After", WallClock.milliseconds() + Int64(seconds) * 1000)
            try await response.sendError(503, "Servlet [\(wrapper.name)] is currently unavailable")
        }
        return false
    }

    private func record(_ wrapper: StandardWrapper, _ context: StandardContext, _ start: Int64, isError: Bool) {
        let elapsed = MonotonicClock.now() - start
        wrapper.statistics.record(nanoseconds: elapsed, isError: isError)
        context.statistics.record(nanoseconds: elapsed, isError: isError)
    }

    private func log(_ error: any Error, _ wrapper: StandardWrapper, _ context: StandardContext, isAllocated: Bool) {
        guard isAllocated else {
            return context.logger.error("invoke", "Allocate exception for servlet [\(wrapper.name)]", error)
        }
        // What the client sent, or ceased to send, is no fault of the servlet's.
        guard !(error is BodyReadError) else {
            return context.logger.debug("invoke", "Servlet [\(wrapper.name)] could not read the body: \(error)")
        }
        let cause = (error as? any NamedException)?.rootCause == nil ? "" : " with root cause"
        let message =
            "Servlet.service() for servlet [\(wrapper.name)] in context with path [\(context.path)] threw exception "
            + "[\(ExceptionNames.message(of: error))]\(cause)"
        context.logger.error("log", message, (error as? any NamedException)?.rootCause ?? error)
    }
}
