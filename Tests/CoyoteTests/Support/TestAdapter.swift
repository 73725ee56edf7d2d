import Coyote
import NIOCore
import Synchronization

/// Answers requests as a closure says, and refused ones with a page as the container's error report would.
final class TestAdapter: Adapter {
    typealias Servlet = @Sendable (Request, Response) async throws -> Void

    private let servlet: Servlet

    init(_ servlet: @escaping Servlet) {
        self.servlet = servlet
    }

    func service(_ request: Request, _ response: Response) async {
        if let rejection = request.rejection {
            return await Self.report(rejection.status, rejection.message ?? "", response)
        }
        do {
            if request.expectsContinue { try await request.acknowledgeExpectation() }
            try await self.servlet(request, response)
        } catch let error as CoyoteError {
            switch error.code {
            case .badRequest, .readTimeout: await Self.report(400, error.message, response)
            case .headersTooLarge: await Self.report(500, error.message, response)
            default: response.abort()
            }
        } catch {
            await Self.report(500, "\(error)", response)
        }
    }

    static func report(_ status: Int, _ message: String, _ response: Response) async {
        guard response.reset() else { return response.abort() }
        response.status = status
        response.contentType = "text/html;charset=utf-8"
        response.contentLanguage = "en"
        do {
            try await Self.send("<!doctype html><html lang=\"en\">\(status) \(message)</html>", response)
        } catch {
            response.abort()
        }
    }

    /// Sends a whole body.
    static func send(_ text: String, _ response: Response) async throws {
        response.contentLength = Int64(text.utf8.count)
        try await response.write(ByteBuffer(bytes: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
    }

    /// Sends `text` as `getWriter` would with the default charset.
    static func sendPlain(_ text: String, _ response: Response) async throws {
        response.contentType = "text/plain;charset=ISO-8859-1"
        response.contentLength = Int64(text.unicodeScalars.count)
        try await response.write(ByteBuffer(bytes: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
    }

    /// Reads the whole body.
    static func body(_ request: Request) async throws -> String {
        var body = ByteBuffer()
        while var piece = try await request.read() { body.writeBuffer(&piece) }
        return String(buffer: body)
    }
}

/// Collects what tests want to know about requests.
final class Recorder<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func record(_ value: Value) { self.values.withLock { $0.append(value) } }
    var all: [Value] { self.values.withLock { $0 } }
}
