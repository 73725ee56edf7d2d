/// The bytes of a request body, read as they arrive.
///
/// Reading suspends until bytes are there; not reading holds the client back.
/// Source: `jakarta.servlet.ServletInputStream`.
public protocol ServletInputStream: AnyObject {
    /// The next bytes, at least one and at most `maximum`; `nil` at the end of the body.
    ///
    /// - Throws: a ``NamedException`` that says by name what happened: `ClientAbortException` if the client left,
    ///   `SocketTimeoutException` if it stalled, `BadRequestException` for broken framing.
    func read(upTo maximum: Int) async throws -> [UInt8]?
    /// Whether the end has been read.
    var isFinished: Bool { get }
}

extension ServletInputStream {
    /// Everything that is left of the body.
    ///
    /// - Throws: ``IllegalStateError`` above `limit` bytes.
    public func readAll(limit: Int = .max) async throws -> [UInt8] {
        var all: [UInt8] = []
        while let next = try await self.read(upTo: 65_536) {
            guard all.count + next.count <= limit else {
                throw IllegalStateError("The request body is longer than \(limit) bytes")
            }
            all.append(contentsOf: next)
        }
        return all
    }
}

/// The text of a request body.
///
/// Source: the reader of `jakarta.servlet.ServletRequest`.
public final class ServletReader {
    private let input: any ServletInputStream
    private let decode: ([UInt8]) -> String

    /// A reader over a body; `decode` turns bytes of its charset into text.
    public init(_ input: any ServletInputStream, decode: @escaping ([UInt8]) -> String) {
        self.input = input
        self.decode = decode
    }

    /// The whole text that is left.
    ///
    /// - Throws: as ``ServletInputStream/readAll(limit:)``.
    public func readAll(limit: Int = .max) async throws -> String {
        self.decode(try await self.input.readAll(limit: limit))
    }
}

/// The bytes of an answer.
///
/// Source: `jakarta.servlet.ServletOutputStream`.
public protocol ServletOutputStream: AnyObject {
    /// Buffers bytes and sends them when the buffer is full; suspends while the client does not read.
    ///
    /// - Throws: ``ClientAbortError`` if the client has left.
    func write(_ bytes: [UInt8]) async throws
    /// Sends what is buffered.
    func flush() async throws
}

/// The text of an answer, in the response's charset.
///
/// Source: the `PrintWriter` of `jakarta.servlet.ServletResponse`.
public protocol ServletWriter: AnyObject {
    /// Buffers text and sends it when the buffer is full; suspends while the client does not read.
    ///
    /// - Throws: ``ClientAbortError`` if the client has left.
    func write(_ text: String) async throws
    /// Sends what is buffered.
    func flush() async throws
}
