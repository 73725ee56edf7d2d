import Synchronization

/// Names that many sessions have in common, each held in memory once.
///
/// What comes from the wire or from a request is a text of its own each time. Names are held for good, so there is a limit;
/// beyond it a session holds its own.
/// Isolation: any thread.
enum SharedNames {
    /// Names that are held.
    static let countMaximum = 1_024
    /// Octets of the longest one.
    static let lengthMaximum = 128
    /// Octets that a text holds without memory of its own.
    private static let inlineMaximum = 15

    private static let names = Mutex<Set<String>>([])

    /// Whether a copy of a name takes memory of its own.
    static func isWorthSharing(_ name: String) -> Bool {
        let length = name.utf8.count
        return length > Self.inlineMaximum && length <= Self.lengthMaximum
    }

    /// The name as others hold it already.
    static func shared(_ name: String) -> String {
        guard Self.isWorthSharing(name) else { return name }
        return Self.names.withLock { names in
            if let index = names.firstIndex(of: name) { return names[index] }
            if names.count < Self.countMaximum { names.insert(name) }
            return name
        }
    }
}
