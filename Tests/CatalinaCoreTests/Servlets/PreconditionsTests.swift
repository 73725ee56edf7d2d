import Coyote
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct PreconditionsTests {
    static let lastModified: Int64 = 1_787_333_635_000
    static let strong = "\"66cb6d53e52b2f95bb67eef6d564af45fabc60950da0a745c460e78429087f23\""
    static let weak = "W/\"934-1787333635000\""

    /// The lines that a symbol of the rows stands for.
    static func tags(_ symbol: String?, own: String) -> [String] {
        switch symbol {
        case nil: []
        case "EXACTLY": [own]
        case "IN": ["\"1a2b3c4d\", \(own), W/\"*\""]
        case "NOT_IN": ["\"1a2b3c4d\", W/\"*\", \"\""]
        case "ALL": ["*"]
        case "INVALID": ["1a2b3c4d"]
        case "INVALID_ALL_PLUS_OTHER": ["*", "W/\"1abcd\""]
        default: preconditionFailure("unknown symbol \(symbol ?? "")")
        }
    }

    static func date(_ symbol: String?) -> Preconditions.DateField {
        switch symbol {
        case nil, "NONE": .absent
        case "EQ": .date(self.lastModified)
        case "GT": .date(self.lastModified + 3_600_000)
        case "LT": .date(self.lastModified - 3_600_000)
        default: .invalid
        }
    }

    @Test("every combination of conditions has its outcome", arguments: Vectors.rows("04/04_preconditions.jsonl"))
    func evaluates(row: VectorRow) {
        let task = row["task"].string ?? ""
        let method = String(task.prefix { $0 != "_" })
        let isMissing = task.contains("404") || task.contains("NEW") || task.contains("NOT_EXIST")
        let own = row["use_strong_etags"].bool == true ? Self.strong : Self.weak
        var conditions = Preconditions()
        conditions.ifMatch = Self.tags(row["if_match_precondition"].string, own: own)
        conditions.ifNoneMatch = Self.tags(row["if_none_match_precondition"].string, own: own)
        conditions.ifUnmodifiedSince = Self.date(row["if_unmodified_since_precondition"].string)
        conditions.ifModifiedSince = Self.date(row["if_modified_since_precondition"].string)
        if let symbol = row["if_range_etag_precondition"].string {
            conditions.ifRange = Self.tags(symbol, own: own)
        } else if let symbol = row["if_range_date_precondition"].string {
            conditions.ifRangeDate = Self.date(symbol)
            conditions.ifRange = symbol.hasPrefix("MULTI") ? ["a date", "another"] : ["a date"]
        }
        conditions.hasRange = row["add_range_header"].bool == true
        let validators = Preconditions.Validators(
            eTag: isMissing ? nil : EntityTag(parsing: own),
            lastModified: isMissing ? 0 : Self.lastModified
        )
        let status: Int? =
            switch conditions.evaluate(method: method, validators) {
            case .malformed, .malformedRange: 400
            case .failed: 412
            case .notModified: 304
            case .proceed(usesRange: true): 206
            case .proceed:
                ["PUT_EXIST_TXT": 204, "DELETE_EXIST_TXT": 204, "PUT_NEW_TXT": 201][task] ?? (isMissing ? 404 : 200)
            }
        row.expect(status, equals: row["sc_expected"].int)
    }

    @Test("entity tags are compared as RFC 9110 says", arguments: Vectors.rows("04/04_if_match_etag.jsonl"))
    func comparesTags(row: VectorRow) {
        let own = row["strong_etag"].bool == true ? Self.strong : Self.weak
        let validators = Preconditions.Validators(eTag: EntityTag(parsing: own), lastModified: Self.lastModified)
        let lines = row["header_value"].string.map { [$0] } ?? []
        var match = Preconditions()
        match.ifMatch = lines
        var noneMatch = Preconditions()
        noneMatch.ifNoneMatch = lines
        func status(_ outcome: Preconditions.Outcome) -> Int {
            switch outcome {
            case .malformed, .malformedRange: 400
            case .failed: 412
            case .notModified: 304
            case .proceed: 200
            }
        }
        let found = [match, noneMatch].map { status($0.evaluate(method: "GET", validators)) }
        row.expect(found, equals: [row["status_if_match"].int ?? 0, row["status_if_none_match"].int ?? 0])
    }

    @Test("fractions of a second do not count")
    func ignoresFractions() {
        var conditions = Preconditions()
        conditions.ifModifiedSince = .date(1_000_000)
        let validators = Preconditions.Validators(eTag: EntityTag(parsing: Self.weak), lastModified: 1_000_999)
        #expect(conditions.evaluate(method: "GET", validators) == .notModified)
        #expect(conditions.evaluate(method: "POST", validators) == .proceed(usesRange: false))
    }
}
