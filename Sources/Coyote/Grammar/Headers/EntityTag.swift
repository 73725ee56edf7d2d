/// The validator of a representation.
///
/// Source: RFC 9110 §8.8.3 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.EntityTag`.
package struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    package let isWeak: Bool
    /// What stands between the quotes.
    package let opaque: String

    package init(opaque: String, isWeak: Bool) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// Nil if the text is not exactly one entity tag.
    package init?(parsing text: String) {
        var cursor = FieldCursor(text)
        guard let tag = Self.read(&cursor), cursor.consume(0) == .atEnd else { return nil }
        self = tag
    }

    package var description: String { "\(self.isWeak ? "W/" : "")\"\(self.opaque)\"" }

    /// Whether both stand for the same representation; in the strong comparison no weak tag equals any.
    package func matches(_ other: EntityTag, weakly: Bool) -> Bool {
        (weakly || !self.isWeak && !other.isWeak) && self.opaque == other.opaque
    }

    static func read(_ cursor: inout FieldCursor) -> EntityTag? {
        let isWeak = cursor.consume(UInt8(ascii: "W")) == .found
        if isWeak {
            guard cursor.next() == ASCII.slash else { return nil }
        }
        guard let opaque = cursor.quotedString() else { return nil }
        return EntityTag(opaque: opaque, isWeak: isWeak)
    }
}

/// The value of `If-Match` or `If-None-Match`.
///
/// Source: RFC 9110 §13.1.1, §13.1.2.
package enum EntityTagCondition: Sendable, Hashable {
    /// `*`: any current representation.
    case any
    /// At least one.
    case tags([EntityTag])

    /// Nil if the value is malformed; the request is then answered with 400.
    package init?(parsing value: String) {
        var cursor = FieldCursor(value)
        if cursor.consume(UInt8(ascii: "*")) == .found {
            guard cursor.consume(0) == .atEnd else { return nil }
            self = .any
            return
        }
        var tags: [EntityTag] = []
        var next = FieldCursor.Match.found
        while next == .found {
            guard let tag = EntityTag.read(&cursor) else { return nil }
            tags.append(tag)
            next = cursor.consume(ASCII.comma)
        }
        guard next == .atEnd else { return nil }
        self = .tags(tags)
    }

    /// Whether the current representation is among those named.
    package func matches(_ current: EntityTag, weakly: Bool) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { $0.matches(current, weakly: weakly) }
        }
    }
}
