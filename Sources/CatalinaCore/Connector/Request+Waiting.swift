import Coyote
package import NIOCore

extension Request {
    /// Waits until a future of whatever event loop has succeeded; the request's task goes on on its own.
    ///
    /// - Throws: what the future fails with.
    package func completion(of future: EventLoopFuture<Void>) async throws {
        try await self.coyote.completion(of: future)
    }
}
