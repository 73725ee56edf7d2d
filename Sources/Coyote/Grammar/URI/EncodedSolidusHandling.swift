/// What becomes of `%2f`, or of `%5c`, in the path of a request.
///
/// Tomcat counterpart: `org.apache.tomcat.util.buf.EncodedSolidusHandling`.
package enum EncodedSolidusHandling: String, Sendable, CaseIterable {
    /// The request gets 400.
    case reject
    /// It is decoded like any other octet.
    case decode
    /// It stays as it is, and so does `%25`, so that what was passed through can be told apart.
    case passthrough
}
