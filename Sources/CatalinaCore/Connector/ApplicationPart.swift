import Coyote
import Glibc
import ServletAPI

/// One part of a multipart body, in memory or in a temporary file.
///
/// Source: `org.apache.catalina.core.ApplicationPart`.
final class ApplicationPart: Part {
    private let fields: MultipartPartHeader
    private var bytes: [UInt8]
    /// The temporary file, if the part was too long for memory.
    private var file: String?
    let size: Int64
    private let folder: String

    init(_ fields: MultipartPartHeader, bytes: [UInt8], file: String?, size: Int64, folder: String) {
        self.fields = fields
        self.bytes = bytes
        self.file = file
        self.size = size
        self.folder = folder
    }

    var name: String { self.fields.name }
    var submittedFileName: String? { self.fields.submittedFileName }
    var contentType: String? { self.fields.contentType }
    func header(_ name: String) -> String? { self.fields.first(name) }
    func headers(_ name: String) -> [String] { self.fields.all(name) }

    var headerNames: [String] {
        var names: [String] = []
        for field in self.fields.fields where !names.contains(field.name) { names.append(field.name) }
        return names
    }

    func inputStream() throws -> any ServletInputStream { PartInputStream(bytes: self.bytes, file: self.file) }

    func write(to file: String) async throws {
        let target = file.hasPrefix("/") ? file : self.folder + "/" + file
        let (bytes, source) = (self.bytes, self.file)
        do {
            try await FileIO.run {
                guard let source else { return try FileIO.write(bytes, to: target) }
                if rename(source, target) != 0 {
                    try FileIO.copyTree(source, to: target)
                    unlink(source)
                }
            }
        } catch {
            throw ServletError("The part [\(self.name)] could not be written to [\(target)]", rootCause: error)
        }
        if source != nil { self.file = target }
    }

    func delete() throws { self.discard() }

    /// Removes the temporary file.
    func discard() {
        if let file = self.file, file.hasPrefix(self.folder + "/upload_") { unlink(file) }
        self.file = nil
        self.bytes = []
    }
}

/// The content of a part.
private final class PartInputStream: ServletInputStream {
    private var bytes: ArraySlice<UInt8>
    private let file: String?
    private var offset: Int64 = 0
    private(set) var isFinished = false

    init(bytes: [UInt8], file: String?) {
        self.bytes = bytes[...]
        self.file = file
    }

    func read(upTo maximum: Int) async throws -> [UInt8]? {
        if let file = self.file {
            let offset = self.offset
            let chunk = try await FileIO.run { try FileIO.readPart(of: file, at: offset, upTo: min(maximum, 65_536)) }
            self.offset += Int64(chunk.count)
            self.isFinished = chunk.isEmpty
            return chunk.isEmpty ? nil : chunk
        }
        guard !self.bytes.isEmpty else {
            self.isFinished = true
            return nil
        }
        let next = self.bytes.prefix(maximum)
        self.bytes = self.bytes.dropFirst(maximum)
        return Array(next)
    }
}

/// Gathers the parts of a body as they arrive; what exceeds the threshold goes to a file.
struct PartCollector {
    private let threshold: Int
    private let folder: String
    private(set) var parts: [ApplicationPart] = []
    private var header: MultipartPartHeader?
    private var bytes: [UInt8] = []
    private var size: Int64 = 0
    private var file: (path: String, descriptor: Int32)?

    /// Bytes kept in memory at least, so that small fields need no file.
    static let thresholdMinimum = 8192

    init(threshold: Int, location: String) {
        self.threshold = max(threshold, Self.thresholdMinimum)
        self.folder = location
    }

    mutating func take(_ event: MultipartParser.Event) throws {
        switch event {
        case .begin(let header):
            self.header = header
            self.bytes = []
            self.size = 0
        case .content(let octets): try self.append(octets)
        case .end: self.endPart()
        }
    }

    /// Removes everything, after a failure.
    mutating func discard() {
        if let file = self.file {
            close(file.descriptor)
            unlink(file.path)
        }
        self.file = nil
        for part in self.parts { part.discard() }
        self.parts = []
    }

    private mutating func append(_ octets: [UInt8]) throws {
        self.size += Int64(octets.count)
        if self.file == nil, self.bytes.count + octets.count <= self.threshold {
            self.bytes += octets
            return
        }
        if self.file == nil { self.file = try self.openFile() }
        guard let file = self.file else { return }
        if !self.bytes.isEmpty {
            try self.write(self.bytes, to: file)
            self.bytes = []
        }
        try self.write(octets, to: file)
    }

    private func openFile() throws -> (path: String, descriptor: Int32) {
        var template = Array((self.folder + "/upload_XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileError("mkstemp", self.folder) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return (String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), descriptor)
    }

    private func write(_ octets: [UInt8], to file: (path: String, descriptor: Int32)) throws {
        var written = 0
        while written < octets.count {
            let count = octets.withUnsafeBytes {
                Glibc.write(file.descriptor, $0.baseAddress?.advanced(by: written), octets.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("write", file.path)
            }
            written += count
        }
    }

    private mutating func endPart() {
        if let file = self.file { close(file.descriptor) }
        if let header = self.header {
            self.parts.append(
                ApplicationPart(header, bytes: self.bytes, file: self.file?.path, size: self.size, folder: self.folder)
            )
        }
        self.header = nil
        self.file = nil
        self.bytes = []
    }
}
