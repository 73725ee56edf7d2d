import GRDB
import RepositoryCore

/// Counts the values of fields among all matches.
struct FacetCounter {
    let codes: FieldCodes
    let db: Database

    func facets(_ requests: [FacetRequest], in matches: Matches) throws -> [IndexHits.Facet] {
        guard !requests.isEmpty else { return [] }
        var counts = [[ExactText: Int]](repeating: [:], count: requests.count)
        let codes = requests.map { self.codes.code(of: $0.field) }
        for document in matches.documents {
            guard let values = try EntryTable.values(of: document, in: self.db) else { continue }
            for (number, code) in codes.enumerated() {
                guard let code, let field = EntryReader.field(code, in: values) else { continue }
                for value in Set(field.values.map { ExactText($0) }) { counts[number][value, default: 0] += 1 }
            }
        }
        return zip(requests, counts).map { Self.facet($0, $1) }
    }

    static func facet(_ request: FacetRequest, _ counts: [ExactText: Int]) -> IndexHits.Facet {
        let buckets =
            counts
            .sorted { left, right in
                guard left.value == right.value else { return left.value > right.value }
                return left.key.text.utf8.lexicographicallyPrecedes(right.key.text.utf8)
            }
            .prefix(max(0, request.bucketsMaximum))
            .map { IndexHits.Facet.Bucket(value: $0.key.text, count: $0.value) }
        return IndexHits.Facet(field: request.field, buckets: buckets)
    }
}
