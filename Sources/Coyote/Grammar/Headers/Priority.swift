/// How urgent a response is, and whether it may be delivered in pieces.
///
/// Source: RFC 9218 §4 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.Priority`.
package struct Priority: Sendable, Hashable {
    /// 0 (first) to 7.
    package var urgency = 3
    package var isIncremental = false

    package init() {}

    /// Nil if the field is no dictionary of RFC 8941; members of another type keep their default.
    package init?(parsing text: String) {
        var reader = StructuredDictionaryReader(text)
        guard let members = reader.members() else { return nil }
        for member in members {
            switch (member.key, member.value) {
            case ("u", .integer(let urgency)) where (0...7).contains(urgency): self.urgency = Int(urgency)
            case ("i", .boolean(let isIncremental)): self.isIncremental = isIncremental
            default: break
            }
        }
    }
}
