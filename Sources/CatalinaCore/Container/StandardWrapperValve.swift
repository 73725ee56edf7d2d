import Coyote
import Modeler
import ServletAPI

/// Runs the filters and the servlet of a request.
///
/// Source: `org.apache.catalina.core.StandardWrapperValve`.
final class StandardWrapperValve: Valve {
    func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        guard let wrapper = request.wrapper else { return }
        if request.facts == nil || wrapper.unavailability != nil {
            guard try await self.isAvailable(wrapper, request, response) else { return }
        }
        let start = MonotonicClock.now()
        wrapper.requests.begin()
        var isAllocated = false
        do {
            let servlet: any Servlet
            if let loaded = wrapper.loadedServlet { servlet = loaded } else { servlet = try await wrapper.load() }
            isAllocated = true
            let filters = request.facts.map { self.filters(request, wrapper, $0) } ?? []
            if !wrapper.definition.isAsyncSupported { request.isAsyncSupported = false }
            if !filters.isEmpty {
                let chain = ApplicationFilterChain(filters, servlet, request)
                try await chain.doFilter(request, response)
            } else if servlet.blocks {
                try await ServletCall.run(servlet, request, response, on: request.connector)
            } else {
                try await servlet.service(request, response)
            }
        } catch let error where request.isClientAbort(error) {
            self.end(wrapper, start, isError: true)
            throw error
        } catch let error as UnavailableError {
            wrapper.markUnavailable(error)
            do { _ = try await self.isAvailable(wrapper, request, response) } catch {
                self.end(wrapper, start, isError: true)
                throw error
            }
        } catch {
            if let context = request.context { self.log(error, wrapper, context, isAllocated: isAllocated) }
            Self.fail(request, response, error)
        }
        request.servletEndTimeNanos = self.end(wrapper, start, isError: response.status >= 400)
    }

    private func filters(_ request: Request, _ wrapper: StandardWrapper, _ facts: ContextFacts) -> [FilterTable.Entry] {
        guard !facts.filters.isEmpty else { return [] }
        return facts.filters.filters(forServlet: wrapper.name, path: request.filterPath, type: request.dispatcherType)
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

    /// - Returns: when that was, on the monotonic clock.
    @discardableResult
    private func end(_ wrapper: StandardWrapper, _ start: Int64, isError: Bool) -> Int64 {
        let now = MonotonicClock.now()
        wrapper.requests.end(nanoseconds: now - start, isError: isError)
        return now
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
