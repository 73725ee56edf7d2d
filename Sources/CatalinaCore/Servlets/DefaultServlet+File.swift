import Coyote
import ServletAPI

extension DefaultServlet.Environment {
    /// Answers with a file, or with what its conditions and ranges make of it.
    func serveFile(_ file: WebResource, _ exchange: Exchange) async throws {
        let response = exchange.response
        var usesRange = false
        if exchange.dispatcher != .include, exchange.dispatcher != .error {
            guard let counts = try await self.checkConditions(exchange.request, response, file) else { return }
            usesRange = counts
        }
        let usesWriter = exchange.sendsContent && file.isText && exchange.output.hasWriter
        // The fields describe the plain file, also when a compressed sibling is sent.
        let eTag: String
        if exchange.isError {
            eTag = ""
        } else if let known = self.knownETag(file) {
            eTag = known
        } else {
            eTag = try await self.resources.strongETag(file)
        }
        let variant = self.configuration.precompressed.isEmpty ? file : try await self.variant(of: file, exchange)
        let change = variant === file ? try self.textChange(of: file, usesWriter: usesWriter, exchange) : nil
        if !exchange.isError {
            if self.configuration.useAcceptRanges { response.setHeader("Accept-Ranges", "bytes") }
            if usesRange, change == nil, !exchange.output.hasContent, let field = exchange.request.header("Range") {
                let outcome = ByteRanges.parse(field, length: variant.size)
                if outcome != .whole {
                    return try await self.serveRanges(outcome, of: variant, file, eTag: eTag, exchange)
                }
            }
            response.setHeader("ETag", eTag)
            response.setHeader("Last-Modified", file.lastModifiedHTTP)
        }
        if let change {
            if let type = file.mimeType { response.contentType = type }
            guard exchange.sendsContent else { return }
            return try await self.serveText(file, change, exchange)
        }
        try await self.serveWhole(variant, contentType: file.mimeType, exchange)
    }

    /// The file, or the compressed sibling that the client likes best.
    private func variant(of file: WebResource, _ exchange: Exchange) async throws -> WebResource {
        let formats = self.configuration.precompressed
        guard !exchange.isIncluded,
            !formats.contains(where: { file.path.hasSuffix($0.fileExtension) })
        else { return file }
        let siblings = formats.compactMap { format in
            let sibling = self.resources.lookup(file.path + format.fileExtension)
            return sibling.isFile ? (encoding: format.encoding, resource: sibling) : nil
        }
        guard !siblings.isEmpty else { return file }
        self.addVary(to: exchange.response)
        let fields = exchange.request.headers("Accept-Encoding")
        guard let index = PrecompressedVariants.best(fields, among: siblings.map(\.encoding)) else { return file }
        exchange.response.addHeader("Content-Encoding", siblings[index].encoding)
        return exchange.sendsContent
            ? try await self.resources.loaded(siblings[index].resource) : siblings[index].resource
    }

    private func addVary(to response: any HttpServletResponse) {
        let names = VaryHeader.adding("accept-encoding", to: response.headers("vary"))
        response.setHeader("vary", names.joined(separator: ","))
    }

    private func serveWhole(_ file: WebResource, contentType: String?, _ exchange: Exchange) async throws {
        if let contentType { exchange.response.contentType = contentType }
        let hasMore = exchange.output.hasContent
        if !hasMore, !exchange.isIncluded { exchange.response.setContentLength(file.size) }
        guard exchange.sendsContent, file.size > 0 else { return }
        try await self.send(file, 0..<file.size, exchange)
    }

    private func serveRanges(
        _ outcome: ByteRanges.Outcome,
        of variant: WebResource,
        _ file: WebResource,
        eTag: String,
        _ exchange: Exchange
    ) async throws {
        let response = exchange.response
        guard case .partial(let ranges) = outcome, let first = ranges.first else {
            response.addHeader("Content-Range", "bytes */\(variant.size)")
            return try await response.sendError(416)
        }
        response.setHeader("ETag", eTag)
        response.setHeader("Last-Modified", file.lastModifiedHTTP)
        response.status = 206
        let (size, type) = (variant.size, file.mimeType)
        guard ranges.count > 1 else {
            response.addHeader("Content-Range", ByteRanges.contentRange(first, of: size))
            response.setContentLength(first.upperBound - first.lowerBound)
            if let type { response.contentType = type }
            return try await self.send(variant, first, exchange)
        }
        response.contentType = "multipart/byteranges; boundary=\(ByteRanges.boundary)"
        response.setContentLength(ByteRanges.multipartLength(ranges, of: size, contentType: type))
        for range in ranges {
            let head = ByteRanges.partHead(range, of: size, contentType: type)
            try await exchange.output.write(bytes: Array(head.utf8))
            try await self.send(variant, range, exchange)
        }
        try await exchange.output.write(bytes: Array(ByteRanges.end.utf8))
    }

    private func send(_ file: WebResource, _ range: Range<Int64>, _ exchange: Exchange) async throws {
        guard exchange.sendsContent else { return }
        let minimum = self.configuration.sendfileSize
        let usesKernel = minimum > 0 && range.upperBound - range.lowerBound > minimum
        if exchange.output.writeAtOnce(file, range) { return }
        try await exchange.output.write(file, range, usesKernel: usesKernel)
    }
}
