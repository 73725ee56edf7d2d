import Modeler
package import ServletAPI

/// Logs all there is to know of a request and of its answer, for those who look for a mistake.
///
/// The parameters are read, so that a charset set later has no effect.
/// Source: `org.apache.catalina.filters.RequestDumperFilter`; differs from it in: lines begin with the request's id
/// instead of a thread's name.
package final class RequestDumperFilter: Filter {
    package static let className = "org.apache.catalina.filters.RequestDumperFilter"
    private static let log = CategoryLogger(RequestDumperFilter.className)
    private static let nameWidth = 18

    package init() {}

    package func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        let id = request.requestId
        Self.write(await Self.lines(of: request), id)
        try await chain.doFilter(request, response)
        Self.write(Self.lines(of: response, to: request), id)
    }

    private static func write(_ lines: [(String, String?)], _ id: String) {
        for (name, value) in lines { self.log.info("doLog", "\(id) \(self.padded(name))=\(value ?? "null")") }
    }

    /// Names are flush right, but for those that say when.
    private static func padded(_ name: String) -> String {
        let blanks = String(repeating: " ", count: max(0, self.nameWidth - name.utf8.count))
        return name.hasSuffix("TIME") ? name + blanks : blanks + name
    }

    static func lines(of request: any HttpServletRequest) async -> [(String, String?)] {
        var lines: [(String, String?)] = [
            ("START TIME", self.now), ("requestURI", request.requestURI), ("authType", request.authType),
            ("characterEncoding", request.characterEncoding), ("contentLength", String(request.contentLength)),
            ("contentType", request.contentType), ("contextPath", request.contextPath),
        ]
        lines += request.cookies.map { ("cookie", "\($0.name)=\($0.value)") }
        for name in request.headerNames {
            lines += request.headers(name).map { ("header", "\(name)=\($0)") }
        }
        lines += [("locale", request.locales.first), ("method", request.method)]
        let parameters = await request.parameters()
        for name in parameters.names {
            lines.append(("parameter", "\(name)=" + parameters.all(name).joined(separator: ", ")))
        }
        return lines + [
            ("pathInfo", request.pathInfo), ("protocol", request.protocolName), ("queryString", request.queryString),
            ("remoteAddr", request.remoteAddr), ("remoteHost", request.remoteHost), ("remoteUser", request.remoteUser),
            ("requestedSessionId", request.requestedSessionId), ("scheme", request.scheme),
            ("serverName", request.serverName), ("serverPort", String(request.serverPort)),
            ("servletPath", request.servletPath), ("isSecure", String(request.isSecure)),
            (self.line("-", self.nameWidth), self.line("-", 44)),
        ]
    }

    static func lines(
        of response: any HttpServletResponse,
        to request: any HttpServletRequest
    ) -> [(String, String?)] {
        var lines: [(String, String?)] = [
            (self.line("-", self.nameWidth), self.line("-", 44)), ("authType", request.authType),
            ("contentType", response.contentType),
        ]
        for name in response.headerNames { lines += response.headers(name).map { ("header", "\(name)=\($0)") } }
        return lines + [
            ("remoteUser", request.remoteUser), ("status", String(response.status)), ("END TIME", self.now),
            (self.line("=", self.nameWidth), self.line("=", 44)),
        ]
    }

    private static func line(_ character: Character, _ count: Int) -> String {
        String(repeating: character, count: count)
    }
    private static var now: String { DateText.seconds(milliseconds: WallClock.milliseconds()) }
}
