import NIOCore
import Synchronization

/// The address behind a connector's host name, as its name shows it: looked up once, since a look-up may take seconds and
/// a bean's name must not change while it is registered.
final class NumericAddress: Sendable {
    private let known = Mutex<(host: String, text: String)?>(nil)
    private let lookUp: @Sendable (_ host: String) -> String?

    init(lookUp: @escaping @Sendable (_ host: String) -> String? = NumericAddress.ofSystem) { self.lookUp = lookUp }

    /// The address in numbers, or the host's name if it has none; may block the first time.
    func text(of host: String) -> String {
        if let known = self.known.withLock({ $0 }), known.host == host { return known.text }
        // Two threads may both look it up: the second one takes what the first has found.
        let found = self.lookUp(host) ?? host
        return self.known.withLock { known in
            if let known, known.host == host { return known.text }
            known = (host, found)
            return found
        }
    }

    private static func ofSystem(_ host: String) -> String? {
        do {
            return SocketAddresses.text(try SocketAddress.makeAddressResolvingHost(host, port: 0)).address
        } catch {
            return nil  // binding says what is wrong with it
        }
    }
}
