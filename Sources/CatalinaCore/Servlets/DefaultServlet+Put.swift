import Coyote
import ServletAPI

extension DefaultServlet.Environment {
    /// Stores the request's body, or the part of a file that `Content-Range` names.
    func put(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let path = self.path(of: request, request.dispatcherType)
        let resource = self.resources.lookup(path)
        guard try await self.checkConditions(request, response, resource) != nil else { return }
        var part: ContentRange?
        if let field = request.header("Content-Range") {
            guard let range = self.part(field, contentLength: request.contentLength) else {
                return try await response.sendError(400)
            }
            part = range
        }
        let upload = try await UploadFile(in: self.context.temporaryDirectory)
        do {
            if let part, resource.isFile, let file = resource.file { try await upload.fill(from: file, part.length) }
            let start = part?.start ?? 0
            let maximum = part.map { $0.end - $0.start + 1 }
            let count = try await upload.receive(request.inputStream(), at: start, maximum: maximum)
            if let part, count != maximum {
                await upload.discard()
                return try await self.refuse(part, response)
            }
            if let part { try await upload.setLength(part.length) }
            guard try await self.resources.store(upload.path, at: path) else {
                await upload.discard()
                return try await response.sendError(409)
            }
        } catch {
            await upload.discard()
            throw error
        }
        response.status = resource.exists ? 204 : 201
    }

    /// The part of a file that a field names; `nil` if it cannot be, or parts are not taken.
    private func part(_ field: String, contentLength: Int64) -> ContentRange? {
        guard self.configuration.allowPartialPut, let range = ContentRange(parsing: field), range.units == "bytes",
            contentLength < 0 || contentLength == range.end - range.start + 1
        else { return nil }
        return range
    }

    private func refuse(_ part: ContentRange, _ response: any HttpServletResponse) async throws {
        try await response.sendError(400, "The body does not have the length of bytes \(part.start)-\(part.end)")
    }

    /// Deletes a file or an empty directory.
    func delete(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let path = self.path(of: request, request.dispatcherType)
        let resource = self.resources.lookup(path)
        guard try await self.checkConditions(request, response, resource) != nil else { return }
        guard resource.exists else { return try await response.sendError(404) }
        guard try await self.resources.delete(path) else { return try await self.sendNotAllowed(request, response) }
        response.status = 204
    }
}
