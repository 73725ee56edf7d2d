/// The protocol of a request, as its request line names it.
package enum ProtocolVersion: Sendable, Hashable {
    /// A request line without a version: the answer is a body without a head.
    case http09
    case http10
    case http11
    case http2
    case ajp13

    /// What `getProtocol()` shows; empty for HTTP/0.9.
    package var name: String {
        switch self {
        case .http09: ""
        case .http10: "HTTP/1.0"
        case .http11: "HTTP/1.1"
        case .http2: "HTTP/2.0"
        case .ajp13: "HTTP/1.1"
        }
    }
}
