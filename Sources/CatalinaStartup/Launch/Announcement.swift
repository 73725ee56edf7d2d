import CatalinaCore
import Coyote
import Glibc
import Modeler
import Synchronization

/// Tells the script that started the server how the start went, as soon as that is known.
///
/// Shape: on the descriptor that the environment names, `up` or `down` and a line feed, then lines for a person; the
/// descriptor is closed behind them. A server that ends without a word closes it, too.
enum Announcement {
    /// The environment variable with the descriptor's number.
    static let variable = "CARACAL_ANNOUNCE_FD"

    private static let isSent = Atomic(false)

    /// What there is to say; `nil` where the connectors open their ports only when they start.
    static func ofPorts(_ server: StandardServer, shutdownFailure: String?) -> String? {
        let connectors = server.services.flatMap(\.connectors)
        let isOpen = connectors.allSatisfy { $0.handler.isBound || $0.initializationFailure != nil }
        return isOpen ? self.text(connectors.map(PortReport.init), shutdownFailure: shutdownFailure) : nil
    }

    /// One connector, as its ports turned out.
    struct PortReport {
        /// Where a browser finds it; `nil` for none.
        let address: String?
        let name: String
        let failure: String?
    }

    static func text(_ ports: [PortReport], shutdownFailure: String?) -> String {
        var lines = ports.compactMap { port in
            guard let failure = port.failure else { return port.address }
            return "Nothing answers at \(port.address ?? port.name): \(failure)"
        }
        if let shutdownFailure {
            lines.append("The server stops again, because its shutdown port cannot be opened: \(shutdownFailure)")
        }
        let isUp = shutdownFailure == nil && (ports.isEmpty || ports.contains { $0.failure == nil })
        return ([isUp ? "up" : "down"] + lines).joined(separator: "\n") + "\n"
    }

    /// A start that ends here.
    static func text(failure: String) -> String { "down\n\(failure)\n" }

    /// Says it to whoever asked to be told, once; later calls do nothing.
    static func send(_ text: String) {
        guard let number = Environment[self.variable].flatMap({ Int32($0) }), number > STDERR_FILENO,
            !self.isSent.exchange(true, ordering: .relaxed)
        else { return }
        let bytes = Array(text.utf8)
        // A short text fits into any pipe; a script that has gone away needs no answer.
        _ = write(number, bytes, bytes.count)
        close(number)
    }
}

extension Announcement.PortReport {
    init(_ connector: Connector) {
        self.init(
            address: connector.browserAddress,
            name: connector.lifecycleName,
            failure: connector.initializationFailure
        )
    }
}

extension Connector {
    /// Where a browser on this machine finds the connector; `nil` if none can.
    var browserAddress: String? {
        let http11 = self.configuration.http11
        guard http11.unixDomainSocketPath == nil, self.configuration.protocolName.hasPrefixOfHTTP,
            let port = self.handler.localPort ?? (http11.port > 0 ? http11.port : nil)
        else { return nil }
        let scheme = http11.isSSLEnabled ? "https" : "http"
        return "\(scheme)://\(Self.browserHost(http11.address)):\(port)/"
    }

    private static func browserHost(_ address: String?) -> String {
        guard let address, !["", "0.0.0.0", "::", "::1"].contains(address), !address.hasPrefix("127.") else {
            return "localhost"
        }
        return address.contains(":") && !address.hasPrefix("[") ? "[\(address)]" : address
    }
}

extension String {
    fileprivate var hasPrefixOfHTTP: Bool { self.hasPrefix("HTTP/") || self.hasPrefix("org.apache.coyote.http11.") }
}
