import Coyote
import ServletAPI

extension DefaultServlet.Environment {
    /// Text files above this many bytes are sent as they are, whatever charset was asked for: a change of charset
    /// takes the whole file into memory.
    static let convertibleMaximum: Int64 = 16 * 1024 * 1024

    /// What has to be done to a text file before it is sent; its length is then unknown and ranges make no sense.
    enum TextChange: Equatable {
        /// Its byte order mark goes, and it is written in another charset if one is named.
        case bytes(Charset?)
        /// Another servlet has used the writer, so this text is written through it as well.
        case writer
    }

    /// How a file has to be changed on its way; `nil` if its bytes are the answer.
    ///
    /// - Throws: `IllegalArgumentError` for an unknown charset.
    func textChange(of file: WebResource, usesWriter: Bool, _ exchange: Exchange) throws -> TextChange? {
        guard file.isText, file.size <= Self.convertibleMaximum else { return nil }
        if usesWriter { return .writer }
        guard let name = exchange.output.explicitCharset else { return exchange.isIncluded ? .bytes(nil) : nil }
        guard let charset = Charset(name: name) else { throw IllegalArgumentError("Unsupported encoding [\(name)]") }
        return charset == self.configuration.fileEncoding && !exchange.isIncluded ? nil : .bytes(charset)
    }

    /// Sends a text file, changed.
    func serveText(_ file: WebResource, _ change: TextChange, _ exchange: Exchange) async throws {
        guard let source = try await self.resources.octets(file.path) else { return }
        let conversion = TextConversion(
            fileEncoding: self.configuration.fileEncoding,
            mark: exchange.isIncluded || change != .writer ? self.configuration.useBomIfPresent : .passThrough
        )
        switch change {
        case .bytes(let charset):
            try await exchange.response.outputStream().write(conversion.convert(source, to: charset))
        case .writer:
            try await exchange.response.writer().write(conversion.text(source))
        }
    }
}
