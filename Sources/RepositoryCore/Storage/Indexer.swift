/// Finds objects by query.
package protocol Indexer: Sendable {
    /// Whatever was committed before the call is found.
    func search(_ search: IndexSearch) async throws -> IndexHits
}

/// What to look for, in terms of the index alone: rights have already become part of the query.
package struct IndexSearch: Sendable {
    package var query: Query
    /// Each has to match as well; none of them changes scores.
    package var filters: [Query] = []
    /// Empty for relevance.
    package var sort: [SortField] = []
    /// Hits to skip.
    package var offset = 0
    /// Hits to return at most; nil for all, 0 to count only.
    package var limit: Int?
    package var facets: [FacetRequest] = []

    package init(query: Query) { self.query = query }
}

/// A field whose values are to be counted among all hits.
package struct FacetRequest: Sendable, Equatable {
    package var field: String
    package var bucketsMaximum: Int

    package init(field: String, bucketsMaximum: Int = 10) {
        self.field = field
        self.bucketsMaximum = bucketsMaximum
    }
}

package struct IndexHits: Sendable, Equatable {
    package struct Hit: Sendable, Equatable {
        package var id: ObjectID
        package var score: Double

        package init(id: ObjectID, score: Double) {
            self.id = id
            self.score = score
        }
    }

    package struct Facet: Sendable, Equatable {
        package struct Bucket: Sendable, Equatable {
            package var value: String
            package var count: Int

            package init(value: String, count: Int) {
                self.value = value
                self.count = count
            }
        }

        package var field: String
        /// Most frequent first, equal counts by value.
        package var buckets: [Bucket]

        package init(field: String, buckets: [Bucket]) {
            self.field = field
            self.buckets = buckets
        }
    }

    /// Hits in all, whatever the page.
    package var total: Int
    package var hits: [Hit]
    package var facets: [Facet] = []

    package init(total: Int, hits: [Hit], facets: [Facet] = []) {
        self.total = total
        self.hits = hits
        self.facets = facets
    }
}
