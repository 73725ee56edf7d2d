import RepositoryCore
import ServletAPI

extension HttpServletRequest {
    /// The media type of the body without parameters, in lower case.
    var mediaType: String? {
        guard let type = self.contentType?.utf8.prefix(while: { $0 != UInt8(ascii: ";") }) else { return nil }
        return String(Substring(type)).lowercased().split(separator: " ").joined()
    }

    var isForm: Bool { self.mediaType == "application/x-www-form-urlencoded" }
    var isMultipart: Bool { self.mediaType == "multipart/form-data" }

    /// The whole body.
    ///
    /// - Throws: 413 beyond the limit.
    func body(limit: Int) async throws -> [UInt8] {
        let tooLarge = RepositoryError(status: 413, "Request body is larger than \(limit) bytes")
        guard self.contentLength <= Int64(limit) else { throw tooLarge }
        let input = try self.inputStream()
        var bytes: [UInt8] = []
        while let piece = try await input.read(upTo: 65_536) {
            guard bytes.count + piece.count <= limit else { throw tooLarge }
            bytes += piece
        }
        return bytes
    }

    /// The body as JSON.
    ///
    /// - Throws: 400 with the parser's message.
    func json(limit: Int) async throws -> JSONValue {
        try JSONValue(parsing: try await self.body(limit: limit))
    }
}
