/// The field names of `Vary`.
///
/// Tomcat counterpart: `org.apache.tomcat.util.http.ResponseUtil.addVaryFieldName`.
package enum VaryHeader {
    /// The names that replace the existing fields when one is added; `*` stands alone.
    ///
    /// Names that are no token are dropped.
    package static func adding(_ name: String, to lines: [String]) -> [String] {
        if lines.isEmpty || name == "*" { return [name] }
        var names = TokenList(parsing: lines).tokens
        if names.contains("*") { return ["*"] }
        if !names.contains(name.asciiLowercased) { names.append(name) }
        return names
    }
}
