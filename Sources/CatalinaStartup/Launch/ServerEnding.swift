import CatalinaCore

/// What ends a running server: the shutdown command or a signal.
///
/// Source: `StandardServer.await`; differs from it in: the shutdown port is opened before the applications start, so
/// that the script that starts a server knows at once whether it will stay, and a server stopped early stops when it
/// has started.
struct ServerEnding {
    private enum Door {
        /// Signals alone end the server.
        case none
        /// Nothing is waited for.
        case immediate
        case open(ShutdownPort)
        case failed(any Error)
    }

    private let door: Door

    init(of server: StandardServer) {
        let configuration = server.configuration
        if configuration.port == -2 {
            self.door = .immediate
        } else if server.portWithOffset < 0 {
            self.door = .none
        } else {
            do {
                self.door = .open(
                    try ShutdownPort(
                        address: configuration.address,
                        port: server.portWithOffset,
                        command: configuration.shutdown
                    )
                )
            } catch {
                self.door = .failed(error)
            }
        }
    }

    /// Why the shutdown port could not be opened; the server then stops once it has started.
    var failure: String? {
        guard case .failed(let error) = self.door else { return nil }
        return String(describing: error)
    }

    /// Waits for the shutdown command or a signal.
    ///
    /// - Returns: the signal, `nil` for the command.
    func wait(for server: StandardServer) async -> Signals.Ending? {
        let port: ShutdownPort?
        switch self.door {
        case .immediate: return nil
        case .none: port = nil
        case .open(let open): port = open
        case .failed(let error):
            let configuration = server.configuration
            CategoryLogger("org.apache.catalina.core.StandardServer").error(
                "await",
                "Failed to create server shutdown socket on address [\(configuration.address)] and port "
                    + "[\(server.portWithOffset)] (base port [\(configuration.port)] and offset "
                    + "[\(configuration.portOffset)])",
                error
            )
            return nil
        }
        let (endings, continuation) = AsyncStream.makeStream(of: Signals.Ending?.self)
        DetachedThread.run {
            continuation.yield(Signals.wait { ThreadDump.print(server) })
        }
        if let port {
            DetachedThread.run {
                port.wait()
                continuation.yield(nil)
            }
        }
        for await ending in endings {
            port?.stop()
            return ending
        }
        return nil
    }
}
