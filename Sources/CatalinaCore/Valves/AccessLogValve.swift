import Coyote
import Logging
package import Modeler

/// The attributes that all access logs have.
package struct AccessLogConfiguration: Sendable, Equatable {
    /// Folder of the files, below CATALINA_BASE unless absolute.
    package var directory = "logs"
    /// What the names of the files begin with.
    package var prefix = "access_log"
    /// What the names of the files end with.
    package var suffix = ""
    /// What stands between prefix and suffix, as a pattern for the date.
    package var fileDateFormat = ".yyyy-MM-dd"
    /// Whether a new file begins when that text changes.
    package var rotatable = true
    /// Whether the date is put into the name only when the file is finished.
    package var renameOnRotate = false
    /// Days after which finished files are removed; negative to keep them.
    package var maxDays = -1
    /// Whether lines wait for company; otherwise each is written at once.
    package var buffered = true
    /// What a line consists of: common, combined, or codes.
    package var pattern = "common"
    /// Attribute of the request that keeps it out of the log.
    package var condition: String?
    /// Attribute without which a request is not logged.
    package var conditionIf: String?
    /// Whether lines are written.
    package var enabled = true
    /// Whether the client's address comes from the attributes that proxy valves set.
    package var requestAttributesEnabled = false
    /// Whether IPv6 addresses are written in their shortest form.
    package var ipv6Canonical = false
    /// Whether a file that someone removed is made anew.
    package var checkExists = false
    /// Bytes reserved for a line.
    package var maxLogMessageBufferSize = 256

    package init() {}

    package static let attributes: [Attribute<AccessLogConfiguration>] = [
        Attribute("directory", \.directory, "Folder of the files, relative to CATALINA_BASE"),
        Attribute("prefix", \.prefix, "What the names of the files begin with"),
        Attribute("suffix", \.suffix, "What the names of the files end with"),
        Attribute("fileDateFormat", \.fileDateFormat, "Date in the names of the files, as SimpleDateFormat"),
        Attribute("rotatable", \.rotatable, "Whether a new file begins when the date in its name changes"),
        Attribute("renameOnRotate", \.renameOnRotate, "Whether a file gets the date when it is finished"),
        Attribute("maxDays", \.maxDays, "Days after which old files are removed; negative keeps them"),
        Attribute("buffered", \.buffered, "Whether lines are written together"),
        Attribute("pattern", \.pattern, "What a line consists of: common, combined, or codes"),
        Attribute("condition", \.condition, "Request attribute that prevents a line", aliases: ["conditionUnless"]),
        Attribute("conditionIf", \.conditionIf, "Request attribute that a line needs"),
        Attribute("enabled", \.enabled, "Whether lines are written"),
        Attribute(
            "requestAttributesEnabled",
            \.requestAttributesEnabled,
            "Whether addresses come from the attributes that proxy valves set"
        ),
        Attribute("ipv6Canonical", \.ipv6Canonical, "Whether IPv6 addresses are shortened as RFC 5952 says"),
        Attribute("checkExists", \.checkExists, "Whether a file that someone removed is made anew"),
        Attribute("maxLogMessageBufferSize", \.maxLogMessageBufferSize, "Bytes reserved for a line"),
        .ignored("encoding", "Lines are ASCII but for the pattern's own text, which is UTF-8"),
        .ignored("locale", "Names of months and days are English"),
        .ignored("resolveHosts", "The Connector's enableLookups decides"),
        .ignored("asyncSupported", "Every valve supports it", type: .bool),
    ]

    /// Where lines go.
    func fileConfiguration(header: String = "") -> AccessLogFile.Configuration {
        var file = AccessLogFile.Configuration()
        file.directory = BaseDirectory.absolute(self.directory)
        file.prefix = self.prefix
        file.suffix = self.suffix
        file.fileDateFormat = self.fileDateFormat
        file.rotatable = self.rotatable
        file.renameOnRotate = self.renameOnRotate
        file.maxDays = self.maxDays
        file.buffered = self.buffered
        file.checkExists = self.checkExists
        file.header = header
        return file
    }
}

/// What each kind of access log does with a request; files, conditions and life are shared.
protocol AccessLogFormatter: Sendable {
    /// Appends the line of one request.
    func append(_ entry: AccessLogEntry, to line: inout LogLine)
    /// Whether a line tells more of the time than the second.
    var showsMilliseconds: Bool { get }
}

extension AccessLogFormatter {
    var showsMilliseconds: Bool { true }
}

extension AccessLogPattern: AccessLogFormatter {}
extension AccessLogJSONPattern: AccessLogFormatter {}

/// Writes lines for a valve: decides whether, formats, hands them to the file.
final class AccessLogWriter: Sendable {
    private let configuration: AccessLogConfiguration
    private let formatter: any AccessLogFormatter
    private let quotesBlanks: Bool
    private let header: String
    private let showsMilliseconds: Bool
    let file: AccessLogFile

    init(
        _ configuration: AccessLogConfiguration,
        _ formatter: any AccessLogFormatter,
        header: String = "",
        quotesBlanks: Bool = true
    ) throws {
        self.configuration = configuration
        self.formatter = formatter
        self.showsMilliseconds = formatter.showsMilliseconds
        self.quotesBlanks = quotesBlanks
        self.header = header
        self.file = try AccessLogFile(configuration.fileConfiguration(header: header))
    }

    /// A writer with other attributes that goes on with the file of this one.
    ///
    /// - Throws: for a date format that is none; the file is then as it was.
    init(
        _ configuration: AccessLogConfiguration,
        _ formatter: any AccessLogFormatter,
        after writer: AccessLogWriter
    ) throws {
        self.configuration = configuration
        self.formatter = formatter
        self.showsMilliseconds = formatter.showsMilliseconds
        self.quotesBlanks = writer.quotesBlanks
        self.header = writer.header
        self.file = writer.file
        try self.file.use(configuration.fileConfiguration(header: writer.header))
    }

    func log(_ request: Request, _ response: Response, nanoseconds: Int64, _ lane: AccessLogLane) {
        let configuration = self.configuration
        guard configuration.enabled else { return }
        if let name = configuration.condition, request.attributes[name] != nil { return }
        if let name = configuration.conditionIf, request.attributes[name] == nil { return }
        var entry = AccessLogEntry(
            request: request,
            response: response,
            lane: lane,
            nanoseconds: nanoseconds,
            endMilliseconds: self.showsMilliseconds ? WallClock.milliseconds() : WallClock.coarseMilliseconds()
        )
        entry.usesAttributes = configuration.requestAttributesEnabled
        entry.isIPv6Canonical = configuration.ipv6Canonical
        entry.quotesBlanks = self.quotesBlanks
        lane.withLine(capacity: configuration.maxLogMessageBufferSize) { line in
            self.formatter.append(entry, to: &line)
            line.withBytes { self.file.append($0, at: entry.endMilliseconds) }
        }
    }
}

/// What the access log valves share: their life, and that they pass every request on.
protocol AccessLogValveBase: Valve, AccessLog, Lifecycle, ConfigurableComponent
where Configuration == AccessLogConfiguration {
    associatedtype Pattern: AccessLogFormatter
    /// The attributes, and the pattern taken apart.
    var live: LiveSettings<AccessLogConfiguration, Pattern> { get }
    /// The running writer.
    var writer: CurrentAccessLogWriter { get }
    /// A writer for the configuration.
    func makeWriter() throws -> AccessLogWriter
}

extension AccessLogValveBase {
    // The adapter calls access logs when the answer is out.
    package func isTransparent(in container: (any Container)?) -> Bool { true }

    package var lifecycleName: String { "\(self.beanName)[\(self.configuration.prefix)]" }
    package var configuration: AccessLogConfiguration { self.live.value }

    /// Changes what is written, and where: another file name counts from the next line on.
    package func reconfigure(_ change: (inout AccessLogConfiguration) throws -> Void) throws {
        let before = self.configuration
        try self.live.change(change)
        do {
            try self.writer.change { writer in
                guard let running = writer else { return }
                writer = try AccessLogWriter(self.live.value, self.live.derived, after: running)
            }
        } catch {
            try self.live.change { $0 = before }
            throw error
        }
    }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        try await next.invoke(request, response)
    }

    package func log(_ request: Request, _ response: Response, nanoseconds: Int64) {
        let lane = request.loopState.lane(of: self.writer)
        lane.writer?.log(request, response, nanoseconds: nanoseconds, lane)
    }

    package func startInternal() async throws {
        let writer = try self.makeWriter()
        try await writer.file.open()
        self.writer.change { $0 = writer }
        try await self.enter(.starting)
    }

    package func stopInternal() async throws {
        try await self.enter(.stopping)
        let writer = self.writer.latest
        self.writer.change { $0 = nil }
        try await writer?.file.close()
    }

    package func backgroundProcess() async {
        guard let writer = self.writer.latest else { return }
        do {
            try await writer.file.backgroundProcess()
        } catch {
            Logger(label: "org.apache.catalina.valves.AccessLogValve").error(
                "The access log could not be written",
                metadata: ["error": "\(error)"]
            )
        }
    }
}

/// Writes a line for each request.
///
/// Source: `org.apache.catalina.valves.AccessLogValve`; differs from it in: a pattern with a time that cannot be written
/// keeps the valve from starting, where Tomcat fails with each request.
package final class AccessLogValve: AccessLogValveBase {
    package typealias Configuration = AccessLogConfiguration

    package static let descriptor = ComponentDescriptor<AccessLogValve>(
        className: "org.apache.catalina.valves.AccessLogValve",
        kind: .valve,
        "Writes a line for each request",
        defaults: Configuration(),
        attributes: AccessLogConfiguration.attributes
    )

    package let lifecycle = LifecycleSupport()
    let live: LiveSettings<AccessLogConfiguration, AccessLogPattern>
    let writer = CurrentAccessLogWriter()

    /// - Throws: ``AccessLogPattern/Fault`` for a pattern that cannot be used.
    package init(configuration: Configuration) throws {
        self.live = try LiveSettings(configuration) { try AccessLogPattern($0.pattern) }
    }

    func makeWriter() throws -> AccessLogWriter { try AccessLogWriter(self.live.value, self.live.derived) }
}

/// Writes a JSON object for each request, of the same values as ``AccessLogValve``.
///
/// Source: `org.apache.catalina.valves.JsonAccessLogValve`.
package final class JsonAccessLogValve: AccessLogValveBase {
    package typealias Configuration = AccessLogConfiguration

    package static let descriptor = ComponentDescriptor<JsonAccessLogValve>(
        className: "org.apache.catalina.valves.JsonAccessLogValve",
        kind: .valve,
        "Writes a JSON object for each request",
        defaults: Configuration(),
        attributes: AccessLogConfiguration.attributes
    )

    package let lifecycle = LifecycleSupport()
    let live: LiveSettings<AccessLogConfiguration, AccessLogJSONPattern>
    let writer = CurrentAccessLogWriter()

    /// - Throws: ``AccessLogPattern/Fault`` for a pattern that cannot be used.
    package init(configuration: Configuration) throws {
        self.live = try LiveSettings(configuration) { AccessLogJSONPattern(try AccessLogPattern($0.pattern)) }
    }

    func makeWriter() throws -> AccessLogWriter {
        try AccessLogWriter(self.live.value, self.live.derived, quotesBlanks: false)
    }
}
