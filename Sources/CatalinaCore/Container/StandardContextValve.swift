import Coyote
import ServletAPI

/// Keeps clients out of `WEB-INF` and `META-INF` and sends a request to its servlet.
///
/// Source: `org.apache.catalina.core.StandardContextValve`.
final class StandardContextValve: Valve {
    func leads(_ request: Request) -> Pipeline.Chain? {
        guard !Self.isProtected(request.decodedPath, below: request.mapping.context?.path ?? "") else { return nil }
        return request.mapping.wrapper?.chain
    }

    func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        if Self.isProtected(request.decodedPath, below: request.mapping.context?.path ?? "") {
            try await response.sendError(404)
            return
        }
        guard let mapped = request.mapping.wrapper else {
            try await response.sendError(404)
            return
        }
        if request.coyote.expectsContinue {
            do { try await request.coyote.acknowledgeExpectation() } catch { throw OutputBuffer.failure(error) }
        }
        try await mapped.chain.invoke(request, response)
    }

    /// Whether a path lies in `WEB-INF` or `META-INF`, however it is written.
    static func isProtected(_ path: String, below contextPath: String) -> Bool {
        let bytes = path.utf8.dropFirst(contextPath.utf8.count)
        guard bytes.first == UInt8(ascii: "/"), let second = bytes.dropFirst().first,
            second | 0x20 == UInt8(ascii: "w") || second | 0x20 == UInt8(ascii: "m")
        else { return false }
        let segment = bytes.dropFirst().prefix { $0 != UInt8(ascii: "/") }
        let name = String(Substring(segment)).uppercased()
        return name == "WEB-INF" || name == "META-INF"
    }
}
