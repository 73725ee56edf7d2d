/// Every way in which the head of a request breaks the grammar.
enum Http11DecodingError: Error, Hashable {
    case invalidMethod(String)
    case invalidRequestTarget(String)
    case invalidProtocol(String)
    /// The request line ends after a blank where the protocol should stand.
    case missingProtocol
    /// Request line and fields exceed `maxHttpRequestHeaderSize`.
    case headTooLarge
    /// More fields than `maxHeaderCount`.
    case tooManyHeaders(limit: Int)
    case invalidHeaderLine(String)

    /// What the client is told; the texts are those that Tomcat's operators know.
    var rejection: Rejection {
        .badRequest(exception: self.message)
    }

    private var message: String {
        switch self {
        case .invalidMethod(let text):
            "Invalid character found in method name [\(text)]. HTTP method names must be tokens"
        case .invalidRequestTarget(let text):
            "Invalid character found in the request target [\(text)]. "
                + "The valid characters are defined in RFC 7230 and RFC 3986"
        case .invalidProtocol(let text):
            "Invalid character found in the HTTP protocol [\(text)]"
        case .missingProtocol:
            "Invalid request line parse phase [6]"
        case .headTooLarge:
            "Request header is too large"
        case .tooManyHeaders(let limit):
            "More than the maximum allowed number of headers, [\(limit)], were detected."
        case .invalidHeaderLine(let text):
            "The HTTP header line [\(text)] does not conform to RFC 7230. The request has been rejected."
        }
    }
}
