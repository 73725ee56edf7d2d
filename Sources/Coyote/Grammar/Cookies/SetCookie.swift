/// A cookie for a client to keep.
package struct SetCookie: Sendable, Equatable {
    package var name: String
    package var value: String
    /// In seconds; 0 deletes the cookie, a negative number keeps it while the client runs.
    package var maxAge = -1
    package var domain: String?
    package var path: String?
    package var isSecure = false
    package var isHttpOnly = false
    /// As written; nil leaves it to the cookie processor.
    package var sameSite: String?
    /// Nil leaves it to the cookie processor.
    package var isPartitioned: Bool?
    /// All others, ordered by name whatever its case.
    package private(set) var otherAttributes: [(name: String, value: String)] = []

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Sets an attribute by its name, replacing one of that name; known names set their property.
    ///
    /// `Comment` is dropped. Case is ignored.
    /// - Throws: ``CookieError`` if the name is no token, or `Max-Age` no number.
    package mutating func setAttribute(_ name: String, _ value: String) throws(CookieError) {
        guard !name.isEmpty, ByteSet.token.containsAll(of: name.utf8.span) else { throw .invalidAttributeName(name) }
        let isTrue = value.asciiLowercased == "true"
        switch name.asciiLowercased {
        case "max-age":
            guard let maxAge = Int(value) else { throw .invalidAttributeValue(name: name, value: value) }
            self.maxAge = maxAge
        case "domain": self.domain = value
        case "path": self.path = value
        case "secure": self.isSecure = isTrue
        case "httponly": self.isHttpOnly = isTrue
        case "samesite": self.sameSite = value
        case "partitioned": self.isPartitioned = isTrue
        case "comment": break
        case let lowered:
            self.otherAttributes.removeAll { $0.name.asciiLowercased == lowered }
            let index = self.otherAttributes.firstIndex { $0.name.asciiLowercased > lowered }
            self.otherAttributes.insert((name, value), at: index ?? self.otherAttributes.endIndex)
        }
    }

    package static func == (left: SetCookie, right: SetCookie) -> Bool {
        left.name == right.name && left.value == right.value && left.maxAge == right.maxAge
            && left.domain == right.domain && left.path == right.path && left.isSecure == right.isSecure
            && left.isHttpOnly == right.isHttpOnly && left.sameSite == right.sameSite
            && left.isPartitioned == right.isPartitioned
            && left.otherAttributes.elementsEqual(right.otherAttributes, by: ==)
    }
}
