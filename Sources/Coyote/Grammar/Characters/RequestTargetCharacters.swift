/// The octets that a Connector accepts in a request target.
///
/// The target is first read up to an octet that is forbidden everywhere, its query against `query` on the way;
/// the path is checked against `path` once the request line is complete.
/// Tomcat counterpart: `org.apache.tomcat.util.http.parser.HttpParser`.
package struct RequestTargetCharacters: Sendable, Hashable {
    /// The characters that `relaxedPathChars` and `relaxedQueryChars` may name; others are ignored.
    package static let relaxable = ByteSet("\"<>[\\]^`{|}")

    /// Refused wherever they stand in the target.
    package let forbidden: ByteSet
    package let path: ByteSet
    package let query: ByteSet

    /// - Parameters:
    ///   - relaxedPathChars: additional characters of a path; a query still refuses them.
    ///   - relaxedQueryChars: additional characters of a query; a path still refuses them.
    package init(relaxedPathChars: String = "", relaxedQueryChars: String = "") {
        let path = ByteSet(relaxedPathChars).intersection(Self.relaxable)
        let query = ByteSet(relaxedQueryChars).intersection(Self.relaxable)
        self.forbidden = ByteSet.requestTargetForbidden.subtracting(path.union(query))
        self.path = ByteSet.absolutePath.union(path)
        self.query = ByteSet.query.union(query)
    }
}
