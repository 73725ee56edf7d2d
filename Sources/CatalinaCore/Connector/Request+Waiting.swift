import Coyote
package import NIOCore

extension Request {
    /// What a future brings, of whatever event loop; the request's task goes on on its own.
    ///
    /// - Throws: what the future fails with.
    package func value<Value: Sendable>(of future: EventLoopFuture<Value>) async throws -> Value {
        try await self.coyote.value(of: future)
    }
}
