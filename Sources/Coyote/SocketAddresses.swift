/// Both ends of a connection as text, made once when it is accepted.
package struct SocketAddresses: Sendable, Equatable {
    package var remoteAddress = ""
    package var remotePort = 0
    package var localAddress = ""
    package var localPort = 0

    package init() {}
}
