/// A query as an index evaluates it: field names are final and texts analysed.
package indirect enum Query: Sendable, Hashable {
    case matchAll
    case matchNone
    /// The field holds this token; for keyword fields, this value.
    case term(field: String, token: String)
    /// The tokens follow one another within one value of the field, with up to `slop` moves of a token.
    case phrase(field: String, tokens: [String], slop: Int)
    /// Some token starts with the text.
    case prefix(field: String, text: String)
    case wildcard(field: String, pattern: WildcardPattern)
    /// Some token is at most so many edits away (swapping neighbours is one edit).
    case fuzzy(field: String, token: String, editsMaximum: Int)
    /// Some token lies between the bounds, in the order of code units.
    case range(field: String, lower: QueryBound?, upper: QueryBound?)
    /// As ``range(field:lower:upper:)`` on a field of 64-bit integers; both bounds belong to the range.
    case numericRange(field: String, ClosedRange<Int64>)
    /// The field has any value.
    case exists(field: String)
    /// Scores count so many times.
    case boosted(Query, by: Double)
    /// Matches where every `must` and no `mustNot` clause does, and, without `must`, some `should`.
    case boolean([QueryClause])

    /// Both have to match.
    package static func all(_ queries: [Query]) -> Query {
        queries.count == 1 ? queries[0] : .boolean(queries.map { QueryClause(.must, $0) })
    }

    /// One of them has to match; nothing matches an empty list.
    package static func any(_ queries: [Query]) -> Query {
        switch queries.count {
        case 0: .matchNone
        case 1: queries[0]
        default: .boolean(queries.map { QueryClause(.should, $0) })
        }
    }
}

/// One clause of a boolean query.
package struct QueryClause: Sendable, Hashable {
    package enum Occurrence: Sendable, Hashable {
        case must
        case should
        case mustNot
    }

    package var occurrence: Occurrence
    package var query: Query

    package init(_ occurrence: Occurrence, _ query: Query) {
        self.occurrence = occurrence
        self.query = query
    }
}

/// One end of a range of tokens.
package struct QueryBound: Sendable, Hashable {
    package var text: String
    package var isInclusive: Bool

    package init(_ text: String, isInclusive: Bool) {
        self.text = text
        self.isInclusive = isInclusive
    }
}

/// A text in which `?` stands for one scalar and `*` for any number of them.
package struct WildcardPattern: Sendable, Hashable {
    package enum Element: Sendable, Hashable {
        case scalar(Unicode.Scalar)
        case one
        case many
    }

    package var elements: [Element]

    package init(elements: [Element]) { self.elements = elements }

    /// The text before the first wildcard: an index narrows its search to it.
    package var literalPrefix: String {
        var prefix = ""
        for case .scalar(let scalar) in self.elements.prefix(while: { $0 != .one && $0 != .many }) {
            prefix.unicodeScalars.append(scalar)
        }
        return prefix
    }

    /// Linear in text × wildcards: on a mismatch only the latest `*` takes one scalar more.
    package func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var element = 0
        var position = 0
        var retry: (element: Int, position: Int)?
        while position < scalars.count {
            if element < self.elements.count {
                switch self.elements[element] {
                case .many:
                    retry = (element, position)
                    element += 1
                    continue
                case .one:
                    element += 1
                    position += 1
                    continue
                case .scalar(scalars[position]):
                    element += 1
                    position += 1
                    continue
                case .scalar:
                    break
                }
            }
            guard let last = retry else { return false }
            retry = (last.element, last.position + 1)
            element = last.element + 1
            position = last.position + 1
        }
        return self.elements[element...].allSatisfy { $0 == .many }
    }
}
