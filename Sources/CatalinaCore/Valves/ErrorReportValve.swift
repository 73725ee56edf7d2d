import Logging
package import Modeler
import ServletAPI

/// Gives an answer that is an error, and has no body yet, a page that says so.
///
/// It stands in the pipeline of each host. A page of the operator's own is sent instead where one is configured for
/// the error's type or code; pages of an application were tried before.
/// Source: `org.apache.catalina.valves.ErrorReportValve`.
package final class ErrorReportValve: ErrorReporter, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// Whether the page says more than the status.
        package var showReport = true
        /// Whether the page names the server.
        package var showServerInfo = true
        /// Files by status code (`errorCode.404`), 0 for any other.
        package var errorCodes: [Int: String] = [:]
        /// Files by the name of an error (`exceptionType.…`).
        package var exceptionTypes: [String: String] = [:]

        package init() {}
    }

    package static let className = "org.apache.catalina.valves.ErrorReportValve"

    package static let descriptor = ComponentDescriptor<ErrorReportValve>(
        className: className,
        kind: .valve,
        "Gives an answer that is an error a page that says so",
        defaults: Configuration(),
        attributes: [
            Attribute("showReport", \.showReport, "Whether the page says more than the status"),
            Attribute("showServerInfo", \.showServerInfo, "Whether the page names the server"),
            .ignored("asyncSupported", "Every valve supports it", type: .bool),
        ],
        open: OpenAttributes("errorCode.NNN and exceptionType.NAME: files to send, errorCode.0 for any other code") {
            configuration,
            name,
            text in
            if name.hasPrefix("errorCode."), let code = Int(name.dropFirst("errorCode.".count)) {
                configuration.errorCodes[code] = text
                return true
            }
            guard name.hasPrefix("exceptionType.") else { return false }
            configuration.exceptionTypes[String(name.dropFirst("exceptionType.".count))] = text
            return true
        }
    )

    private let live: LiveSettings<Configuration, Void>

    package init(configuration: Configuration) { self.live = LiveSettings(configuration) }

    package var configuration: Configuration { self.live.value }
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws { try self.live.change(change) }

    package func report(_ request: Request, _ response: Response) async throws {
        guard let report = ErrorReporting.begin(request, response) else { return }
        if let path = self.file(for: ErrorReporting.error(of: request), status: response.status),
            try await self.send(path, response)
        {
            return
        }
        guard let report else { return }
        response.locale = "en"
        let configuration = self.configuration
        let page = report.html(
            showsReport: configuration.showReport,
            serverInfo: configuration.showServerInfo ? ServerInfo.name : nil
        )
        try await ErrorReporting.write(page, type: "text/html", response)
    }

    /// The operator's own page for an error.
    private func file(for error: (any Error)?, status: Int) -> String? {
        let configuration = self.configuration
        if let error {
            for type in ExceptionNames.types(of: error) {
                if let path = configuration.exceptionTypes[type] { return path }
            }
        }
        return configuration.errorCodes[status] ?? configuration.errorCodes[0]
    }

    private func send(_ path: String, _ response: Response) async throws -> Bool {
        let file = BaseDirectory.absolute(path)
        do {
            let text = try await FileIO.run { try FileIO.text(of: file) }
            try await ErrorReporting.write(text, type: "text/html", charset: "UTF-8", response)
            return true
        } catch let error as FileError {
            Logger(label: Self.className).warning(
                "Unable to display error page at [\(file)] due to an exception",
                metadata: ["error": "\(error)"]
            )
            return false
        }
    }
}

/// The same facts as ``ErrorReportValve`` gives, as a JSON object.
///
/// Source: `org.apache.catalina.valves.JsonErrorReportValve`.
package final class JsonErrorReportValve: ErrorReporter, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// Whether the object says more than the status.
        package var showReport = true
        /// Accepted: the object never names the server.
        package var showServerInfo = true

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<JsonErrorReportValve>(
        className: "org.apache.catalina.valves.JsonErrorReportValve",
        kind: .valve,
        "Gives an answer that is an error a JSON object that says so",
        defaults: Configuration(),
        attributes: [
            Attribute("showReport", \.showReport, "Whether the object says more than the status"),
            Attribute("showServerInfo", \.showServerInfo, "Accepted; the object never names the server"),
            .ignored("asyncSupported", "Every valve supports it", type: .bool),
        ]
    )

    private let live: LiveSettings<Configuration, Void>

    package init(configuration: Configuration) { self.live = LiveSettings(configuration) }

    package var configuration: Configuration { self.live.value }
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws { try self.live.change(change) }

    package func report(_ request: Request, _ response: Response) async throws {
        guard let report = ErrorReporting.begin(request, response), let report else { return }
        let showsReport = self.configuration.showReport
        if showsReport { response.locale = "en" }
        let object = report.json(showsReport: showsReport)
        try await ErrorReporting.write(object, type: "application/json", response)
    }
}

/// What the error report valves have in common.
private enum ErrorReporting {
    static func error(of request: Request) -> (any Error)? {
        request.attributes[RequestAttribute.exception] as? any Error
    }

    /// Takes over a failed answer, once; `nil` if there is none, `.some(nil)` if there is nothing to say about it.
    static func begin(_ request: Request, _ response: Response) -> ErrorReport?? {
        guard response.isError, !response.isErrorHandled, response.status >= 400, !response.isHeadSent,
            !response.hasContent, request.asyncContextImpl?.isPending != true
        else { return nil }
        response.isErrorHandled = true
        response.isSuspended = false
        let error = self.error(of: request)
        return .some(ErrorReport(status: response.status, message: response.errorMessage, error: error))
    }

    static func write(
        _ text: String,
        type: String,
        charset: String = "utf-8",
        _ response: Response
    ) async throws {
        response.usesStream = false
        response.contentType = type
        response.setCharacterEncoding(charset)
        try await response.writeReport(response.usesWriter ? self.escaped(text, isHTML: type == "text/html") : text)
    }

    /// The text in ASCII: an application that had its writer already has chosen the charset of the answer.
    private static func escaped(_ text: String, isHTML: Bool) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                escaped.unicodeScalars.append(scalar)
            } else if isHTML {
                escaped += "&#\(scalar.value);"
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return escaped
    }
}
