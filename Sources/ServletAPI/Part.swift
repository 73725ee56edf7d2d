/// One part of a `multipart/form-data` body.
///
/// Source: `jakarta.servlet.http.Part`.
public protocol Part: AnyObject {
    /// The form field.
    var name: String { get }
    /// The file name that the client gave, `nil` for a plain field.
    var submittedFileName: String? { get }
    /// The part's media type, `nil` if it names none.
    var contentType: String? { get }
    /// The length in bytes.
    var size: Int64 { get }
    /// A header of the part.
    func header(_ name: String) -> String?
    /// Every value of a header of the part.
    func headers(_ name: String) -> [String]
    /// The names of the part's headers.
    var headerNames: [String] { get }
    /// The content; large parts are read from a temporary file.
    func inputStream() throws -> any ServletInputStream
    /// Writes the content to a file, relative to the declared location.
    func write(to file: String) async throws
    /// Deletes the content; otherwise that happens at the end of the request.
    func delete() throws
}

extension Part {
    /// The whole content.
    public func bytes(limit: Int = .max) async throws -> [UInt8] { try await self.inputStream().readAll(limit: limit) }
}
