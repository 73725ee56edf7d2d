import Coyote
import NIOCore
package import ServletAPI
import Synchronization

/// A request that goes on after its servlet has returned.
///
/// Events (operations, completion, dispatches, the time-out) may come from any thread; they are carried out one after
/// another in the request's own task by ``proceed(_:_:_:)``.
/// Source: `org.apache.catalina.core.AsyncContextImpl`.
package final class AsyncContextImpl: AsyncContext {
    private enum Event: Sendable {
        case operation(@Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void)
        case complete
        /// Started anew, which those are told who listened to what went before.
        case restart([any AsyncListener])
        case dispatch(String?)
        case timeout
    }

    /// How far the request has come.
    private enum Phase {
        case started
        case dispatching
        case completed
    }

    private struct Protected {
        var phase = Phase.started
        /// Whether what the application asked for last has not begun yet, or it has asked for nothing.
        var isOpen = true
        var timeout: Int64
        var events: [Event] = []
        var waiter: CheckedContinuation<Void, Never>?
        var listeners: [any AsyncListener] = []
        var hasTimedOut = false
        /// How often it was started.
        var cycle = 0
    }

    private let protected: Mutex<Protected>
    private let defaultTimeout: Int64
    private let loop: (any EventLoop)?

    init(timeout: Int64, loop: (any EventLoop)?) {
        self.protected = Mutex(Protected(timeout: timeout))
        self.defaultTimeout = timeout
        self.loop = loop
    }

    // MARK: What applications call

    package var timeout: Int64 {
        get { self.protected.withLock { $0.timeout } }
        set { self.protected.withLock { $0.timeout = newValue } }
    }

    package func start(
        _ operation: @escaping @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void
    ) {
        self.post(.operation(operation))
    }

    package func complete() {
        let isFirst = self.protected.withLock { protected in
            guard protected.phase == .started else { return false }
            protected.phase = .completed
            return true
        }
        if isFirst { self.post(.complete) }
    }

    package func dispatch(_ path: String?) throws {
        if let path, !path.hasPrefix("/") {
            throw IllegalArgumentError("The path [\(path)] of an asynchronous dispatch does not start with a slash")
        }
        try self.protected.withLock { protected in
            guard protected.phase == .started else {
                throw IllegalStateError(
                    "Asynchronous dispatch operation has already been called. Additional asynchronous dispatch operation "
                        + "within the same asynchronous cycle is not allowed."
                )
            }
            protected.phase = .dispatching
        }
        self.post(.dispatch(path))
    }

    package func addListener(_ listener: any AsyncListener) {
        self.protected.withLock { $0.listeners.append(listener) }
    }

    // MARK: What the container calls

    /// Whether the application has neither completed nor dispatched the request.
    private var isUndecided: Bool { self.protected.withLock { $0.phase == .started } }

    /// Whether the request is in asynchronous mode, which also ends after the servlet that completes or dispatches it.
    var isStarted: Bool { self.protected.withLock { $0.isOpen } }

    /// Whether there is something left to wait for or to carry out.
    var isPending: Bool { self.protected.withLock { $0.phase != .completed || !$0.events.isEmpty } }

    /// `startAsync` called again, by the target of a dispatch: with the default time-out, and without listeners.
    func restart() throws {
        try self.protected.withLock { protected in
            guard protected.phase == .dispatching else { throw IllegalStateError("startAsync() was called already") }
            protected.phase = .started
            protected.isOpen = true
            protected.cycle += 1
            protected.hasTimedOut = false
            protected.timeout = self.defaultTimeout
            if !protected.listeners.isEmpty { protected.events.append(.restart(protected.listeners)) }
            protected.listeners = []
        }
    }

    /// Waits for the next event and carries it out.
    ///
    /// - Throws: `ClientAbortError` or `CancellationError` once the client has left; the request is then over.
    func proceed(_ request: Request, _ response: Response) async throws {
        switch await self.nextEvent() {
        case .operation(let operation):
            do { try await operation(request, response) } catch {
                if request.isClientAbort(error) { try await self.abandon(request, response) }
                await self.failed(request, response, error)
            }
        case .complete:
            await self.end(request, response)
        case .restart(let listeners):
            await self.notify(listeners, request) { try await $0.onStartAsync(self) }
        case .dispatch(let path):
            try await self.redispatch(path, request, response)
        case .timeout:
            await self.timedOut(request, response)
        case nil:
            if request.coyote.isAborted { try await self.abandon(request, response) }
            await self.failed(request, response, CancellationError())
        }
    }

    /// Ends the request of a client that has left; its listeners learn of that as of any other error.
    ///
    /// - Throws: always `CancellationError`: nothing that is still to come matters to anyone.
    private func abandon(_ request: Request, _ response: Response) async throws {
        self.protected.withLock { protected in
            protected.phase = .completed
            protected.events.removeAll()
        }
        await self.notify(request) {
            try await $0.onError(self, ClientAbortError("The client left during an asynchronous request"))
        }
        await self.end(request, response)
        throw CancellationError()
    }

    private func redispatch(_ path: String?, _ request: Request, _ response: Response) async throws {
        guard let context = request.context else { return }
        response.isSuspended = false
        let target = path ?? request.requestURIBelowContext
        let cycle = self.protected.withLock { protected in
            protected.isOpen = false
            return protected.cycle
        }
        do {
            guard let dispatcher = ApplicationDispatcher(path: target, in: context) else {
                throw IllegalStateError("No dispatcher for the path [\(target)]")
            }
            try await dispatcher.async(request, response)
        } catch let error where request.isClientAbort(error) {
            throw error
        } catch {
            await self.notify(request) {
                try await $0.onError(self, ServletError(ExceptionNames.message(of: error), rootCause: error))
            }
            StandardWrapperValve.fail(request, response, error)
        }
        let isOver = self.protected.withLock { protected in
            // The target may have started it anew, and dispatched it again.
            guard protected.phase == .dispatching, protected.cycle == cycle else { return false }
            protected.phase = .completed
            return true
        }
        if isOver { await self.end(request, response) }
    }

    private func timedOut(_ request: Request, _ response: Response) async {
        guard self.isUndecided else { return }
        await self.notify(request) { try await $0.onTimeout(self) }
        guard self.isUndecided else { return }
        self.protected.withLock { $0.phase = .completed }
        if !response.isHeadSent {
            response.isSuspended = false
            do { try await response.sendError(500) } catch { response.coyote.abort() }
        }
        await self.end(request, response)
    }

    private func failed(_ request: Request, _ response: Response, _ error: any Error) async {
        await self.notify(request) { try await $0.onError(self, error) }
        guard self.isUndecided else { return }
        self.protected.withLock { $0.phase = .completed }
        StandardWrapperValve.fail(request, response, error)
        await self.end(request, response)
    }

    /// Ends the request: an error gets its page, and all who listen hear of the end.
    private func end(_ request: Request, _ response: Response) async {
        self.protected.withLock { $0.isOpen = false }
        if response.isError, !response.isErrorHandled { await request.host?.report(request, response) }
        await self.notify(request) { try await $0.onComplete(self) }
        await request.mapping.context?.requestDidLeave(request, response)
    }

    private func notify(_ request: Request, _ body: (any AsyncListener) async throws -> Void) async {
        await self.notify(self.protected.withLock { $0.listeners }, request, body)
    }

    private func notify(
        _ listeners: [any AsyncListener],
        _ request: Request,
        _ body: (any AsyncListener) async throws -> Void
    ) async {
        for listener in listeners {
            do { try await body(listener) } catch {
                request.context?.logger.warning(
                    "notify",
                    "An asynchronous listener failed: \(ExceptionNames.message(of: error))"
                )
            }
        }
    }

    // MARK: Events

    private func post(_ event: Event) {
        self.protected.withLock { $0.events.append(event) }
        self.wake()
    }

    /// The next event; `nil` if there is none and the request was cancelled.
    private func nextEvent() async -> Event? {
        let timer = self.startTimer()
        defer { timer?.cancel() }
        while true {
            if let event = self.protected.withLock({ $0.events.isEmpty ? nil : $0.events.removeFirst() }) {
                return event
            }
            if Task.isCancelled { return nil }
            await withTaskCancellationHandler {
                await withCheckedContinuation(isolation: #isolation) { continuation in
                    let isReady = self.protected.withLock { protected in
                        guard protected.events.isEmpty, !Task.isCancelled else { return true }
                        protected.waiter = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                self.wake()
            }
        }
    }

    private func wake() {
        let waiter = self.protected.withLock { protected in
            defer { protected.waiter = nil }
            return protected.waiter
        }
        waiter?.resume()
    }

    private func startTimer() -> Scheduled<Void>? {
        let timeout = self.protected.withLock { $0.hasTimedOut || !$0.events.isEmpty ? 0 : $0.timeout }
        guard timeout > 0, let loop = self.loop else { return nil }
        return loop.scheduleTask(in: .milliseconds(timeout)) {
            self.protected.withLock { $0.hasTimedOut = true }
            self.post(.timeout)
        }
    }
}

extension Request {
    /// The URI of the request below its context, with its query: where `dispatch()` without a path leads.
    var requestURIBelowContext: String {
        let uri = self.requestURI
        let path = String(uri.dropFirst(self.contextPath.count))
        let query = self.queryString.map { "?" + $0 } ?? ""
        return (path.isEmpty ? "/" : path) + query
    }
}
