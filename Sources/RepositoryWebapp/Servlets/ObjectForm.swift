import RepositoryCore
import ServletAPI

/// The body of a request that creates or changes an object, whichever way it came.
struct ObjectForm {
    /// Fields of a form; of a plain JSON body there are none.
    private(set) var fields = Parameters()
    private(set) var uploads: [PayloadUpload] = []
    private var content: JSONValue?

    init(_ request: any HttpServletRequest, _ running: RepositoryApplication.Running) async throws {
        if request.isMultipart {
            try await self.read(try await request.parts(), running)
        } else if request.isForm {
            self.fields = await request.parameters()
            // The container reads the fields of a POST only.
            if request.method != "POST" { try self.read(try await request.body(limit: running.bodySizeMaximum)) }
        } else {
            self.content = try await request.json(limit: running.bodySizeMaximum)
        }
    }

    /// Fields of a form as browsers encode them.
    private mutating func read(_ body: [UInt8]) throws(RepositoryError) {
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let texts = halves.map { half in
                RequestPath.decode(String(decoding: half.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }, as: UTF8.self))
            }
            guard let name = texts[0], let value = texts.count > 1 ? texts[1] : "" else {
                throw .badRequest("Malformed escape in form")
            }
            self.fields.append(name, value)
        }
    }

    /// Parts with a file name are payloads, all others are fields.
    private mutating func read(_ parts: [any Part], _ running: RepositoryApplication.Running) async throws {
        do {
            for part in parts {
                if part.submittedFileName != nil {
                    self.uploads.append(try await running.spool.upload(part))
                } else {
                    let bytes = try await part.bytes(limit: running.bodySizeMaximum)
                    guard let text = String(validating: bytes, as: UTF8.self) else {
                        throw RepositoryError.badRequest("Part \(part.name) is not UTF-8")
                    }
                    self.fields.append(part.name, text)
                }
            }
        } catch {
            running.spool.discard(self.uploads)
            throw error
        }
    }

    /// What the form says, without what the query may say.
    ///
    /// - Throws: 400.
    func input() throws(RepositoryError) -> ObjectInput {
        var input = ObjectInput(content: try self.contentValue())
        input.uploads = self.uploads
        if let text = self.fields.first("acl") {
            guard let json = try? JSONValue(parsing: text) else { throw AccessControlList.invalidFormat }
            input.acl = try AccessControlList(json: json)
        }
        if let text = self.fields.first("userMetadata") {
            guard let json = try? JSONValue(parsing: text), json.object != nil else {
                throw .badRequest("Invalid userMetadata format")
            }
            input.userMetadata = json
        }
        return input
    }

    private func contentValue() throws(RepositoryError) -> JSONValue {
        if let content { return content }
        guard let text = self.fields.first("content") ?? self.fields.first("json") else {
            throw .badRequest("Missing JSON")
        }
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: text)
        } catch {
            throw .badRequest(error.description)
        }
    }
}
