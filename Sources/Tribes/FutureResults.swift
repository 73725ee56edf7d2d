import NIOCore

extension EventLoopFuture {
    /// Goes on with `next`, whatever the result was.
    func thenAlways<Next: Sendable>(
        _ next: @escaping @Sendable () -> EventLoopFuture<Next>
    ) -> EventLoopFuture<Next> {
        let promise = self.eventLoop.makePromise(of: Next.self)
        self.whenComplete { _ in next().cascade(to: promise) }
        return promise.futureResult
    }
}
