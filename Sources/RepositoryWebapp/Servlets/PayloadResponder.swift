import RepositoryCore
import ServletAPI

/// Answers with a payload, whole or in part, without holding more than a piece of it.
struct PayloadResponder {
    /// Bytes read at a time.
    private static let pieceSize: Int64 = 262_144

    let service: RepositoryService
    let object: DigitalObject

    func respond(
        _ name: String,
        _ parameters: RequestParameters,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws {
        guard let payload = self.object.payloads.first(where: { $0.name == name }) else {
            throw RepositoryError.notFound("No payload \(name) in object \(self.object.id)")
        }
        guard !parameters.flag("metadata") else {
            var metadata = JSONObject()
            metadata["filename"] = payload.filename.map { .string($0) }
            metadata["mediaType"] = payload.mediaType.map { .string($0) }
            return try await response.write(json: .object(metadata))
        }
        let kind = parameters["disposition"] == "attachment" ? "attachment" : "inline"
        response.setHeader("Content-Disposition", HeaderText.disposition(kind, payload.filename))
        response.setHeader("Accept-Ranges", "bytes")
        response.distrustContent()
        response.contentType = payload.mediaType ?? "application/octet-stream"
        var range = 0..<payload.size
        switch ByteRange(header: request.header("If-Range") == nil ? request.header("Range") : nil, size: payload.size)
        {
        case .whole: break
        case .unsatisfiable:
            response.setHeader("Content-Range", "bytes */\(payload.size)")
            response.removeHeader("Content-Disposition")
            throw RepositoryError(status: 416, "Range cannot be satisfied")
        case .part(let part):
            range = part
            response.status = 206
            response.setHeader("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(payload.size)")
        }
        response.setContentLength(range.upperBound - range.lowerBound)
        guard request.method != "HEAD" else { return }
        let output = try response.outputStream()
        var offset = range.lowerBound
        while offset < range.upperBound {
            let end = min(offset + Self.pieceSize, range.upperBound)
            try await output.write(try await self.service.payload(name, of: self.object.id, in: offset..<end))
            offset = end
        }
    }
}

/// What a `Range` header asks for: one range counts, several or malformed ones are passed over.
enum ByteRange: Equatable {
    case whole
    case part(Range<Int64>)
    case unsatisfiable

    init(header: String?, size: Int64) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let spec = header.utf8.dropFirst(6).filter { $0 != UInt8(ascii: " ") }
        let ends = spec.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard ends.count == 2 else { return }
        let first = String(decoding: ends[0], as: UTF8.self)
        let last = String(decoding: ends[1], as: UTF8.self)
        if first.isEmpty {
            guard let count = Self.number(last) else { return }
            self = count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
        } else if let start = Self.number(first) {
            guard last.isEmpty || Self.number(last).map({ $0 >= start }) ?? false else { return }
            let end = Self.number(last).map { $0 == .max ? size : min($0 + 1, size) } ?? size
            self = start < size ? .part(start..<end) : .unsatisfiable
        }
    }

    private static func number(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text) ?? .max
    }
}
