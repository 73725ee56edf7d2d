import RepositoryCore
import ServletAPI

/// `/uploadObjects`: stores objects as they are, for those who move a repository.
struct UploadObjectsServlet: HttpServlet {
    let application: RepositoryApplication

    var allowedMethods: [String] { ["POST", "PUT", "OPTIONS"] }

    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        let json = try await request.json(limit: running.bodySizeMaximum)
        guard let list = json["results"]?.array else { throw RepositoryError.badRequest("Missing results") }
        let replacesAll = await RequestParameters(request).flag("deleteCurrentObjects")
        try await running.service.load(list, replacingAll: replacesAll)
        try await response.write(jsonText: #"{"message": "success"}"#)
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doPut(request, response)
    }
}

/// `/batchUpload`: creates or changes many objects, each of which succeeds or fails alone.
struct BatchUploadServlet: HttpServlet {
    /// Objects of one batch worked on at a time where the client asks for that.
    private static let parallelMaximum = 16

    let application: RepositoryApplication

    var allowedMethods: [String] { ["POST", "OPTIONS"] }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        let parameters = await RequestParameters(request)
        let isLines = parameters["format"] == "ndjson"
        let entries = try Self.entries(try await request.body(limit: running.bodySizeMaximum), isLines: isLines)
        let caller = request.caller
        var results: [BatchResult] = []
        if parameters.flag("failFast") || !parameters.flag("parallel") {
            for (position, json) in entries.enumerated() {
                let result = await running.service.createOrUpdate(json, position: position, as: caller)
                results.append(result)
                if !result.isSuccess, parameters.flag("failFast") { break }
            }
        } else {
            results = await Self.parallel(entries, running.service, caller)
        }
        guard isLines else {
            let isSuccess = results.allSatisfy(\.isSuccess) && results.count == entries.count
            return try await response.write(
                json: ["results": .array(results.map(\.json)), "success": .bool(isSuccess)]
            )
        }
        let lines = results.map { $0.json.serialized() + "\n" }.joined()
        try await response.write(body: Array(lines.utf8), type: "application/x-ndjson;charset=UTF-8")
    }

    private static func entries(_ body: [UInt8], isLines: Bool) throws -> [JSONValue] {
        if isLines {
            return try body.split(separator: 0x0a).filter { line in line.contains { $0 > 0x20 } }
                .map { try JSONValue(parsing: Array($0)) }
        }
        guard let list = try JSONValue(parsing: body).array else {
            throw RepositoryError.badRequest("Batch is not a JSON array")
        }
        return list
    }

    private static func parallel(
        _ entries: [JSONValue],
        _ service: RepositoryService,
        _ caller: Caller
    ) async -> [BatchResult] {
        await withTaskGroup(of: BatchResult.self) { group in
            var results: [BatchResult] = []
            for (position, json) in entries.enumerated() {
                if position >= Self.parallelMaximum, let result = await group.next() { results.append(result) }
                group.addTask { await service.createOrUpdate(json, position: position, as: caller) }
            }
            for await result in group { results.append(result) }
            return results.sorted { $0.position < $1.position }
        }
    }
}
