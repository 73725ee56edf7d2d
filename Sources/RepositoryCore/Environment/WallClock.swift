/// Tells the time; a parameter of everything that writes dates or waits for idle sessions to end.
package protocol WallClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    var milliseconds: Int64 { get }
}

/// Supplies unpredictable bytes for ids, tokens and salts.
package protocol EntropySource: Sendable {
    func bytes(_ count: Int) -> [UInt8]
}
