import Synchronization

/// The protocol handler behind `<Connector protocol="HTTP/1.1">`.
///
/// Tomcat counterpart: `org.apache.coyote.http11.Http11NioProtocol`.
package final class Http11Protocol: Sendable {
    private let state: Mutex<Configuration>

    package init(configuration: Configuration) {
        self.state = Mutex(configuration)
    }

    /// The attributes; a change holds for connections accepted after it.
    package var configuration: Configuration {
        get { self.state.withLock { $0 } }
        set { self.state.withLock { $0 = newValue } }
    }
}
