package import Coyote
import Modeler
import ServletAPI

/// Takes a request from its connection into the container and brings the answer back.
///
/// The one hop of the request's line: everything before it belongs to a protocol, everything behind it to the tree of
/// containers.
/// Isolation: the connection's event loop, in the request's task.
/// Source: `org.apache.catalina.connector.CoyoteAdapter`.
package final class CoyoteAdapter: Adapter {
    private let connector: ConnectorFacts

    package init(_ connector: ConnectorFacts) {
        self.connector = connector
    }

    package func service(_ coyoteRequest: Coyote.Request, _ coyoteResponse: Coyote.Response) async {
        let exchange = self.exchange(coyoteRequest, coyoteResponse)
        let request = exchange.request
        let response = exchange.response
        do {
            let isPrepared: Bool
            if let known = self.prepareAtOnce(request, response) {
                isPrepared = known
            } else {
                isPrepared = try await self.prepare(request, response)
            }
            if isPrepared { try await self.run(request, response) }
            if !response.finishAtOnce() {
                request.servletEndTimeNanos = 0
                try await response.finish()
            }
        } catch is ClientAbortError {
            coyoteResponse.closesConnection = true
        } catch let error where request.isClientAbort(error) {
            // Who only stopped sending must not take what there is of an answer for the whole.
            coyoteResponse.closesConnection = true
            coyoteResponse.abort()
        } catch {
            self.failed(request, response, error)
        }
        self.log(request, response)
        request.releaseParts()
        request.releaseSession()
        request.recycle()
        response.recycle()
    }

    /// Sends a request through the engine, then through whatever it asked for asynchronously.
    @inline(__always)
    private func run(_ request: Request, _ response: Response) async throws {
        request.coyote.stage = .service
        if let way = request.way, way.isOpen(to: request) {
            try await way.invoke(request, response)
            // Nobody else saw the request: it has ended with the servlet.
            if !response.isError, request.asyncContextImpl == nil { return }
        } else if let chain = self.engineChain(request) {
            try await chain.invoke(request, response)
        } else {
            response.coyote.status = 503
            return
        }
        request.servletEndTimeNanos = 0
        if response.isError { try await request.host?.writeReport(request, response) }
        while let async = request.asyncContextImpl, async.isPending {
            try await async.proceed(request, response)
        }
        if response.isError, !response.isErrorHandled, let host = request.host {
            await host.report(request, response)
        }
    }

    /// Where requests enter; `nil` while the engine does not run.
    private func engineChain(_ request: Request) -> Pipeline.Chain? {
        request.tableReader.current(of: self.connector.mapper).engineChain
    }

    private func exchange(_ request: Coyote.Request, _ response: Coyote.Response) -> Exchange {
        if let exchange = request.notes as? Exchange { return exchange }
        let exchange = Exchange(request, response, self.connector)
        request.notes = exchange
        return exchange
    }

    private func failed(_ request: Request, _ response: Response, _ error: any Error) {
        CategoryLogger("org.apache.catalina.connector.CoyoteAdapter")
            .error("service", "Exception while processing a request", error)
        if response.coyote.reset() {
            // Not even the head is on its way, for it may be what failed: too long, for example.
            response.coyote.status = 500
            response.coyote.contentLength = 0
        } else {
            response.coyote.abort()
        }
        response.coyote.closesConnection = true
    }

    /// Every log on the way up gets a line; requests of no host are the default host's.
    private func log(_ request: Request, _ response: Response) {
        let host = request.mapping.host ?? request.tableReader.current(of: self.connector.mapper).defaultHost
        guard let host else { return }
        let now = request.servletEndTimeNanos > 0 ? request.servletEndTimeNanos : MonotonicClock.now()
        request.coyote.endTimeNanos = now
        if response.coyote.isCommitted, response.coyote.commitTimeNanos == 0 { response.coyote.commitTimeNanos = now }
        let elapsed = now - request.coyote.startTimeNanos
        if let logs = request.facts?.accessLogs {
            for log in logs { log.log(request, response, nanoseconds: elapsed) }
        }
        for log in host.accessLogs { log.log(request, response, nanoseconds: elapsed) }
    }
}

/// The container's two objects for those of a protocol, recycled with them.
private final class Exchange {
    let request: Request
    let response: Response

    init(_ coyoteRequest: Coyote.Request, _ coyoteResponse: Coyote.Response, _ connector: ConnectorFacts) {
        self.request = Request(coyoteRequest, connector: connector)
        self.response = Response(coyoteResponse, request: self.request)
        self.request.bind(self.response)
    }
}
