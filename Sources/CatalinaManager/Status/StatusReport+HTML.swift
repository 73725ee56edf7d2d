import CatalinaCore

extension StatusReport {
    /// The report as a page for people.
    func html(in frame: ManagerFrame) -> String {
        var html = ManagerPage.serverFacts
        html += "<h2>Memory</h2>" + self.memoryTable
        html += self.connectors.map(Self.html).joined()
        if !self.applications.isEmpty { html += "<h2>Applications</h2>" }
        return ManagerPage.html("Server Status", in: frame, html + self.applications.map(Self.html).joined())
    }

    private var memoryTable: String {
        ManagerPage.table(
            ["Memory Pool", "Type", "Initial", "Total", "Maximum", "Used", "Peak"],
            numbers: 2..<7,
            self.memory.pools.map { pool in
                [pool.name, pool.type]
                    + [pool.initial, pool.committed, pool.maximum].map(Self.mebibytes)
                    + ["\(Self.mebibytes(pool.used))\(Self.share(of: pool))", Self.mebibytes(pool.peak)]
            }
        )
    }

    /// ` (54%)` of what there may be at most, as far as something bounds it.
    private static func share(of pool: ProcessFacts.Pool) -> String {
        pool.maximum > 0 ? " (\(pool.used * 100 / pool.maximum)%)" : ""
    }

    private static func html(_ connector: Connector) -> String {
        let (threads, requests) = (connector.threads, connector.requests)
        let html =
            "<h2>\(HTMLText.escaped("\"\(connector.name)\""))</h2>"
            + ManagerPage.facts([
                ("Max threads", "\(threads.number("maxThreads"))"),
                ("Current thread count", "\(threads.number("currentThreadCount"))"),
                ("Current threads busy", "\(threads.number("currentThreadsBusy"))"),
                ("Keep alive sockets count", "\(threads.number("keepAliveCount"))"),
                ("Max processing time", "\(requests.number("maxTime")) ms"),
                ("Processing time", "\(self.seconds(requests.number("processingTime"))) s"),
                ("Request count", "\(requests.number("requestCount"))"),
                ("Error count", "\(requests.number("errorCount"))"),
                ("Bytes received", self.mebibytes(requests.number("bytesReceived"))),
                ("Bytes sent", self.mebibytes(requests.number("bytesSent"))),
            ])
        guard !connector.workers.isEmpty else { return html }
        return html
            + ManagerPage.table(
                ["Stage", "Time", "Bytes Sent", "Bytes Recv", "Client", "VHost", "Request"],
                numbers: 1..<4,
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
        let html =
            "<h3>\(HTMLText.escaped(application.name))</h3>"
            + (facts.text("failure").map { ManagerForm.message(["FAIL - " + $0]) } ?? "")
            + ManagerPage.facts([
                ("State", facts.text("stateName") ?? ""),
                ("Start time", started == 0 ? "never" : DateText.java(milliseconds: started)),
                ("Startup time", "\(facts.number("startupTime")) ms"),
                ("Active sessions", "\(sessions.number("activeSessions"))"),
                ("Session count", "\(sessions.number("sessionCounter"))"),
                ("Max active sessions", "\(sessions.number("maxActive"))"),
                ("Rejected session creations", "\(sessions.number("rejectedSessions"))"),
                ("Expired sessions", "\(sessions.number("expiredSessions"))"),
                ("Longest session alive time", "\(sessions.number("sessionMaxAliveTime")) s"),
                ("Average session alive time", "\(sessions.number("sessionAverageAliveTime")) s"),
            ])
        guard !application.servlets.isEmpty else { return html }
        return html
            + ManagerPage.table(
                ["Servlet", "Mappings", "Requests", "Errors", "Processing time", "Max time", "Load time"],
                numbers: 2..<7,
                application.servlets.map { servlet in
                    [servlet.name, servlet.mappings.joined(separator: ", ")]
                        + ["requestCount", "errorCount"].map { String(servlet.facts.number($0)) }
                        + ["processingTime", "maxTime", "loadTime"].map { "\(servlet.facts.number($0)) ms" }
                }
            )
    }

    /// `12.34 MiB`; nothing for the negative number that stands for no limit.
    static func mebibytes(_ bytes: Int64) -> String {
        bytes < 0 ? "" : self.hundredths(bytes * 100 / (1024 * 1024)) + " MiB"
    }

    private static func seconds(_ milliseconds: Int64) -> String { self.hundredths(milliseconds / 10) }

    private static func hundredths(_ number: Int64) -> String {
        let fraction = number % 100
        return "\(number / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
