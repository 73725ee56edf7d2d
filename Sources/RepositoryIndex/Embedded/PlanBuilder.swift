import GRDB
import RepositoryCore

/// Turns a query into a ``Plan``; wildcards, fuzzy words and ranges are looked up in the list of terms here.
struct PlanBuilder {
    /// Terms that a wildcard, fuzzy word or range may stand for within an FTS5 expression; where there are more,
    /// their documents are gathered instead.
    static let expansionMaximum = 64

    let codes: FieldCodes
    let terms: TermTable
    /// Whether the plan has to give scores.
    let isScored: Bool
    private var lastGroup = 0

    init(codes: FieldCodes, terms: TermTable, isScored: Bool) {
        self.codes = codes
        self.terms = terms
        self.isScored = isScored
    }

    mutating func plan(_ query: Query, filters: [Query]) throws -> Plan {
        let plan = try self.plan(query, boost: self.isScored ? 1 : 0)
        return .all(of: [plan] + (try filters.map { try self.plan($0, boost: 0) }))
    }

    /// `boost` is 0 for a part that counts nothing.
    private mutating func plan(_ query: Query, boost: Double) throws -> Plan {
        switch query {
        case .matchAll: return .all
        case .matchNone: return .none
        case .boosted(let query, let factor): return try self.plan(query, boost: boost * factor)
        case .boolean(let clauses): return try self.plan(clauses, boost: boost)
        // Every entry has this field, so that searches may ask for it at no cost.
        case .term("valid", "true"): return .all
        case .term(let field, _), .phrase(let field, _, _), .prefix(let field, _), .wildcard(let field, _),
            .fuzzy(let field, _, _), .range(let field, _, _), .numericRange(let field, _), .exists(let field):
            guard let code = self.codes.code(of: field) else { return .none }
            let analysis = IndexField.analysis(of: field)
            return try self.plan(query, IndexedField(code: code, analysis: analysis), boost: boost)
        }
    }

    private mutating func plan(_ clauses: [QueryClause], boost: Double) throws -> Plan {
        var required: [Plan] = []
        var optional: [Plan] = []
        var forbidden: [Plan] = []
        for clause in clauses {
            switch clause.occurrence {
            case .must: required.append(try self.plan(clause.query, boost: boost))
            case .should: optional.append(try self.plan(clause.query, boost: boost))
            case .mustNot: forbidden.append(try self.plan(clause.query, boost: 0))
            }
        }
        let base: Plan
        if required.isEmpty {
            base = .any(of: optional)
        } else {
            base = Plan.all(of: required).preferring(boost == 0 ? [] : optional)
        }
        return base.excluding(.any(of: forbidden))
    }

    private struct IndexedField {
        let code: FieldCodes.Code
        let analysis: FieldAnalysis

        func token(_ text: String) -> [UInt8] { IndexToken.bytes(self.code, .term, text) }
    }

    private mutating func plan(_ query: Query, _ field: IndexedField, boost: Double) throws -> Plan {
        switch query {
        case .term(_, let token):
            return try self.term(token, field, boost: boost)
        case .phrase(_, let tokens, let slop):
            let weight = TextExpression.Weight(value: try self.weight(tokens, field, boost: boost), group: nil)
            let expression = TextExpression(tokens: tokens.map(field.token), weight: weight)
            guard slop > 0 else { return .text(expression) }
            let documents = try TextTable(db: self.terms.db).documents(tokens, slop: slop, code: field.code)
            return .documents(documents, score: boost)
        case .prefix(_, let text):
            guard !text.isEmpty else { return self.exists(field, boost: boost) }
            let weight = self.constant(boost)
            return .text(TextExpression(tokens: [field.token(text)], isPrefix: true, weight: weight))
        case .exists:
            return self.exists(field, boost: boost)
        case .wildcard(_, let pattern):
            let prefix = IndexToken.text(field.code, .term, pattern.literalPrefix)
            return try self.expansion(field, prefix: prefix, boost: boost) { pattern.matches($0) }
        case .fuzzy(_, let token, let edits):
            let prefix = IndexToken.text(field.code, .term)
            let matcher = FuzzyMatcher(token, editsMaximum: edits)
            return try self.expansion(field, prefix: prefix, boost: boost) { matcher.matches($0) }
        case .range(_, let lower, let upper):
            return try self.range(TermRange(field.code, lower, upper), boost: boost)
        case .numericRange(_, let range):
            return try self.range(TermRange(field.code, range), boost: boost)
        case .matchAll, .matchNone, .boosted, .boolean:
            preconditionFailure("no query on a field")
        }
    }

    private mutating func term(_ token: String, _ field: IndexedField, boost: Double) throws -> Plan {
        guard field.analysis == .text else {
            return .text(TextExpression(tokens: [field.token(token)], weight: self.constant(boost)))
        }
        let weight = TextExpression.Weight(value: try self.weight([token], field, boost: boost), group: nil)
        return .text(TextExpression(tokens: [field.token(token)], weight: weight))
    }

    private mutating func exists(_ field: IndexedField, boost: Double) -> Plan {
        .text(TextExpression(tokens: [IndexToken.bytes(field.code, .exists)], weight: self.constant(boost)))
    }

    /// A weight that counts once however often something is found.
    private mutating func constant(_ boost: Double) -> TextExpression.Weight {
        self.lastGroup += 1
        return TextExpression.Weight(value: boost, group: self.lastGroup)
    }

    /// The rarer the tokens, the more they count: the sum of their inverse document frequencies as in BM25.
    private func weight(_ tokens: [String], _ field: IndexedField, boost: Double) throws -> Double {
        guard boost != 0 else { return 0 }
        let count = Double(try self.terms.documentCount())
        let rarity = try tokens.reduce(0) { sum, token in
            let frequency = Double(try self.terms.frequency(IndexToken.text(field.code, .term, token)))
            return sum + InverseDocumentFrequency.value(documents: count, frequency: frequency)
        }
        return boost * rarity
    }

    private mutating func expansion(
        _ field: IndexedField,
        prefix: String,
        boost: Double,
        where isMatch: (String) -> Bool
    ) throws -> Plan {
        let length = IndexToken.prefix(field.code, .term).count
        let range = TermRange(prefix: prefix)
        let found = try self.terms.terms(in: range) { isMatch(IndexToken.decode($0, dropping: length)) }
        guard found.count <= Self.expansionMaximum else {
            return .documents(try self.terms.documents(of: found), score: boost)
        }
        return self.oneOf(found, boost: boost)
    }

    private mutating func range(_ range: TermRange, boost: Double) throws -> Plan {
        let found = try self.terms.terms(in: range, limit: Self.expansionMaximum + 1)
        guard found.count <= Self.expansionMaximum else {
            return .documents(try self.terms.documents(in: range), score: boost)
        }
        return self.oneOf(found, boost: boost)
    }

    private mutating func oneOf(_ found: [String], boost: Double) -> Plan {
        guard !found.isEmpty else { return .none }
        return .text(TextExpression(oneOf: found.map { Array($0.utf8) }, weight: self.constant(boost)))
    }
}

/// How much a token that few documents hold says more than one that many hold.
enum InverseDocumentFrequency {
    /// Source: BM25 as Lucene computes it.
    static func value(documents: Double, frequency: Double) -> Double {
        // A leftover of a removed document may make a token more frequent than there are documents.
        let rest = max(0, documents - frequency)
        return (1 + (rest + 0.5) / (frequency + 0.5)).logarithm
    }
}
