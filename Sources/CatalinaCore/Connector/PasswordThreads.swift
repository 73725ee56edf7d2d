import NIOPosix

/// The threads on which slow password digests are computed.
///
/// Bound: a request waits for its own digest, so no more wait than requests are being served.
enum PasswordThreads {
    /// Digests computed at a time.
    static let maximum = 2

    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: Self.maximum)
        pool.start()
        return pool
    }()

    static func run(_ operation: @escaping @Sendable () -> Bool) async throws -> Bool {
        try await self.pool.runIfActive(operation)
    }
}
