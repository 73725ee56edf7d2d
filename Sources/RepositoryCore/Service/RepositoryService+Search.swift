/// A search as a client asks for it.
package struct SearchRequest: Sendable {
    package var query = ""
    package var filterQueries: [String] = []
    package var pageNum = 0
    /// Negative for all, 0 to count only.
    package var pageSize = -1
    package var sort: [SortField] = []
    package var facets: [FacetRequest] = []
    package var includeVersions = false

    package init(query: String) { self.query = query }
}

extension RepositoryService {
    /// Finds what the caller may read.
    ///
    /// The caller's query is parsed on its own and never spliced into the restriction as text, so no query
    /// can step outside it.
    /// - Throws: 400 `Query parse failure`.
    package func search(_ request: SearchRequest, as caller: Caller) async throws -> IndexHits {
        var search = IndexSearch(query: try self.parse(request.query))
        for text in request.filterQueries { search.filters.append(try self.parse(text)) }
        var exclusions = [QueryClause(.must, .term(field: "valid", token: "true"))]
        if !request.includeVersions {
            exclusions.append(QueryClause(.mustNot, .term(field: "isVersion", token: "true")))
        }
        search.filters.append(.boolean(exclusions))
        if let restriction = self.model.authorizer.readRestriction(for: caller) { search.filters.append(restriction) }
        search.sort = request.sort
        search.facets = request.facets
        if request.pageSize > 0 {
            let (offset, overflow) = max(0, request.pageNum).multipliedReportingOverflow(by: request.pageSize)
            search.offset = overflow ? .max : offset
            search.limit = request.pageSize
        } else if request.pageSize == 0, !self.model.settings.useLegacySearchPageSizeZeroReturnsAll {
            search.limit = 0
        }
        return try await self.dependencies.indexer.search(search)
    }

    private func parse(_ text: String) throws(RepositoryError) -> Query {
        var options = QueryParser.Options()
        options.allowLeadingWildcard = self.options.allowLeadingWildcard
        do throws(QueryParseError) {
            return try QueryParser.parse(text, options: options)
        } catch {
            throw .badRequest("Query parse failure")
        }
    }

    /// The objects of some hits, in their order; those that have gone meanwhile are left out.
    package func objects(of hits: ArraySlice<IndexHits.Hit>) async throws -> [DigitalObject] {
        try await self.dependencies.storage.objects(hits.map(\.id))
    }

    /// Part of a payload's bytes; the range lies within its size.
    package func payload(_ name: String, of id: ObjectID, in range: Range<Int64>) async throws -> [UInt8] {
        guard let bytes = try await self.dependencies.storage.payload(name, of: id, in: range) else {
            throw RepositoryError.notFound("No payload \(name) in object \(id)")
        }
        return bytes
    }
}
