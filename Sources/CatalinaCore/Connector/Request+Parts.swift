import Coyote
import NIOCore
package import ServletAPI

extension Request {
    package func parts() async throws -> [any Part] {
        if let error = self.partsError { throw error }
        if let parts = self.parsedParts { return parts }
        do {
            let parts = try await self.readParts()
            self.parsedParts = parts
            return parts
        } catch {
            self.partsError = error
            throw error
        }
    }

    /// Removes what parts have left on disk.
    func releaseParts() {
        for case let part as ApplicationPart in self.parsedParts ?? [] { part.discard() }
    }

    private func readParts() async throws -> [any Part] {
        guard let config = self.multipartRules else {
            self.partsFailure = .multipartConfigInvalid
            throw IllegalStateError("Unable to process parts as no multi-part configuration has been provided")
        }
        guard let type = self.contentType, MediaType(parsing: type)?.essence == "multipart/form-data" else {
            self.partsFailure = .invalidContentType
            throw ServletError(
                "The request is no multipart/form-data request: its content type is [\(self.contentType ?? "none")]"
            )
        }
        guard let boundary = MultipartParser.boundary(ofContentType: type) else {
            self.partsFailure = .ioError
            throw FileUploadError("the request was rejected because no multipart boundary was found")
        }
        var limits = MultipartLimits()
        limits.partCount = self.connector.settings.maxPartCount
        limits.partHeaderSize = self.connector.settings.maxPartHeaderSize
        limits.fileSize = config.maxFileSize
        limits.requestSize = config.maxRequestSize
        let charset = self.characterEncoding.flatMap { Charset(name: $0) } ?? .utf8
        let folder = self.uploadFolder(config)
        if self.context?.configuration.createUploadTargets == true {
            try await FileIO.run { try FileIO.makeDirectories(folder) }
        }
        var collector = PartCollector(threshold: config.fileSizeThreshold, location: folder)
        var parser = MultipartParser(boundary: boundary, limits: limits, charset: charset)
        do {
            self.usesStream = true
            while let piece = try await self.input.readBuffer(upTo: .max) {
                for event in try parser.receive(Array(piece.readableBytesView).span) { try collector.take(event) }
            }
            try parser.finish()
        } catch {
            collector.discard()
            guard let error = error as? MultipartError else { throw error }
            throw self.refusal(of: error)
        }
        return collector.parts
    }

    /// What the application is told of a body that is refused.
    private func refusal(of error: MultipartError) -> any Error {
        switch error {
        case .fileTooLarge, .requestTooLarge:
            self.partsFailure = .postTooLarge
            self.refuseRest()
            return IllegalStateError(error.message)
        case .endedUnexpectedly, .tooManyParts, .partHeaderTooLarge:
            self.partsFailure = .ioError
            return FileUploadError(error.message)
        }
    }

    private var multipartRules: MultipartConfiguration? {
        if let config = self.wrapper?.multipartConfig { return config }
        guard self.context?.configuration.allowCasualMultipartParsing == true else { return nil }
        var casual = MultipartConfiguration()
        casual.maxFileSize = Int64(self.connector.settings.maxPostSize)
        casual.maxRequestSize = casual.maxFileSize
        return casual
    }

    private func uploadFolder(_ config: MultipartConfiguration) -> String {
        let own = self.context?.servletContext.temporaryDirectory ?? "/tmp"
        guard let location = config.location, !location.isEmpty else { return own }
        return location.hasPrefix("/") ? location : own + "/" + location
    }
}

/// A multipart body is malformed, or has more parts than are taken.
///
/// Source: `org.apache.tomcat.util.http.fileupload.FileUploadException`.
struct FileUploadError: NamedException {
    let message: String
    var exceptionTypes: [String] {
        [
            "org.apache.tomcat.util.http.fileupload.FileUploadException", "java.io.IOException", "java.lang.Exception",
            "java.lang.Throwable",
        ]
    }

    init(_ message: String) { self.message = message }
}
