/// The written date of the current second, so that responses of one loop format it once a second.
///
/// Isolation: its owner's; one per event loop.
package struct HTTPDateCache: Sendable {
    private var second: Int64 = .min
    private var octets: [UInt8] = []

    package init() {}

    /// The octets of the date; the argument counts seconds from 1970.
    package mutating func octets(at second: Int64) -> [UInt8] {
        if second != self.second {
            self.octets = HTTPDate.octets(second)
            self.second = second
        }
        return self.octets
    }
}
