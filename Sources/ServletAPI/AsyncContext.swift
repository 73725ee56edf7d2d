/// A request that goes on after its servlet has returned.
///
/// A servlet in Swift seldom needs one: it can simply suspend inside ``Servlet/service(_:_:)``. It is there for
/// requests that are dispatched again, that someone else completes, or that need a time-out of their own.
/// ``start(_:)`` is where such a request goes on writing: its operation runs in the request's task.
/// Isolation: any thread.
/// Source: `jakarta.servlet.AsyncContext`.
public protocol AsyncContext: AnyObject, Sendable {
    /// Milliseconds after which the request fails with 500 unless a listener completes it; 0 or less for none.
    var timeout: Int64 { get set }
    /// Runs an operation in the request's task once the servlet has returned; the request is not completed by its end.
    func start(
        _ operation: @escaping @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void
    )
    /// Ends the request.
    func complete()
    /// Sends the request through the container again: to its own URI, or to `path`.
    ///
    /// - Throws: ``IllegalStateError`` if it was completed or dispatched already, ``IllegalArgumentError`` for a path
    ///   that does not start with a slash.
    func dispatch(_ path: String?) throws
    /// Adds someone to be told of what happens.
    func addListener(_ listener: any AsyncListener)
}

/// Is told what becomes of an asynchronous request.
///
/// Source: `jakarta.servlet.AsyncListener`.
public protocol AsyncListener: Sendable {
    /// It was completed.
    func onComplete(_ context: any AsyncContext) async throws
    /// Its time is over; complete or dispatch it, or it fails with 500.
    func onTimeout(_ context: any AsyncContext) async throws
    /// It failed.
    func onError(_ context: any AsyncContext, _ error: any Error) async throws
    /// It was started anew after a dispatch.
    func onStartAsync(_ context: any AsyncContext) async throws
}

extension AsyncListener {
    /// Does nothing.
    public func onComplete(_ context: any AsyncContext) async throws {}
    /// Does nothing.
    public func onTimeout(_ context: any AsyncContext) async throws {}
    /// Does nothing.
    public func onError(_ context: any AsyncContext, _ error: any Error) async throws {}
    /// Does nothing.
    public func onStartAsync(_ context: any AsyncContext) async throws {}
}
