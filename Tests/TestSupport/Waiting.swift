/// Waits until the task is cancelled: stands for work that never ends by itself.
///
/// - Throws: `CancellationError`.
package func untilCancelled() async throws {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    for await _ in stream {}
    withExtendedLifetime(continuation) {}
    try Task.checkCancellation()
}

/// Looks again and again until something holds that no event announces, as on another node of a real network.
///
/// - Returns: whether it came to hold within a minute.
package func eventually(_ holds: () throws -> Bool) async throws -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(60)
    while try !holds() {
        guard clock.now < end else { return false }
        try await Task.sleep(for: .milliseconds(1))
    }
    return true
}
