/// What error pages say about a status code.
package struct StatusText: Sendable, Equatable {
    /// The reason phrase: `Not Found`.
    package let reason: String
    /// One sentence for people.
    package let description: String

    /// The texts of a code that HTTP defines; `nil` for others.
    package static func of(_ status: Int) -> StatusText? { self.table[status] }

    private static let table: [Int: StatusText] = [
        400: .init("Bad Request", "The server could not understand the request."),
        401: .init("Unauthorized", "The request needs credentials that are valid for this resource."),
        402: .init("Payment Required", "This status is reserved for later use."),
        403: .init("Forbidden", "The server understood the request and refuses to carry it out."),
        404: .init("Not Found", "The server has nothing to show at this address, or does not want to show it."),
        405: .init("Method Not Allowed", "The resource does not support the method of the request."),
        406: .init("Not Acceptable", "The resource exists in no form that the request accepts."),
        407: .init("Proxy Authentication Required", "A proxy on the way needs credentials."),
        408: .init("Request Timeout", "The request did not arrive completely in the time the server waits for it."),
        409: .init("Conflict", "The request does not fit the present state of the resource."),
        410: .init("Gone", "The resource was here and has been removed for good."),
        411: .init("Length Required", "The server wants to know the length of the request's body beforehand."),
        412: .init("Precondition Failed", "A condition that the request set does not hold."),
        413: .init("Payload Too Large", "The body of the request is longer than the server accepts."),
        414: .init("URI Too Long", "The address of the request is longer than the server accepts."),
        415: .init("Unsupported Media Type", "The resource does not take a body of this type."),
        416: .init("Range Not Satisfiable", "The resource does not have the bytes that were asked for."),
        417: .init("Expectation Failed", "The server cannot do what the request expects."),
        421: .init("Misdirected Request", "The request reached a server that does not answer for this host."),
        422: .init("Unprocessable Entity", "The body of the request is well-formed, but it cannot be processed."),
        423: .init("Locked", "The resource is locked."),
        424: .init("Failed Dependency", "Another request failed on which this one depends."),
        426: .init("Upgrade Required", "The server answers this request over another protocol only."),
        428: .init("Precondition Required", "The server carries out this request with a condition only."),
        429: .init("Too Many Requests", "Too many requests came from this client in a short time."),
        431: .init("Request Header Fields Too Large", "The header of the request is larger than the server accepts."),
        451: .init("Unavailable For Legal Reasons", "The resource may not be shown for legal reasons."),
        500: .init("Internal Server Error", "Something went wrong in the server while it handled the request."),
        501: .init("Not Implemented", "The server does not know how to carry out this request."),
        502: .init("Bad Gateway", "A server behind this one gave an answer that could not be used."),
        503: .init("Service Unavailable", "The server cannot handle the request at present; it may be able to later."),
        504: .init("Gateway Timeout", "A server behind this one did not answer in time."),
        505: .init("HTTP Version Not Supported", "The server does not speak this version of HTTP."),
        506: .init("Variant Also Negotiates", "The server is set up so that negotiation for this resource never ends."),
        507: .init("Insufficient Storage", "The server has no room left for what the request wants to store."),
        508: .init("Loop Detected", "The server stopped, because the request leads to itself."),
        510: .init("Not Extended", "The request lacks an extension that the server needs."),
        511: .init("Network Authentication Required", "The network wants credentials before it lets requests pass."),
    ]

    private init(_ reason: String, _ description: String) {
        self.reason = reason
        self.description = description
    }
}
