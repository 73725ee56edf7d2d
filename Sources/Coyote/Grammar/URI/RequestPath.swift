/// The canonical path of a request and the path parameters that stood in it.
///
/// Tomcat counterpart: the first half of `org.apache.catalina.connector.CoyoteAdapter.postParseRequest`.
package struct RequestPath: Sendable, Hashable {
    /// `;name=value` of a segment; neither is percent-decoded.
    package struct Parameter: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The attributes of a Connector that decide what is accepted.
    package struct Options: Sendable, Hashable {
        package var encodedSolidusHandling = EncodedSolidusHandling.reject
        package var encodedReverseSolidusHandling = EncodedSolidusHandling.decode
        /// Takes a backslash for a slash instead of refusing it.
        package var allowBackslash = false
        package var rejectSuspiciousURIs = false
        /// `URIEncoding`.
        package var charset = Charset.utf8

        package init() {}
    }

    /// Decoded, without path parameters, without empty, `.` and `..` segments; begins with `/`.
    package let decoded: String
    /// In the order in which they stood.
    package let parameters: [Parameter]

    /// The value of a path parameter, the last one where it occurs several times: the session id, mostly.
    package func parameter(_ name: String) -> String? {
        guard !self.parameters.isEmpty else { return nil }
        return self.parameters.last { $0.name == name }?.value
    }

    /// Canonicalizes the path of a request target, which is what stands before `?`.
    ///
    /// In this order: suspicious sequences, path parameters, percent-decoding, normalization, charset. A path
    /// with nothing to do in it costs one pass and its `String`.
    /// - Throws: ``RequestPathError``; the caller then answers 400 with its message.
    /// Complexity: linear in the length of the target.
    /// Source: Servlet 6.0 §3.5 | Tomcat counterpart: `CoyoteAdapter.postParseRequest`.
    package static func canonicalize(
        _ target: Span<UInt8>,
        _ options: Options = Options()
    ) throws(RequestPathError) -> RequestPath {
        if self.isCanonical(target) { return RequestPath(decoded: target.utf8Text, parameters: []) }
        if options.rejectSuspiciousURIs, SuspiciousURI.matches(target) { throw .suspicious }
        // A parameter before the first slash does not make a path of it.
        guard !target.isEmpty, target[0] != ASCII.semicolon else { throw .notNormalizable }
        var parameters: [Parameter] = []
        var path = PathParameters.strip(target, charset: options.charset, into: &parameters)
        try PercentDecoder.decodePath(
            &path,
            solidus: options.encodedSolidusHandling,
            reverseSolidus: options.encodedReverseSolidusHandling
        )
        guard PathNormalizer.normalize(&path, allowBackslash: options.allowBackslash) else { throw .notNormalizable }
        guard let decoded = options.charset.decode(validating: path.span) else { throw .malformedCharacters }
        return RequestPath(decoded: decoded, parameters: parameters)
    }

    /// Canonicalizes a path that is at hand as text, one character an octet or UTF-8.
    ///
    /// - Throws: ``RequestPathError``; the caller then answers 400 with its message.
    package static func canonicalize(
        _ target: String,
        _ options: Options = Options()
    ) throws(RequestPathError) -> RequestPath {
        try self.canonicalize(target.utf8.span, options)
    }

    /// Octets that the canonical form of a path may lack: `%`, `;`, backslash, controls, everything from 0x80.
    private static let special = ByteSet("%;\\").union(.control)
        .union(ByteSet(low: 0, high: 0, includesHighBytes: true))

    /// Whether the path is its own canonical form; a path with a segment that starts with `.` may say no.
    static func isCanonical(_ target: Span<UInt8>) -> Bool {
        guard !target.isEmpty, target[0] == ASCII.slash else { return false }
        let special = self.special
        return target.withUnsafeBufferPointer { bytes in
            var previous: UInt8 = 0
            for byte in bytes {
                if special.contains(byte) { return false }
                if previous == ASCII.slash, byte == ASCII.slash || byte == ASCII.period { return false }
                previous = byte
            }
            return true
        }
    }
}
