import Coyote
import ServletAPI

/// What there is to say about a failed request, and how HTML and JSON say it: no I/O.
///
/// Tomcat counterpart: the page of `org.apache.catalina.valves.ErrorReportValve`; differs from it in: descriptions
/// are our own, and an error is shown without a stack trace.
struct ErrorReport: Equatable {
    var status: Int
    var reason: String
    var description: String
    /// Not escaped; empty for none.
    var message: String
    /// The error and what is behind it, each as `type: message`.
    var errors: [String] = []

    /// A report, if there is something to say: a code that HTTP knows, or a message.
    ///
    /// - Parameters:
    ///   - status: the code of the answer.
    ///   - message: what `sendError` was given.
    ///   - error: what a servlet threw.
    init?(status: Int, message: String?, error: (any Error)?) {
        let text = StatusText.of(status)
        let shown = message ?? error.map { Self.firstLine(ExceptionNames.message(of: $0)) } ?? ""
        guard text != nil || !shown.isEmpty else { return nil }
        self.status = status
        self.reason = text?.reason ?? "Unknown Reason"
        self.description = text?.description ?? "No description available"
        self.message = shown
        self.errors = error.map { ExceptionNames.lines(of: $0) } ?? []
    }

    private static func firstLine(_ text: String) -> String { String(text.prefix { !$0.isNewline }) }

    private var type: String { self.errors.isEmpty ? "Status Report" : "Exception Report" }

    /// Makes the page, in one line but for the errors.
    ///
    /// - Parameters:
    ///   - showsReport: whether anything beyond the status is said.
    ///   - serverInfo: name and version of the server; `nil` keeps them back.
    /// - Returns: the HTML.
    func html(showsReport: Bool, serverInfo: String?) -> String {
        let title = "HTTP Status \(self.status) – \(self.reason)"
        var page = "<!doctype html><html lang=\"en\"><head><title>\(title)</title>"
        page += "<style type=\"text/css\">\(HTMLText.style)</style></head><body><h1>\(title)</h1>"
        if showsReport { page += self.paragraphs }
        if let serverInfo { page += "<h3>\(HTMLText.escaped(serverInfo))</h3>" }
        return page + "</body></html>"
    }

    private var paragraphs: String {
        let line = "<hr class=\"line\" />"
        var text = "\(line)<p><b>Type</b> \(self.type)</p>"
        if !self.message.isEmpty { text += "<p><b>Message</b> \(HTMLText.escaped(self.message))</p>" }
        text += "<p><b>Description</b> \(self.description)</p>"
        for (index, error) in self.errors.enumerated() {
            let title = index == 0 ? "Exception" : "Root Cause"
            text += "<p><b>\(title)</b></p><pre>\(HTMLText.escaped(error))\n</pre>"
        }
        if !self.errors.isEmpty { text += "<p><b>Note</b> The server's log has the details.</p>" }
        return text + line
    }

    /// The same as a JSON object.
    func json(showsReport: Bool) -> String {
        var members = ["  \"status\": \(self.status)"]
        if showsReport {
            let texts = [
                ("type", self.type), ("message", self.message), ("reason", self.reason),
                ("description", self.description),
            ]
            members += texts.map { "  \"\($0)\": \"\(JSONText.escape($1))\"" }
            if !self.errors.isEmpty {
                let errors = self.errors.map { "\"\(JSONText.escape($0))\"" }
                members.append("  \"throwable\": [\(errors.joined(separator: ","))]")
            }
        }
        return "{\n\(members.joined(separator: ",\n"))\n}"
    }
}
