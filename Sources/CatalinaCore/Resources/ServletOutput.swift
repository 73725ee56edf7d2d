package import NIOCore
package import ServletAPI

/// Where a container servlet writes an answer: without copies if nothing has been wrapped around the response.
package struct ServletOutput {
    package let response: any HttpServletResponse
    private let direct: Response?

    /// Bytes read of a file at a time where the kernel cannot send it.
    static let pieceSize = 65_536

    package init(_ response: any HttpServletResponse) {
        self.response = response
        self.direct = response as? Response
    }

    /// The container's response behind all wrappers; `nil` outside the container.
    private var innermost: Response? {
        if let direct = self.direct { return direct }
        var response = self.response
        while let wrapper = response as? HttpServletResponseWrapper { response = wrapper.response }
        return response as? Response
    }

    /// Whether a filter or valve has written something already, so that lengths and ranges would be wrong.
    package var hasContent: Bool { self.innermost?.hasContent ?? false }

    /// Whether someone writes this answer as text already.
    package var hasWriter: Bool {
        if let direct = self.direct { return direct.usesWriter }
        do {
            _ = try self.response.outputStream()
            return false
        } catch {
            return true
        }
    }

    /// The charset that someone asked for explicitly; `nil` if there is only the default.
    package var explicitCharset: String? {
        if let innermost = self.innermost { return innermost.charset }
        let name = self.response.characterEncoding
        return ["ISO-8859-1", "UTF-8"].contains(name.uppercased()) ? nil : name
    }

    /// Writes shared bytes.
    ///
    /// - Throws: `ClientAbortError` if the client has left, `IllegalStateError` after someone used the writer.
    package func write(_ bytes: ByteBuffer) async throws {
        if let direct = self.direct, direct.includes == 0 {
            try await direct.write(bytes)
        } else {
            try await self.response.outputStream().write([UInt8](bytes.readableBytesView))
        }
    }

    /// Writes text in UTF-8, whichever way the answer is being written.
    package func write(text: String) async throws {
        do {
            try await self.response.outputStream().write(Array(text.utf8))
        } catch is IllegalStateError {
            try await self.response.writer().write(text)
        }
    }

    /// Writes bytes.
    package func write(bytes: [UInt8]) async throws { try await self.write(ByteBuffer(bytes: bytes)) }

    /// Writes part of a file that is in memory, where that neither waits nor fails.
    ///
    /// - Returns: false if nothing was done.
    func writeAtOnce(_ resource: WebResource, _ range: Range<Int64>) -> Bool {
        guard let direct = self.direct, direct.includes == 0, let content = resource.content else { return false }
        let length = Int(range.upperBound - range.lowerBound)
        if length == content.readableBytes { return direct.writeAtOnce(content) }
        return content.getSlice(at: Int(range.lowerBound), length: length).map { direct.writeAtOnce($0) } ?? false
    }

    /// Writes part of a file: from memory, by the kernel, or read in pieces.
    ///
    /// - Parameters:
    ///   - resource: the file.
    ///   - range: the bytes of it.
    ///   - usesKernel: whether the kernel may send what is not in memory; it does if the response is not wrapped.
    /// - Throws: ``FileError`` if it cannot be read, also when it has become shorter; as ``write(_:)``.
    package func write(_ resource: WebResource, _ range: Range<Int64>, usesKernel: Bool) async throws {
        let length = range.upperBound - range.lowerBound
        if let content = resource.content {
            let isWhole = length == Int64(content.readableBytes)
            let slice = isWhole ? content : content.getSlice(at: Int(range.lowerBound), length: Int(length))
            if let slice { return try await self.write(slice) }
        }
        guard let path = resource.file else { return }
        if usesKernel, let direct = self.direct, direct.includes == 0 {
            return try await direct.sendFile(path, offset: range.lowerBound, length: length)
        }
        var start = range.lowerBound
        while start < range.upperBound {
            let (from, count) = (start, Int(min(range.upperBound - start, Int64(Self.pieceSize))))
            let piece = try await FileIO.run { try FileIO.read(path, at: from, count: count) }
            try await self.write(piece)
            start += Int64(piece.readableBytes)
        }
    }
}

extension Response {
    /// Whether bytes of the body have been written, sent or not.
    var hasContent: Bool { self.contentWritten > 0 || self.output.hasContent }
}
