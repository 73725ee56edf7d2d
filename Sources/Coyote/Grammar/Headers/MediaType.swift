/// The value of `Content-Type`.
///
/// Source: RFC 9110 §8.3.1 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.MediaType`.
package struct MediaType: Sendable, Hashable {
    /// One parameter as it stands.
    package struct Parameter: Sendable, Hashable {
        /// In lower case.
        package let name: String
        /// With its quotes and escapes, where it has any; empty where there is none.
        package var rawValue: String

        /// The value without quotes.
        package var value: String {
            guard rawValue.utf8.first == ASCII.quote else { return rawValue }
            var cursor = FieldCursor(rawValue)
            return cursor.quotedString() ?? rawValue
        }
    }

    package let type: String
    package let subtype: String
    /// In order; a name occurs once, with its last value at its first place.
    package let parameters: [Parameter]

    /// Nil if the value is no media type.
    package init?(parsing text: String) {
        var cursor = FieldCursor(text)
        guard let type = cursor.token(), !type.isEmpty, cursor.consume(ASCII.slash) == .found,
            let subtype = cursor.token(), !subtype.isEmpty
        else { return nil }
        var parameters: [Parameter] = []
        var places: [String: Int] = [:]
        parameters: while true {
            switch cursor.consume(ASCII.semicolon) {
            case .atEnd: break parameters
            case .notFound: return nil
            case .found: break
            }
            let name = cursor.token()?.asciiLowercased ?? ""
            let value = cursor.consume(ASCII.equals) == .found ? cursor.tokenOrQuotedString(keepsQuotes: true) : ""
            guard !name.isEmpty else { continue }
            if let place = places[name] {
                parameters[place].rawValue = value ?? ""
            } else {
                places[name] = parameters.count
                parameters.append(Parameter(name: name, rawValue: value ?? ""))
            }
        }
        self.type = type
        self.subtype = subtype
        self.parameters = parameters
    }

    /// The value of a parameter, without quotes.
    package subscript(_ name: String) -> String? { self.parameters.first { $0.name == name }?.value }

    /// The value of the parameter `charset`.
    package var charset: String? { self["charset"] }

    /// `type/subtype`, both in lower case.
    package var essence: String { "\(self.type)/\(self.subtype)".asciiLowercased }

    /// The whole value in its canonical form; parameters without a value are left out.
    package var text: String {
        self.parameters.reduce("\(self.type)/\(self.subtype)") { text, parameter in
            parameter.rawValue.isEmpty ? text : "\(text);\(parameter.name)=\(parameter.rawValue)"
        }
    }

    /// The value without `charset`; parameters without a value keep their `=`.
    package var textWithoutCharset: String {
        self.parameters.reduce("\(self.type)/\(self.subtype)") { text, parameter in
            parameter.name == "charset" ? text : "\(text);\(parameter.name)=\(parameter.rawValue)"
        }
    }
}
