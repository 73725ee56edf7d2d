/// One member of `Upgrade`.
///
/// Source: RFC 9110 §7.8 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.Upgrade`.
package struct UpgradeProtocol: Sendable, Hashable, CustomStringConvertible {
    package let name: String
    package let version: String?

    package var description: String { self.version.map { "\(self.name)/\($0)" } ?? self.name }

    /// The protocols of all fields of the name; nil if one of them is malformed.
    package static func parse(_ lines: [String]) -> [UpgradeProtocol]? {
        var protocols: [UpgradeProtocol] = []
        for line in lines {
            var cursor = FieldCursor(line)
            var next = FieldCursor.Match.found
            while next == .found {
                guard let name = cursor.token(), !name.isEmpty else { return nil }
                var version: String?
                if cursor.consume(ASCII.slash) == .found {
                    guard let token = cursor.token(), !token.isEmpty else { return nil }
                    version = token
                }
                protocols.append(UpgradeProtocol(name: name, version: version))
                next = cursor.consume(ASCII.comma)
            }
            guard next == .atEnd else { return nil }
        }
        return protocols
    }
}
