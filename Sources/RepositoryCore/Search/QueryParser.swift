/// Reads the query language of Lucene's classic parser.
///
/// Words without an operator between them are alternatives. `AND` makes both its neighbours mandatory and
/// `NOT` its right one forbidden, from left to right and without precedence: `a OR b AND c` asks for b and c,
/// and a only improves the score. A query of forbidden clauses alone matches nothing.
/// Source: `org.apache.lucene.queryparser.classic.QueryParser`; differs from it in: `/` needs no escaping,
/// `*` alone matches everything, and there are no regular expressions.
package struct QueryParser {
    package struct Options: Sendable {
        /// Whether a word may begin with a wildcard, which makes an index look at every word it knows.
        package var allowLeadingWildcard = false
        /// Most clauses in one query.
        package var clausesMaximum = 1024
        /// Deepest nesting of parentheses.
        package var depthMaximum = 64

        package init() {}
    }

    private let options: Options
    private let defaultField: String
    private var lexer: QueryLexer
    private var current: QueryToken
    private var upcoming: QueryToken
    private var clauseCount = 0
    private var depth = 0

    package static func parse(
        _ text: String,
        defaultField: String = IndexField.all,
        options: Options = Options()
    ) throws(QueryParseError) -> Query {
        if text.utf8.split(separator: UInt8(ascii: " ")).elementsEqual(["*".utf8[...]], by: { $0.elementsEqual($1) }) {
            return .matchAll
        }
        var parser = try QueryParser(text, defaultField: defaultField, options: options)
        let query = try parser.query(field: defaultField)
        guard parser.current == .end else { throw .unexpectedToken(offset: parser.lexer.position) }
        return query ?? .matchNone
    }

    private init(_ text: String, defaultField: String, options: Options) throws(QueryParseError) {
        self.options = options
        self.defaultField = defaultField
        self.lexer = QueryLexer(text)
        self.current = try self.lexer.next()
        self.upcoming = try self.lexer.next()
    }

    @discardableResult
    private mutating func advance() throws(QueryParseError) -> QueryToken {
        let token = self.current
        self.current = self.upcoming
        self.upcoming = try self.lexer.next()
        return token
    }

    private var unexpected: QueryParseError {
        self.current == .end ? .unexpectedEnd : .unexpectedToken(offset: self.lexer.position)
    }

    /// Clauses up to the end or a closing parenthesis; nil where none of them has anything to search for.
    private mutating func query(field: String) throws(QueryParseError) -> Query? {
        var clauses: [QueryClause] = []
        let modifier = try self.modifier()
        let first = try self.clause(field: field)
        if let first { clauses.append(QueryClause(modifier ?? .should, first)) }
        var isSingle = modifier == nil
        while self.current != .end, self.current != .closeParenthesis {
            let isConjunction = try self.conjunction()
            let modifier = try self.modifier()
            let query = try self.clause(field: field)
            isSingle = isSingle && query == nil
            if isConjunction, let last = clauses.indices.last, clauses[last].occurrence != .mustNot {
                clauses[last].occurrence = .must
            }
            guard let query else { continue }
            clauses.append(QueryClause(modifier ?? (isConjunction ? .must : .should), query))
        }
        if isSingle, clauses.count == 1, let first { return first }
        return clauses.isEmpty ? nil : .boolean(clauses)
    }

    /// Whether the next clause is joined by AND.
    private mutating func conjunction() throws(QueryParseError) -> Bool {
        guard self.current == .and || self.current == .or else { return false }
        return try self.advance() == .and
    }

    private mutating func modifier() throws(QueryParseError) -> QueryClause.Occurrence? {
        switch self.current {
        case .plus:
            try self.advance()
            return .must
        case .minus, .not:
            try self.advance()
            return .mustNot
        default:
            return nil
        }
    }

    private mutating func clause(field: String) throws(QueryParseError) -> Query? {
        self.clauseCount += 1
        guard self.clauseCount <= self.options.clausesMaximum else { throw .tooComplex }
        var field = field
        if self.upcoming == .colon {
            if case .term(let name) = self.current {
                field = IndexField.canonicalName(try QueryEscape.unescape(name))
                try self.advance()
                try self.advance()
            } else if self.current == .star {
                field = "*"
                try self.advance()
                try self.advance()
            }
        }
        guard self.current == .openParenthesis else { return try self.term(field: field) }
        return try self.group(field: field)
    }

    private mutating func group(field: String) throws(QueryParseError) -> Query? {
        guard self.depth < self.options.depthMaximum else { throw .tooComplex }
        self.depth += 1
        try self.advance()
        let query = try self.query(field: field)
        guard self.current == .closeParenthesis else { throw self.unexpected }
        try self.advance()
        self.depth -= 1
        return try self.boosted(query)
    }

    private mutating func boosted(_ query: Query?) throws(QueryParseError) -> Query? {
        guard case .boost(let factor) = self.current else { return query }
        try self.advance()
        return query.map { .boosted($0, by: factor) }
    }

    private mutating func term(field: String) throws(QueryParseError) -> Query? {
        let token = try self.termToken()
        var fuzziness = try self.fuzziness()
        var boost: Double?
        if case .boost(let factor) = self.current {
            boost = factor
            try self.advance()
            if fuzziness == nil { fuzziness = try self.fuzziness() }
        }
        guard let query = try self.query(for: token, field: TermField(field), fuzziness: fuzziness) else { return nil }
        return boost.map { .boosted(query, by: $0) } ?? query
    }

    private mutating func termToken() throws(QueryParseError) -> QueryToken {
        switch self.current {
        case .term, .quoted, .prefixTerm, .wildcardTerm, .star, .range, .bareOperator: return try self.advance()
        default: throw self.unexpected
        }
    }

    private mutating func fuzziness() throws(QueryParseError) -> String? {
        guard case .fuzzy(let text) = self.current else { return nil }
        try self.advance()
        return text
    }

    private func query(
        for token: QueryToken,
        field: TermField,
        fuzziness: String?
    ) throws(QueryParseError) -> Query? {
        switch token {
        case .quoted(let text):
            return field.phrase(try QueryEscape.unescape(text), slop: Self.slop(fuzziness))
        case .range(let range):
            guard fuzziness == nil else { throw .badFuzziness }
            return try field.range(range)
        case .star:
            if field.name == "*" { return .matchAll }
            return try self.wildcard(WildcardPattern(elements: [.many]), field)
        case .wildcardTerm(let text):
            return try self.wildcard(try QueryEscape.pattern(text), field)
        case .prefixTerm(let text):
            return field.prefix(try QueryEscape.unescape(text))
        case .term(let text):
            let text = try QueryEscape.unescape(text)
            guard let fuzziness else { return field.term(text) }
            return field.fuzzy(text, editsMaximum: try Self.edits(fuzziness, length: text.unicodeScalars.count))
        default:
            return nil  // An operator that stands alone is a word without letters.
        }
    }

    private func wildcard(_ pattern: WildcardPattern, _ field: TermField) throws(QueryParseError) -> Query {
        guard pattern.elements.first == .one || pattern.elements.first == .many else { return field.wildcard(pattern) }
        guard self.options.allowLeadingWildcard else { throw .leadingWildcard }
        return pattern.elements == [.many] ? .exists(field: field.name) : field.wildcard(pattern)
    }

    private static func slop(_ text: String?) -> Int {
        guard let text, let value = Double(text), value.isFinite else { return 0 }
        return Int(min(max(value, 0), 1_000_000))
    }

    /// Edits that `~text` allows: none given means 2, a fraction is a share of the word's length.
    private static func edits(_ text: String, length: Int) throws(QueryParseError) -> Int {
        guard let value = Double(text), value.isFinite else { return 2 }
        guard value >= 0 else { throw .badFuzziness }
        guard value < 1 || value == value.rounded() else { throw .badFuzziness }
        if value >= 1 { return Int(min(value, 2)) }
        return value == 0 ? 0 : min(Int((1 - value) * Double(length)), 2)
    }
}
