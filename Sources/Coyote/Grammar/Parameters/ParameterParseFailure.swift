/// Why not all parameters of a request could be taken.
///
/// The names are the values of the request attribute `org.apache.catalina.parameter_parse_failed_reason`.
/// Tomcat counterpart: `org.apache.tomcat.util.http.Parameters.FailReason`.
package enum ParameterParseFailure: String, Sendable, Hashable, CaseIterable {
    case clientDisconnect = "CLIENT_DISCONNECT"
    case multipartConfigInvalid = "MULTIPART_CONFIG_INVALID"
    case invalidContentType = "INVALID_CONTENT_TYPE"
    case ioError = "IO_ERROR"
    case noName = "NO_NAME"
    case postTooLarge = "POST_TOO_LARGE"
    case requestBodyIncomplete = "REQUEST_BODY_INCOMPLETE"
    case tooManyParameters = "TOO_MANY_PARAMETERS"
    case unknown = "UNKNOWN"
    case urlDecoding = "URL_DECODING"
}
