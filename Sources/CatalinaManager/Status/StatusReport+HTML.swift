import CatalinaCore

extension StatusReport {
    /// The report as a page for people; `root` is the manager application's path.
    func html(root: String) -> String {
        let system = SystemFacts.current
        var html = ManagerPage.head("Server Status", root: root)
        html += ManagerPage.table(
            ["Tomcat Version", "JVM Version", "JVM Vendor", "OS Name", "OS Version", "OS Architecture", "Hostname"],
            [
                [
                    ServerInfo.name, SystemFacts.runtime, SystemFacts.vendor, system.name, system.version,
                    system.architecture, system.hostName,
                ]
            ]
        )
        html += "<h2>Memory</h2>" + self.memoryTable
        for connector in self.connectors { html += Self.html(connector) }
        if !self.applications.isEmpty {
            html += "<h2>Applications</h2>"
            for application in self.applications { html += Self.html(application) }
        }
        return html + ManagerPage.foot
    }

    private var memoryTable: String {
        ManagerPage.table(
            ["Memory Pool", "Type", "Total", "Maximum", "Used", "Peak"],
            self.memory.pools.map { pool in
                [
                    pool.name, pool.type, Self.mebibytes(pool.committed),
                    pool.maximum < 0 ? "" : Self.mebibytes(pool.maximum), Self.mebibytes(pool.used),
                    Self.mebibytes(pool.peak),
                ]
            }
        )
    }

    private static func html(_ connector: Connector) -> String {
        let (threads, requests) = (connector.threads, connector.requests)
        var html = "<h2>\(HTMLText.escaped("\"\(connector.name)\""))</h2><p>"
        html += "Max threads: \(threads.number("maxThreads")) "
        html += "Current thread count: \(threads.number("currentThreadCount")) "
        html += "Current threads busy: \(threads.number("currentThreadsBusy")) "
        html += "Keep alive sockets count: \(threads.number("keepAliveCount"))<br>"
        html += "Max processing time: \(requests.number("maxTime")) ms "
        html += "Processing time: \(self.seconds(requests.number("processingTime"))) s "
        html += "Request count: \(requests.number("requestCount")) Error count: \(requests.number("errorCount")) "
        html += "Bytes received: \(self.mebibytes(requests.number("bytesReceived"))) "
        html += "Bytes sent: \(self.mebibytes(requests.number("bytesSent")))</p>"
        guard !connector.workers.isEmpty else { return html }
        return html
            + ManagerPage.table(
                ["Stage", "Time", "Bytes Sent", "Bytes Recv", "Client", "VHost", "Request"],
                connector.workers.map(self.row)
            ) + "<p>P: Parse and prepare request S: Service F: Finishing R: Ready K: Keepalive</p>"
    }

    private static func row(_ worker: Worker) -> [String] {
        guard worker.hasRequest else { return [String(worker.stage), "?", "?", "?", "?", "?", "?"] }
        let facts = worker.facts
        let query = facts.text("currentQueryString").map { "?" + $0 } ?? ""
        return [
            String(worker.stage), "\(facts.number("requestProcessingTime")) ms",
            "\(facts.number("requestBytesSent") / 1024) KiB", "\(facts.number("requestBytesReceived") / 1024) KiB",
            facts.text("remoteAddr") ?? "?", facts.text("virtualHost") ?? "?",
            "\(facts.text("method") ?? "?") \(facts.text("currentUri") ?? "?")\(query) \(facts.text("protocol") ?? "?")",
        ]
    }

    private static func html(_ application: Application) -> String {
        let (facts, sessions) = (application.facts, application.sessions)
        let started = facts.number("startTime")
        var html = "<h3>\(HTMLText.escaped(application.name))</h3><p>State: \(facts.text("stateName") ?? "") "
        html += "Start time: \(started == 0 ? "never" : DateText.java(milliseconds: started)) "
        html += "Startup time: \(facts.number("startupTime")) ms"
        if let failure = facts.text("failure") { html += "<br><strong>\(HTMLText.escaped(failure))</strong>" }
        html += "<br>Active sessions: \(sessions.number("activeSessions")) "
        html += "Session count: \(sessions.number("sessionCounter")) "
        html += "Max active sessions: \(sessions.number("maxActive")) "
        html += "Rejected session creations: \(sessions.number("rejectedSessions")) "
        html += "Expired sessions: \(sessions.number("expiredSessions")) "
        html += "Longest session alive time: \(sessions.number("sessionMaxAliveTime")) s "
        html += "Average session alive time: \(sessions.number("sessionAverageAliveTime")) s</p>"
        guard !application.servlets.isEmpty else { return html }
        return html
            + ManagerPage.table(
                ["Servlet", "Mappings", "Requests", "Errors", "Processing time", "Max time", "Load time"],
                application.servlets.map { servlet in
                    [
                        servlet.name, servlet.mappings.joined(separator: ", "),
                        String(servlet.facts.number("requestCount")), String(servlet.facts.number("errorCount")),
                        "\(servlet.facts.number("processingTime")) ms", "\(servlet.facts.number("maxTime")) ms",
                        "\(servlet.facts.number("loadTime")) ms",
                    ]
                }
            )
    }

    /// `12.34 MiB`.
    static func mebibytes(_ bytes: Int64) -> String { self.hundredths(bytes * 100 / (1024 * 1024)) + " MiB" }

    private static func seconds(_ milliseconds: Int64) -> String { self.hundredths(milliseconds / 10) }

    private static func hundredths(_ number: Int64) -> String {
        let fraction = number % 100
        return "\(number / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}

/// The frame that the manager's own pages share.
enum ManagerPage {
    static func head(_ title: String, root: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(HTMLText.escaped(title))</title><link rel="stylesheet" href="\(HTMLText.escaped(root))/style.css"></head>
        <body><nav><a href="\(root)/">Manager</a> <a href="\(root)/html">Applications</a> \
        <a href="\(root)/status">Status</a> <a href="\(root)/status/all">Complete Status</a></nav>
        <h1>\(HTMLText.escaped(title))</h1>

        """
    }

    static let foot = "</body></html>\n"

    /// A table of texts, each escaped.
    static func table(_ titles: [String], _ rows: [[String]]) -> String {
        let head = titles.map { "<th>\(HTMLText.escaped($0))</th>" }.joined()
        let body = rows.map { row in "<tr>" + row.map { "<td>\(HTMLText.escaped($0))</td>" }.joined() + "</tr>" }
        return "<table><tr>\(head)</tr>\n\(body.joined(separator: "\n"))</table>\n"
    }
}
