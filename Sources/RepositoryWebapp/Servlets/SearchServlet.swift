import RepositoryCore
import ServletAPI

/// `/search`: finds objects by query.
struct SearchServlet: HttpServlet {
    let application: RepositoryApplication

    var allowedMethods: [String] { ["GET", "HEAD", "POST", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let search = try SearchParameters(await RequestParameters(request))
        try await SearchResponder(running: try self.application.running(), caller: request.caller)
            .respond(to: search, response)
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        if request.isForm { return try await self.doGet(request, response) }
        let running = try self.application.running()
        let search = try SearchParameters(json: try await request.json(limit: running.bodySizeMaximum))
        try await SearchResponder(running: running, caller: request.caller).respond(to: search, response)
    }
}

/// A search and the form in which its results are wanted.
struct SearchParameters {
    enum Form: Equatable {
        case ids
        case content
        case full
    }

    var search: SearchRequest
    var form = Form.full
    var filter: JSONFilter?
    var includesScore = false

    init(_ parameters: RequestParameters) throws(RepositoryError) {
        guard parameters["queryJson"] == nil else { throw .badRequest("queryJson is not supported") }
        guard let query = parameters["query"] else { throw .badRequest("Missing query") }
        self.search = SearchRequest(query: query)
        self.search.pageNum = try parameters.integer("pageNum", default: 0)
        self.search.pageSize = try parameters.integer("pageSize", default: -1)
        self.search.sort = SortField.list(parsing: parameters["sortFields"] ?? "")
        self.search.filterQueries = try parameters.strings("filterQueries")
        self.search.includeVersions = parameters.flag("includeVersions")
        self.includesScore = parameters.flag("includeScore")
        if let text = parameters["facets"] {
            guard let json = try? JSONValue(parsing: text) else { throw .badRequest("facets is not a JSON array") }
            self.search.facets = try Self.facets(json)
        }
        self.filter = try parameters.filter()
        self.form = parameters.flag("ids") ? .ids : parameters.flag("full", default: true) ? .full : .content
    }

    init(json: JSONValue) throws(RepositoryError) {
        guard json.object != nil else { throw .badRequest("Search is not a JSON object") }
        guard json["queryJson"] == nil else { throw .badRequest("queryJson is not supported") }
        guard let query = json["query"]?.string else { throw .badRequest("Missing query") }
        self.search = SearchRequest(query: query)
        self.search.pageNum = try Self.integer("pageNum", json, default: 0)
        self.search.pageSize = try Self.integer("pageSize", json, default: -1)
        if let sort = json["sortFields"], sort != .null {
            if let text = sort.string {
                self.search.sort = SortField.list(parsing: text)
            } else {
                self.search.sort = try SortField.list(json: sort)
            }
        }
        if let filters = json["filterQueries"], filters != .null {
            guard let strings = filters.strings else { throw .badRequest("filterQueries is not an array of strings") }
            self.search.filterQueries = strings
        }
        if let facets = json["facets"], facets != .null { self.search.facets = try Self.facets(facets) }
        if let filter = json["filter"], filter != .null {
            guard let pointers = filter.strings else { throw .badRequest("filter is not a JSON array of pointers") }
            self.filter = try JSONFilter(pointers)
        }
        self.search.includeVersions = json["includeVersions"]?.bool ?? false
        self.includesScore = json["includeScore"]?.bool ?? false
        self.form = json["ids"]?.bool ?? false ? .ids : json["full"]?.bool ?? true ? .full : .content
    }

    private static func integer(_ name: String, _ json: JSONValue, default value: Int) throws(RepositoryError) -> Int {
        guard let member = json[name], member != .null else { return value }
        guard let number = member.int64.flatMap({ Int(exactly: $0) }) else {
            throw .badRequest("\(name) is not an integer")
        }
        return number
    }

    private static func facets(_ json: JSONValue) throws(RepositoryError) -> [FacetRequest] {
        guard let list = json.array else { throw .badRequest("facets is not a JSON array") }
        var facets: [FacetRequest] = []
        for entry in list {
            guard let field = entry.string ?? entry["field"]?.string else { throw .badRequest("Facet without field") }
            let buckets = entry["maxBuckets"]?.int64.flatMap { Int(exactly: $0) } ?? 10
            facets.append(
                FacetRequest(field: IndexField.canonicalName(field), bucketsMaximum: max(1, min(buckets, 1000)))
            )
        }
        return facets
    }
}

/// Writes the results of a search as they are read, indented by two spaces.
struct SearchResponder {
    /// Objects read at a time.
    private static let batchSize = 100

    let running: RepositoryApplication.Running
    let caller: Caller

    func respond(to parameters: SearchParameters, _ response: any HttpServletResponse) async throws {
        let hits = try await self.running.service.search(parameters.search, as: self.caller)
        response.contentType = "application/json;charset=UTF-8"
        let output = try response.outputStream()
        let head = """
            {
              "pageNum": \(max(0, parameters.search.pageNum)),
              "pageSize": \(parameters.search.pageSize),
              "size": \(hits.total),
              "results": [
            """
        var bytes = Array(head.utf8)
        var isFirst = true
        for start in stride(from: 0, to: hits.hits.count, by: Self.batchSize) {
            let batch = hits.hits[start..<min(start + Self.batchSize, hits.hits.count)]
            for value in try await self.results(batch, parameters) {
                bytes += Array((isFirst ? "\n    " : ",\n    ").utf8)
                isFirst = false
                var writer = JSONWriter(isPretty: true, level: 2)
                writer.write(value)
                bytes += writer.bytes
            }
            try await output.write(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        bytes += Array((isFirst ? "]" : "\n  ]").utf8)
        if !parameters.search.facets.isEmpty { bytes += self.facets(hits.facets) }
        bytes += Array("\n}".utf8)
        try await output.write(bytes)
    }

    private func results(_ hits: ArraySlice<IndexHits.Hit>, _ parameters: SearchParameters) async throws -> [JSONValue]
    {
        if parameters.form == .ids { return hits.map { .string($0.id.text) } }
        return try await self.running.service.objects(of: hits).map { object in
            var value = parameters.form == .full ? object.json : object.content
            if parameters.includesScore, parameters.form == .full, let hit = hits.first(where: { $0.id == object.id }) {
                value["responseContext"] = ["score": .number(JSONNumber(hit.score))]
            }
            return parameters.filter.map { $0.prune(value) ?? [:] } ?? value
        }
    }

    private func facets(_ facets: [IndexHits.Facet]) -> [UInt8] {
        let json = facets.map { facet -> JSONValue in
            let buckets = facet.buckets.map { bucket -> JSONValue in
                let query = QueryEscape.escape(facet.field) + ":" + JSONValue.string(bucket.value).serialized()
                return [
                    "value": .string(bucket.value), "count": JSONValue(bucket.count), "filterQuery": .string(query),
                ]
            }
            return ["field": .string(facet.field), "buckets": .array(buckets)]
        }
        var writer = JSONWriter(isPretty: true, level: 1)
        writer.write(.array(json))
        return Array(",\n  \"facets\": ".utf8) + writer.bytes
    }
}
