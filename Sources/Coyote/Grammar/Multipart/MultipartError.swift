/// Why a `multipart/form-data` body is refused.
package enum MultipartError: Error, Hashable, Sendable {
    /// The body ended inside a part.
    case endedUnexpectedly
    case tooManyParts(limit: Int)
    /// The fields of a part, with the empty line after them.
    case partHeaderTooLarge(limit: Int)
    /// The content of one part.
    case fileTooLarge(field: String, limit: Int64)
    /// The whole body.
    case requestTooLarge(size: Int64, limit: Int64)

    /// What the exception of an error page says.
    package var message: String {
        switch self {
        case .endedUnexpectedly: "Stream ended unexpectedly"
        case .tooManyParts(let limit): "The request has more than [\(limit)] parts"
        case .partHeaderTooLarge(let limit):
            "Header section has more than \(limit) bytes (maybe it is not properly terminated)"
        case .fileTooLarge(let field, let limit):
            "The field \(field) exceeds its maximum permitted size of \(limit) bytes."
        case .requestTooLarge(let size, let limit):
            "the request was rejected because its size (\(size)) exceeds the configured maximum (\(limit))"
        }
    }
}
