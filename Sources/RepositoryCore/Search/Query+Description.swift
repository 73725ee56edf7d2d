extension Query: CustomStringConvertible {
    /// The query in the notation in which Lucene prints one, for logs and for comparison with it.
    package var description: String {
        switch self {
        case .matchAll: "*:*"
        case .matchNone: ""
        case .term(let field, let token): "\(field):\(token)"
        case .phrase(let field, let tokens, let slop):
            "\(field):\"\(tokens.joined(separator: " "))\"" + (slop > 0 ? "~\(slop)" : "")
        case .prefix(let field, let text): "\(field):\(text)*"
        case .wildcard(let field, let pattern): "\(field):\(pattern)"
        case .fuzzy(let field, let token, let edits): "\(field):\(token)~\(edits)"
        case .range(let field, let lower, let upper): Self.range(field, lower, upper)
        case .numericRange(let field, let range): "\(field):[\(range.lowerBound) TO \(range.upperBound)]"
        case .exists(let field): "\(field):[* TO *]"
        case .boosted(let query, let boost): "(\(query))^\(Self.boost(boost))"
        case .boolean(let clauses): clauses.map(\.description).joined(separator: " ")
        }
    }

    private static func range(_ field: String, _ lower: QueryBound?, _ upper: QueryBound?) -> String {
        let opening = lower?.isInclusive ?? true ? "[" : "{"
        let closing = upper?.isInclusive ?? true ? "]" : "}"
        return "\(field):\(opening)\(lower?.text ?? "*") TO \(upper?.text ?? "*")\(closing)"
    }

    private static func boost(_ value: Double) -> String { "\(Float(value))" }
}

extension QueryClause: CustomStringConvertible {
    package var description: String {
        let sign =
            switch self.occurrence {
            case .must: "+"
            case .should: ""
            case .mustNot: "-"
            }
        guard case .boolean = self.query else { return sign + self.query.description }
        return sign + "(" + self.query.description + ")"
    }
}

extension WildcardPattern: CustomStringConvertible {
    package var description: String {
        var text = ""
        for element in self.elements {
            switch element {
            case .scalar(let scalar): text.unicodeScalars.append(scalar)
            case .one: text.append("?")
            case .many: text.append("*")
            }
        }
        return text
    }
}
