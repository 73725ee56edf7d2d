import GRDB
import RepositoryCore

/// A part of the list of terms, in the order of their bytes.
struct TermRange {
    let lower: String
    var isLowerIncluded = true
    let upper: String
    var isUpperIncluded = false

    /// Every term that starts so.
    init(prefix: String) {
        self.lower = prefix
        self.upper = IndexToken.end(ofPrefix: prefix)
    }

    /// A field's terms between two bounds.
    init(_ code: FieldCodes.Code, _ lower: QueryBound?, _ upper: QueryBound?) {
        self.lower = IndexToken.text(code, .term, lower?.text ?? "")
        self.isLowerIncluded = lower?.isInclusive ?? true
        self.upper = upper.map { IndexToken.text(code, .term, $0.text) } ?? IndexToken.end(code, .term)
        self.isUpperIncluded = upper?.isInclusive ?? false
    }

    /// A field's numbers within a range.
    init(_ code: FieldCodes.Code, _ range: ClosedRange<Int64>) {
        self.lower = IndexToken.text(code, .term, IndexToken.number(range.lowerBound))
        self.upper = IndexToken.text(code, .term, IndexToken.number(range.upperBound))
        self.isUpperIncluded = true
    }

    /// Every term of this kind.
    init(all code: FieldCodes.Code, _ kind: IndexToken.Kind) {
        self.lower = IndexToken.text(code, kind)
        self.upper = IndexToken.end(code, kind)
    }

    fileprivate var condition: String {
        "term \(self.isLowerIncluded ? ">=" : ">") ? AND term \(self.isUpperIncluded ? "<=" : "<") ?"
    }

    fileprivate var arguments: StatementArguments { [self.lower, self.upper] }
}

/// What the FTS5 table knows of its tokens, read within one transaction.
struct TermTable {
    let db: Database

    func documentCount() throws -> Int {
        try Int.fetchOne(self.db.cachedStatement(sql: "SELECT count(*) FROM index_document")) ?? 0
    }

    /// Documents that hold a term.
    func frequency(_ term: String) throws -> Int {
        let statement = try self.db.cachedStatement(sql: "SELECT doc FROM index_term WHERE term = ?")
        return try Int.fetchOne(statement, arguments: [term]) ?? 0
    }

    /// Terms within a range, in their order.
    func terms(in range: TermRange, limit: Int = -1, where isMatch: (String) -> Bool = { _ in true }) throws -> [String]
    {
        let sql = "SELECT term FROM index_term WHERE \(range.condition) LIMIT ?"
        let cursor = try String.fetchCursor(
            self.db.cachedStatement(sql: sql),
            arguments: range.arguments + [limit]
        )
        var terms: [String] = []
        while let term = try cursor.next() {
            if isMatch(term) { terms.append(term) }
        }
        return terms
    }

    /// Documents that hold some term of a range, ascending.
    func documents(in range: TermRange) throws -> [Int64] {
        let sql = "SELECT doc FROM index_posting WHERE \(range.condition)"
        let documents = try Int64.fetchAll(self.db.cachedStatement(sql: sql), arguments: range.arguments)
        return documents.sortedWithoutRepetition()
    }

    /// Documents that hold one of the terms, ascending.
    func documents(of terms: [String]) throws -> [Int64] {
        var documents: [Int64] = []
        for term in terms {
            let statement = try self.db.cachedStatement(sql: "SELECT doc FROM index_posting WHERE term = ?")
            documents += try Int64.fetchAll(statement, arguments: [term])
        }
        return documents.sortedWithoutRepetition()
    }

    /// Calls the body with each document that has a sort key for a field, in the order of the keys' tokens.
    ///
    /// `isFirst` tells whether the token differs from the one before, `maybeCut` whether the key may be longer.
    func forEachSortToken(
        of code: FieldCodes.Code,
        _ body: (_ document: Int64, _ isFirst: Bool, _ maybeCut: Bool) -> Void
    ) throws {
        let range = TermRange(all: code, .sort)
        let sql = "SELECT term, doc FROM index_posting WHERE \(range.condition)"
        let cursor = try Row.fetchCursor(self.db.cachedStatement(sql: sql), arguments: range.arguments)
        var last: String?
        var maybeCut = false
        while let row = try cursor.next() {
            let term: String = row[0]
            let isFirst = last.map { !$0.isIdentical(to: term) } ?? true
            if isFirst { maybeCut = IndexToken.maybeCut(sortToken: term, code: code) }
            last = term
            body(row[1], isFirst, maybeCut)
        }
    }
}

extension [Int64] {
    fileprivate func sortedWithoutRepetition() -> [Int64] {
        var result: [Int64] = []
        for document in self.sorted() where document != result.last { result.append(document) }
        return result
    }
}
