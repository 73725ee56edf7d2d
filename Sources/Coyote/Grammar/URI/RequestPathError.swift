/// Why a request target has no canonical path; each is a 400.
package enum RequestPathError: Error, Hashable, Sendable {
    /// A sequence that `rejectSuspiciousURIs` refuses.
    case suspicious
    /// It ends inside a `%xx`.
    case truncatedEscape
    /// A `%` that is not followed by two hexadecimal digits.
    case malformedEscape
    case encodedSolidus
    case encodedReverseSolidus
    /// No leading `/`, a NUL, a backslash, or segments that leave the root.
    case notNormalizable
    /// Octets that are no text in the charset of the URI.
    case malformedCharacters

    /// The message of the error page; none for ``malformedCharacters``.
    ///
    /// Tomcat's own text: operators and clients match on it.
    package var message: String? {
        switch self {
        case .suspicious, .notNormalizable: "Invalid URI"
        case .truncatedEscape: "Invalid URI: [End of file (EOF)]"
        case .malformedEscape: "Invalid URI: [The hexadecimal encoding is invalid]"
        case .encodedSolidus: "Invalid URI: [The encoded slash character is not allowed]"
        case .encodedReverseSolidus: "Invalid URI: [The encoded backslash character is not allowed]"
        case .malformedCharacters: nil
        }
    }
}
