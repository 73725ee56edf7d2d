import Coyote
import Glibc
package import Modeler
import ServletAPI
import Synchronization

/// Writes a line for each request in the extended log file format of the W3C: fields that a line at the top names.
///
/// Texts from outside stand in double quotes, in which a quote is doubled; `-` stands for nothing; times are UTC.
/// Source: `org.apache.catalina.valves.ExtendedAccessLogValve`; differs from it in: a field without meaning keeps the
/// valve from being made.
package final class ExtendedAccessLogValve: AccessLogValveBase {
    package typealias Configuration = AccessLogConfiguration

    package static let descriptor = ComponentDescriptor<ExtendedAccessLogValve>(
        className: "org.apache.catalina.valves.ExtendedAccessLogValve",
        kind: .valve,
        "Writes a line for each request in the W3C's extended format",
        defaults: Configuration(),
        attributes: AccessLogConfiguration.attributes
    )

    package let lifecycle = LifecycleSupport()
    let live: LiveSettings<AccessLogConfiguration, ExtendedAccessLogPattern>
    let writer = CurrentAccessLogWriter()

    /// - Throws: ``ExtendedAccessLogPattern/Fault`` for a pattern that cannot be used.
    package init(configuration: Configuration) throws {
        self.live = try LiveSettings(configuration) { try ExtendedAccessLogPattern($0.pattern) }
    }

    func makeWriter() throws -> AccessLogWriter {
        let header = "#Fields: \(self.configuration.pattern)\n#Version: 2.0\n#Software: \(ServerInfo.name)\n"
        return try AccessLogWriter(self.live.value, self.live.derived, header: header)
    }
}

/// The fields of an extended log, compiled once.
package struct ExtendedAccessLogPattern: AccessLogFormatter {
    /// A field without meaning.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let field: String

        package var description: String { "[\(self.field)] is no field of an extended log" }
    }

    /// What of a request a field shows.
    enum Field: Sendable {
        /// A field that the common log has as well, without quotes.
        case plain(AccessLogElement)
        case uri
        case query
        case date(AccessLogClock)
        case hostName
        case nothing
        case parameter(String)
        case contextAttribute(String)
        /// `x-H(…)`: one of the request's properties.
        case property(String)
        /// A field that the common log has as well, in quotes.
        case quoted(AccessLogElement)
    }

    private let fields: [Field]

    init(_ pattern: String) throws(Fault) {
        var fields: [Field] = []
        for name in pattern.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
            guard let field = Self.field(String(name)) else { throw Fault(field: String(name)) }
            fields.append(field)
        }
        self.fields = fields
    }

    func append(_ entry: AccessLogEntry, to line: inout LogLine) {
        for (index, field) in self.fields.enumerated() {
            if index > 0 { line.append(ASCII.space) }
            field.append(entry, to: &line)
        }
    }

    private static let properties: Set<String> = [
        "authType", "characterEncoding", "connectionId", "contentLength", "locale", "protocol", "remoteUser",
        "requestedSessionId", "requestedSessionIdFromCookie", "requestedSessionIdValid", "scheme", "secure",
    ]

    private static func field(_ name: String) -> Field? {
        if let simple = self.simple(name) { return simple }
        guard name.hasSuffix(")"), let open = name.firstIndex(of: "(") else { return nil }
        let argument = String(name[name.index(after: open)...].dropLast())
        return switch name[..<open] {
        case "cs": .quoted(.requestHeader(argument))
        case "sc", "x-O": .quoted(.responseHeader(argument))
        case "x-A": .contextAttribute(argument)
        case "x-C": .quoted(.cookie(argument))
        case "x-R": .quoted(.requestAttribute(argument))
        case "x-S": .quoted(.sessionAttribute(argument))
        case "x-P": .parameter(argument)
        case "x-H" where self.properties.contains(argument): .property(argument)
        default: nil
        }
    }

    private static func simple(_ name: String) -> Field? {
        switch name {
        case "bytes": .plain(.bytesSent(dashForNone: true))
        case "cached": .nothing
        case "c-dns": .plain(.host)
        case "c-ip": .plain(.remoteAddress(isPeer: false))
        case "cs-method": .plain(.method)
        case "cs-uri": .uri
        case "cs-uri-query": .query
        case "cs-uri-stem": .plain(.path)
        case "date": self.date("yyyy-MM-dd")
        case "time": self.date("HH:mm:ss")
        case "s-dns": .hostName
        case "s-ip": .plain(.localAddress)
        case "sc-status": .plain(.status)
        case "time-taken": .plain(.elapsed(.seconds))
        case "time-taken-s", "time-taken-ms", "time-taken-us", "time-taken-ns", "time-taken-fracsec":
            ElapsedUnit(rawValue: String(name.dropFirst("time-taken-".count))).map { .plain(.elapsed($0)) }
        default: nil
        }
    }

    private static func date(_ pattern: String) -> Field? {
        SimpleDateFormat(pattern, isUTC: true).map { .date(AccessLogClock(.pattern($0))) }
    }
}

extension ExtendedAccessLogPattern.Field {
    func append(_ entry: AccessLogEntry, to line: inout LogLine) {
        let request = entry.request
        switch self {
        case .plain(let element): element.append(entry, to: &line)
        case .nothing: line.append(ASCII.hyphen)
        case .date(let clock): clock.append(entry.endMilliseconds, entry.lane, to: &line)
        case .hostName: line.append(Self.machine)
        case .query: AccessLogText.append(request.queryString, to: &line)
        case .uri:
            AccessLogText.append(request.requestURI, to: &line)
            guard let query = request.queryString else { return }
            line.append(UInt8(ascii: "?"))
            if !query.isEmpty { AccessLogText.append(query, to: &line) }
        case .property("scheme"): AccessLogText.append(request.scheme, to: &line)
        case .quoted(let element): Self.appendQuoted(element.value(entry), to: &line)
        case .parameter(let name): Self.appendQuoted(Self.parameter(name, of: request), to: &line)
        case .contextAttribute(let name):
            let value = request.context?.servletContext.attribute(name)
            Self.appendQuoted(value.map { "\($0)" }, to: &line)
        case .property(let name): Self.appendQuoted(Self.property(name, of: request), to: &line)
        }
    }

    private static func appendQuoted(_ value: String?, to line: inout LogLine) {
        guard let value, !value.isEmpty else { return line.append(ASCII.hyphen) }
        line.append(ASCII.quote)
        AccessLogText.append(value, to: &line, quotes: .doubling)
        line.append(ASCII.quote)
    }

    /// A parameter, as far as it is known without reading a body.
    private static func parameter(_ name: String, of request: Request) -> String? {
        if let parameters = request.parametersIfParsed { return parameters.first(name) }
        guard let query = request.queryString else { return nil }
        var parser = RequestParameters(limit: request.connector.settings.maxParameterCount)
        parser.add(query, charset: .utf8)
        return parser.parameters.first(name)
    }

    private static func property(_ name: String, of request: Request) -> String? {
        switch name {
        case "authType": request.authType
        case "characterEncoding": request.characterEncoding
        case "connectionId": String(request.coyote.connectionID, radix: 16)
        case "contentLength": String(request.contentLength)
        case "locale": request.locale
        case "protocol": request.protocolName
        case "remoteUser": request.remoteUser
        case "requestedSessionId": request.requestedSessionId
        case "requestedSessionIdFromCookie": String(request.isRequestedSessionIdFromCookie)
        case "requestedSessionIdValid": String(request.isRequestedSessionIdValid)
        case "secure": String(request.isSecure)
        default: nil
        }
    }

    /// The name of this machine.
    private static let machine: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
