import Coyote
import ServletAPI

/// What is known of a request when its line is written.
struct AccessLogEntry {
    let request: Request
    let response: Response
    let lane: AccessLogLane
    /// How long the request took.
    let nanoseconds: Int64
    /// When it ended, in milliseconds since 1970.
    let endMilliseconds: Int64
    /// Whether addresses come from the attributes that proxy valves set.
    var usesAttributes = false
    /// Whether a value with blanks gets quotes where nothing else separates it.
    var quotesBlanks = true
    /// Whether IPv6 addresses are written in their shortest form.
    var isIPv6Canonical = false

    /// The value of an attribute that a proxy valve set.
    func attribute(_ name: String) -> String? {
        guard self.usesAttributes, let value = self.request.attributes[name] else { return nil }
        return "\(value)"
    }
}

/// Names of attributes that valves set for access logs.
package enum AccessLogAttribute {
    package static let remoteAddr = "org.apache.catalina.AccessLog.RemoteAddr"
    package static let remoteHost = "org.apache.catalina.AccessLog.RemoteHost"
    package static let protocolName = "org.apache.catalina.AccessLog.Protocol"
    package static let serverName = "org.apache.catalina.AccessLog.ServerName"
    package static let serverPort = "org.apache.catalina.AccessLog.ServerPort"
}

/// Units of `%T`.
enum ElapsedUnit: String, Sendable {
    case nanoseconds = "ns"
    case microseconds = "us"
    case milliseconds = "ms"
    case seconds = "s"
    /// Seconds with three decimals.
    case fraction = "fracsec"

    /// A duration in this unit.
    func text(_ nanoseconds: Int64) -> String {
        switch self {
        case .nanoseconds: return String(nanoseconds)
        case .microseconds: return String(nanoseconds / 1000)
        case .milliseconds: return String(nanoseconds / 1_000_000)
        case .seconds: return String(nanoseconds / 1_000_000_000)
        case .fraction:
            let thousandths = String(1000 + nanoseconds / 1_000_000 % 1000).dropFirst()
            return "\(nanoseconds / 1_000_000_000).\(thousandths)"
        }
    }
}

/// One piece of a log line.
enum AccessLogElement: Sendable {
    case text([UInt8])
    case remoteAddress(isPeer: Bool)
    case localAddress
    case bytesSent(dashForNone: Bool)
    case elapsed(ElapsedUnit)
    case firstByte
    case host
    case protocolName
    case thread
    case logicalUser
    case identifier(isConnection: Bool)
    case method
    case port(isRemote: Bool)
    case query
    case requestLine
    case status
    case sessionID
    case time(AccessLogClock)
    case user
    case path
    case serverName
    case connectionStatus
    case cookie(String)
    case requestHeader(String)
    case responseHeader(String)
    case requestAttribute(String)
    case sessionAttribute(String)

    func append(_ entry: AccessLogEntry, to line: inout LogLine) {
        let request = entry.request
        switch self {
        case .text(let bytes): line.append(contentsOf: bytes)
        case .status: line.append(decimal: Int64(entry.response.status))
        case .bytesSent(let dashForNone):
            let count = entry.response.contentWritten
            if count <= 0, dashForNone { line.append(ASCII.hyphen) } else { line.append(decimal: max(0, count)) }
        case .elapsed(let unit): line.append(unit.text(entry.nanoseconds))
        case .firstByte:
            let commit = entry.response.coyote.commitTimeNanos
            let text = commit == 0 ? "-" : String((commit - request.coyote.startTimeNanos) / 1_000_000)
            line.append(text)
        case .logicalUser: line.append(ASCII.hyphen)
        case .time(let clock):
            let end = entry.endMilliseconds
            clock.append(clock.isBegin ? end - entry.nanoseconds / 1_000_000 : end, entry.lane, to: &line)
        case .requestLine: self.appendRequestLine(request, to: &line)
        case .query:
            guard let query = request.queryString else { return line.append(ASCII.hyphen) }
            line.append(UInt8(ascii: "?"))
            if !query.isEmpty { AccessLogText.append(query, to: &line) }
        case .connectionStatus: line.append(Self.connectionStatus(entry))
        case .user: self.appendUser(request.remoteUser, quotesBlanks: entry.quotesBlanks, to: &line)
        default: AccessLogText.append(self.value(entry), to: &line)
        }
    }

    /// The value of an element that is a text from outside; `nil` for none.
    func value(_ entry: AccessLogEntry) -> String? {
        let request = entry.request
        switch self {
        case .remoteAddress(isPeer: true): return Self.address(request.coyote.peerAddress, entry)
        case .remoteAddress:
            return Self.address(entry.attribute(AccessLogAttribute.remoteAddr) ?? request.remoteAddr, entry)
        case .localAddress: return Self.address(request.localAddr, entry)
        case .host: return Self.address(entry.attribute(AccessLogAttribute.remoteHost) ?? request.remoteHost, entry)
        case .protocolName: return entry.attribute(AccessLogAttribute.protocolName) ?? request.protocolName
        case .thread: return Self.threadName(request)
        case .identifier(isConnection: true): return String(request.coyote.connectionID, radix: 16)
        case .identifier: return request.requestId
        case .method: return request.method
        case .port(isRemote: true): return String(request.remotePort)
        case .port: return entry.attribute(AccessLogAttribute.serverPort) ?? String(request.serverPort)
        case .sessionID: return request.sessionIfPresent?.idInternal
        case .path: return request.requestURI
        case .serverName: return entry.attribute(AccessLogAttribute.serverName) ?? request.serverName
        case .cookie(let name): return Self.joined(request.cookies.filter { $0.name == name }.map(\.value))
        case .requestHeader(let name): return Self.joined(request.headers(name))
        case .responseHeader(let name): return Self.joined(entry.response.headers(name))
        case .requestAttribute(let name): return request.attribute(name).map { "\($0)" }
        case .sessionAttribute(let name):
            // A session that has ended has no values left to show.
            guard let session = request.sessionIfPresent, let value = try? session.attribute(name) else { return nil }
            return "\(value)"
        default: return nil
        }
    }

    /// `http-nio-8080-exec-1`: Tomcat's name for the thread; here it is an event loop, whose number is in the request's.
    private static func threadName(_ request: Request) -> String {
        "\(request.connector.name ?? "http-nio")-exec-\((request.coyote.requestID >> 48) + 1)"
    }

    private static func joined(_ values: [String]) -> String? {
        values.isEmpty ? nil : values.joined(separator: ",")
    }

    private static func address(_ text: String, _ entry: AccessLogEntry) -> String {
        guard entry.isIPv6Canonical, let address = IPAddress(text), address.isIPv6 else { return text }
        return address.description
    }

    private func appendRequestLine(_ request: Request, to line: inout LogLine) {
        if request.dispatch.requestURI == nil, request.dispatch.queryString == nil,
            request.coyote.withRequestLine({ line.appendPlain($0) }) == true
        {
            return
        }
        guard !request.method.isEmpty else { return line.append("- - -") }
        AccessLogText.append(request.method, to: &line)
        line.append(ASCII.space)
        AccessLogText.append(request.requestURI, to: &line)
        if let query = request.queryString {
            line.append(UInt8(ascii: "?"))
            if !query.isEmpty { AccessLogText.append(query, to: &line) }
        }
        line.append(ASCII.space)
        line.append(request.protocolName)
    }

    /// The user; in quotes if blanks would make several fields of it.
    private func appendUser(_ user: String?, quotesBlanks: Bool, to line: inout LogLine) {
        guard quotesBlanks, let user, user.utf8.contains(where: \.isBlank) else {
            return AccessLogText.append(user, to: &line)
        }
        line.append(ASCII.quote)
        AccessLogText.append(user, to: &line)
        line.append(ASCII.quote)
    }

    private static func connectionStatus(_ entry: AccessLogEntry) -> UInt8 {
        if entry.request.coyote.isAborted || entry.response.coyote.errorState != nil { return UInt8(ascii: "X") }
        return entry.response.coyote.closesConnection ? ASCII.hyphen : UInt8(ascii: "+")
    }
}
