import RepositoryCore
import ServletAPI

/// `/objects`: digital objects, one by one; without an id also search.
struct ObjectServlet: HttpServlet {
    let application: RepositoryApplication

    var allowedMethods: [String] { ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        let parameters = await RequestParameters(request)
        guard let id = try RequestPath.id(of: request) else {
            guard parameters["query"] != nil || parameters["queryJson"] != nil else {
                throw RepositoryError.badRequest("Missing object id in GET")
            }
            return try await SearchResponder(running: running, caller: request.caller)
                .respond(to: SearchParameters(parameters), response)
        }
        let access = try await running.service.access(id, request.caller)
        response.setHeader("X-Permission", access.permission.rawValue)
        let object = try access.required(.read, by: request.caller)
        self.describe(object, response)
        if let name = parameters["payload"] {
            try await PayloadResponder(service: running.service, object: object)
                .respond(name, parameters, request, response)
        } else {
            try await self.write(object, access.permission, parameters, running, response)
        }
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        if request.isForm { return try await self.doGet(request, response) }
        let running = try self.application.running()
        guard try RequestPath.id(of: request) == nil else {
            throw RepositoryError.badRequest("Unexpected object id in POST")
        }
        let parameters = await RequestParameters(request)
        // Rights come before the body, where the query names the type.
        if !request.isMultipart || parameters["type"] != nil {
            _ = try running.service.requireCreation(of: parameters["type"], by: request.caller)
        }
        let form = try await ObjectForm(request, running)
        defer { running.spool.discard(form.uploads) }
        var input = try form.input()
        input.type = parameters["type"] ?? form.fields.first("type")
        input.handle = parameters["handle"] ?? form.fields.first("handle")
        input.suffix = parameters["suffix"] ?? form.fields.first("suffix")
        input.isDryRun = parameters.flag("dryRun")
        let object = try await running.service.create(input, as: request.caller)
        try await self.answer(object, parameters, request, response, running)
    }

    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        guard let id = try RequestPath.id(of: request) else {
            throw RepositoryError.badRequest("Missing object id in PUT")
        }
        let access = try await running.service.access(id, request.caller)
        response.setHeader("X-Permission", access.permission.rawValue)
        _ = try access.required(.write, by: request.caller)
        let parameters = await RequestParameters(request)
        let form = try await ObjectForm(request, running)
        defer { running.spool.discard(form.uploads) }
        var input = try form.input()
        input.type = parameters["type"] ?? form.fields.first("type")
        input.pointer = try parameters.pointer()
        input.payloadsToDelete = parameters.all.all("payloadToDelete") + form.fields.all("payloadToDelete")
        input.isDryRun = parameters.flag("dryRun")
        let object = try await running.service.update(id, input, as: request.caller)
        if let pointer = input.pointer {
            self.describe(object, response)
            return try await response.write(json: object.content[pointer] ?? .null)
        }
        try await self.answer(object, parameters, request, response, running)
    }

    func doDelete(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let running = try self.application.running()
        let parameters = await RequestParameters(request)
        let id = try RequestPath.id(of: request)
        if parameters["deleteObjectWithEmptyId"] != nil {
            guard id == nil else { throw RepositoryError.badRequest("Unexpected object id in DELETE") }
            try await running.service.delete(ObjectID(""), as: request.caller)
            return try await response.write(jsonText: "{}")
        }
        guard let id else { throw RepositoryError.badRequest("Missing object id in DELETE") }
        let access = try await running.service.access(id, request.caller)
        response.setHeader("X-Permission", access.permission.rawValue)
        _ = try access.required(.write, by: request.caller)
        switch (try parameters.pointer(), parameters["payload"]) {
        case (.some, .some): throw RepositoryError.badRequest("DELETE specified both jsonPointer and payload")
        case (let pointer?, nil): try await running.service.removeNode(at: pointer, of: id, as: request.caller)
        case (nil, let name?): try await running.service.removePayload(name, of: id, as: request.caller)
        case (nil, nil): try await running.service.delete(id, as: request.caller)
        }
        try await response.write(jsonText: "{}")
    }

    // MARK: Answers

    private func describe(_ object: DigitalObject, _ response: any HttpServletResponse) {
        response.setHeader("Location", RequestPath.location(of: object.id))
        response.setHeader("X-Schema", HeaderText.encode(object.type))
    }

    private func answer(
        _ object: DigitalObject,
        _ parameters: RequestParameters,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ running: RepositoryApplication.Running
    ) async throws {
        self.describe(object, response)
        guard parameters.flag("full") else { return try await response.write(json: object.content) }
        let permission = running.service.model.authorizer.permission(of: request.caller, on: object)
        let context = parameters.flag("includeResponseContext") ? permission : nil
        try await response.write(json: Self.full(object, context))
    }

    /// The full form, with the caller's permission where it is asked for.
    static func full(_ object: DigitalObject, _ permission: Permission?) -> JSONValue {
        guard let permission else { return object.json }
        var result = JSONObject()
        for (key, value) in object.json.object ?? [:] {
            if key == "payloads" { result["responseContext"] = ["permission": .string(permission.rawValue)] }
            result[key] = value
        }
        result["responseContext"] = ["permission": .string(permission.rawValue)]
        return .object(result)
    }

    private func write(
        _ object: DigitalObject,
        _ permission: Permission,
        _ parameters: RequestParameters,
        _ running: RepositoryApplication.Running,
        _ response: any HttpServletResponse
    ) async throws {
        let isFull = parameters.flag("full")
        let context = parameters.flag("includeResponseContext") ? permission : nil
        var value = isFull ? Self.full(object, context) : object.content
        if let filter = try parameters.filter() { value = filter.prune(value) ?? [:] }
        let pointer = try parameters.pointer()
        if let pointer {
            guard let node = value[pointer] else {
                throw RepositoryError.notFound("Missing data at jsonPointer in object")
            }
            value = node
        }
        if parameters["disposition"] == "attachment" {
            let name = (pointer?.tokens.last ?? object.id.text) + (parameters.flag("text") ? "" : ".json")
            response.setHeader("Content-Disposition", HeaderText.disposition("attachment", UploadSpool.baseName(name)))
        }
        guard parameters.flag("text") else {
            return try await response.write(json: value, pretty: parameters.flag("pretty"))
        }
        response.distrustContent()
        let type = isFull ? nil : running.service.model.mediaType(at: pointer ?? .root, of: object)
        try await response.write(body: Array(try Self.text(value).utf8), type: type ?? "text/plain;charset=UTF-8")
    }

    /// The text of a primitive.
    ///
    /// - Throws: 400 for anything else.
    private static func text(_ value: JSONValue) throws(RepositoryError) -> String {
        switch value {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: throw .badRequest("Requested json is not textual")
        }
    }
}
