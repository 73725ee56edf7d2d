/// Turns the words of a query into queries on one field, by the analysis of that field.
struct TermField {
    let name: String
    private let analysis: FieldAnalysis

    init(_ name: String) {
        self.name = name
        self.analysis = IndexField.analysis(of: name)
    }

    /// A word outside quotation marks: the words that it consists of are alternatives.
    func term(_ text: String) -> Query? {
        switch self.analysis {
        case .text:
            let tokens = TextAnalyzer.tokens(text)
            guard !tokens.isEmpty else { return nil }
            return .any(tokens.map { .term(field: self.name, token: $0) })
        case .keyword, .exact, .number:
            return self.wholeValue(text)
        }
    }

    func phrase(_ text: String, slop: Int) -> Query? {
        guard self.analysis == .text else { return self.wholeValue(text) }
        let tokens = TextAnalyzer.tokens(text)
        switch tokens.count {
        case 0: return nil
        case 1: return .term(field: self.name, token: tokens[0])
        default: return .phrase(field: self.name, tokens: tokens, slop: slop)
        }
    }

    private func wholeValue(_ text: String) -> Query {
        switch self.analysis {
        case .number:
            guard let value = Int64(text) else { return .matchNone }
            return .numericRange(field: self.name, value...value)
        case .exact:
            // Ids are found as written, and in lower case too, as an index that folds its queries does.
            let lowered = TextAnalyzer.lowercased(text.unicodeScalars)
            let term = Query.term(field: self.name, token: text)
            guard self.name == "id", !lowered.isIdentical(to: text) else { return term }
            return .any([term, .term(field: self.name, token: lowered)])
        case .keyword, .text:
            return .term(field: self.name, token: self.normalized(text))
        }
    }

    /// The text in the case that the field's tokens have.
    private func normalized(_ text: String) -> String {
        self.analysis == .exact ? text : TextAnalyzer.lowercased(text.unicodeScalars)
    }

    func prefix(_ text: String) -> Query {
        self.analysis == .number ? .matchNone : .prefix(field: self.name, text: self.normalized(text))
    }

    func fuzzy(_ text: String, editsMaximum: Int) -> Query {
        guard self.analysis != .number else { return self.wholeValue(text) }
        return .fuzzy(field: self.name, token: self.normalized(text), editsMaximum: editsMaximum)
    }

    func wildcard(_ pattern: WildcardPattern) -> Query {
        switch self.analysis {
        case .number: return .matchNone
        case .exact: return .wildcard(field: self.name, pattern: pattern)
        case .text, .keyword: break
        }
        let elements = pattern.elements.flatMap { element -> [WildcardPattern.Element] in
            guard case .scalar(let scalar) = element else { return [element] }
            return TextAnalyzer.lowercased([scalar]).unicodeScalars.map { .scalar($0) }
        }
        return .wildcard(field: self.name, pattern: WildcardPattern(elements: elements))
    }

    func range(_ token: QueryRangeToken) throws(QueryParseError) -> Query {
        let lower = try self.bound(token.lower, token.isLowerQuoted, token.isLowerInclusive)
        let upper = try self.bound(token.upper, token.isUpperQuoted, token.isUpperInclusive)
        guard lower != nil || upper != nil else { return .exists(field: self.name) }
        guard self.analysis == .number else { return .range(field: self.name, lower: lower, upper: upper) }
        return Self.numericRange(self.name, lower, upper)
    }

    private func bound(
        _ text: ArraySlice<Unicode.Scalar>,
        _ isQuoted: Bool,
        _ isInclusive: Bool
    ) throws(QueryParseError) -> QueryBound? {
        if !isQuoted, text.elementsEqual(["*"]) { return nil }
        return QueryBound(self.normalized(try QueryEscape.unescape(text)), isInclusive: isInclusive)
    }

    private static func numericRange(_ name: String, _ lower: QueryBound?, _ upper: QueryBound?) -> Query {
        var least = Int64.min
        var most = Int64.max
        if let lower {
            guard let value = Int64(lower.text), lower.isInclusive || value < .max else { return .matchNone }
            least = lower.isInclusive ? value : value + 1
        }
        if let upper {
            guard let value = Int64(upper.text), upper.isInclusive || value > .min else { return .matchNone }
            most = upper.isInclusive ? value : value - 1
        }
        return least <= most ? .numericRange(field: name, least...most) : .matchNone
    }
}
