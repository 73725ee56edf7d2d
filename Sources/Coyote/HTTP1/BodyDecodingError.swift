/// Every way in which the body of a request breaks its framing.
enum BodyDecodingError: Error, Hashable {
    case invalidChunkHeader
    /// LF without CR.
    case lineFeedAlone
    /// CR twice.
    case carriageReturnTwice
    /// Something else than CR LF where a line must end.
    case invalidLineEnd
    case invalidExtension
    /// More extension bytes than `maxExtensionSize`.
    case extensionsTooLarge
    /// More trailer bytes than `maxTrailerSize`.
    case trailersTooLarge
    case invalidTrailer(String)

    var message: String {
        switch self {
        case .invalidChunkHeader, .invalidExtension: "Invalid chunk header"
        case .lineFeedAlone: "Invalid end of line sequence (No CR before LF)"
        case .carriageReturnTwice: "Invalid end of line sequence (CRCR)"
        case .invalidLineEnd: "Invalid end of line sequence (character other than CR or LF found)"
        case .extensionsTooLarge: "maxExtensionSize exceeded"
        case .trailersTooLarge: "maxTrailerSize exceeded"
        case .invalidTrailer(let line):
            "The HTTP header line [\(line)] does not conform to RFC 9112. The request has been rejected."
        }
    }
}
