import GRDB
import RepositoryCore

/// One search in one read transaction.
struct EmbeddedSearch {
    private let search: IndexSearch
    private let codes: FieldCodes
    private let terms: TermTable
    private let text: TextTable
    private let documents: DocumentTable

    init(_ search: IndexSearch, codes: FieldCodes, db: Database) {
        self.search = search
        self.codes = codes
        self.terms = TermTable(db: db)
        self.text = TextTable(db: db)
        self.documents = DocumentTable(db: db)
    }

    /// Whether the order is that of relevance and nothing else.
    private var isByRelevance: Bool {
        self.search.sort.first.map { $0.name == SortField.relevance } ?? true
    }

    private var isScored: Bool {
        guard self.search.limit != 0 else { return false }
        return self.search.sort.isEmpty || self.search.sort.contains { $0.name == SortField.relevance }
    }

    func run() throws -> IndexHits {
        var builder = PlanBuilder(codes: self.codes, terms: self.terms, isScored: self.isScored)
        let plan = try builder.plan(self.search.query, filters: self.search.filters)
        if let hits = try self.hitsInDocumentOrder(plan) { return hits }
        let matches = try self.matches(plan)
        let sorter = HitSorter(sort: self.search.sort, codes: self.codes, terms: self.terms)
        let order = try sorter.order(of: matches, count: self.search.limit.map { self.search.offset.addingClamped($0) })
        let page = order.dropFirst(self.search.offset)
        let hits = try self.hits(page.map { (matches.documents[$0], matches.scores.isEmpty ? 1 : matches.scores[$0]) })
        let facets = try FacetCounter(codes: self.codes, db: self.terms.db).facets(self.search.facets, in: matches)
        return IndexHits(total: matches.documents.count, hits: hits, facets: facets)
    }

    /// A count and a page without gathering all matches; nil where order or facets ask for all of them.
    private func hitsInDocumentOrder(_ plan: Plan) throws -> IndexHits? {
        guard let limit = self.search.limit, self.search.facets.isEmpty, limit == 0 || self.isByRelevance,
            limit == 0 || self.search.sort.count <= 1, plan.isUniform || limit == 0
        else { return nil }
        let offset = self.search.offset
        switch plan {
        case .none:
            return IndexHits(total: 0, hits: [])
        case .all:
            return try self.hits(self.terms.documentCount()) {
                try self.documents.documents(offset: offset, limit: limit)
            }
        case .text(let expression):
            return try self.hits(self.text.count(expression)) {
                try self.text.documents(expression, offset: offset, limit: limit)
            }
        case .except(.all, let other):
            let others = try self.matches(other)
            return try self.hits(self.terms.documentCount() - others.documents.count) {
                try self.documents.documents(except: others, offset: offset, limit: limit)
            }
        case .documents, .every, .any, .except, .preferring:
            return nil
        }
    }

    private func hits(_ total: Int, page: () throws -> [Int64]) throws -> IndexHits {
        guard self.search.limit != 0, total > self.search.offset else { return IndexHits(total: total, hits: []) }
        return IndexHits(total: total, hits: try self.hits(page().map { ($0, 1) }))
    }

    private func hits(_ page: [(document: Int64, score: Double)]) throws -> [IndexHits.Hit] {
        try page.compactMap { document, score in
            try self.documents.objectID(of: document).map { IndexHits.Hit(id: $0, score: score) }
        }
    }

    private func matches(_ plan: Plan) throws -> Matches {
        switch plan {
        case .none: return Matches()
        case .all: return Matches(documents: try self.documents.all())
        case .text(let expression): return try self.text.matches(expression)
        case .documents(let documents, let score):
            return Matches(documents: documents, scores: score == 0 ? [] : documents.map { _ in score })
        case .every(let plans):
            guard var result = try plans.first.map({ try self.matches($0) }) else { return Matches() }
            for plan in plans.dropFirst() where !result.documents.isEmpty {
                result = result.intersection(try self.matches(plan))
            }
            return result
        case .any(let plans):
            return try plans.reduce(into: Matches()) { $0 = $0.union(try self.matches($1)) }
        case .except(let plan, let other):
            return try self.matches(plan).subtracting(try self.matches(other))
        case .preferring(let plan, let others):
            return try others.reduce(into: self.matches(plan)) { $0 = $0.adding(try self.matches($1)) }
        }
    }
}

extension Int {
    fileprivate func addingClamped(_ other: Int) -> Int {
        let (sum, isOverflow) = self.addingReportingOverflow(other)
        return isOverflow ? .max : sum
    }
}
