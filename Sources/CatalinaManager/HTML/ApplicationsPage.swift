import CatalinaCore

/// The page of all applications of a host, with buttons for what can be done with them.
struct ApplicationsPage {
    /// One application.
    struct Row {
        let name: ContextName
        let displayName: String
        let isRunning: Bool
        let failure: String?
        let sessions: Int
        /// Idle minutes that the page proposes for ending sessions.
        let idleMinutes: Int
        /// Whether it was deployed from files, so that it can be undeployed.
        let isRemovable: Bool
        /// Whether it is the manager itself, which cannot take itself away.
        let isOwn: Bool
    }

    let form: ManagerForm
    let hostName: String
    let rows: [Row]
    /// What the last command answered.
    let message: [String]

    var html: String {
        let titles = ["Path", "Version", "Display Name", "Running", "Sessions", "Commands"]
        let head = titles.map { "<th>\($0)</th>" }.joined()
        return ManagerPage.html(
            "Applications of \(self.hostName)",
            in: self.form.frame,
            ManagerForm.message(self.message)
                + "<div class=\"wide\"><table><tr>\(head)</tr>\n\(self.rows.map(self.row).joined())</table></div>\n"
                + self.deployment + self.diagnostics + "<h2>Server</h2>" + ManagerPage.serverFacts
        )
    }

    private func row(_ row: Row) -> String {
        let path = HTMLText.escaped(row.name.path.isEmpty ? "/" : row.name.path)
        let link = row.isRunning ? "<a href=\"\(path)\">\(path)</a>" : path
        let version = row.name.version.isEmpty ? "<i>none</i>" : HTMLText.escaped(row.name.version)
        let state = "<span class=\"\(row.isRunning ? "running" : "stopped")\">\(row.isRunning)</span>"
        let sessions =
            row.isRunning
            ? self.form.html("sessions", ManagerForm.application(row.name), "<button>\(row.sessions)</button>") : "0"
        let line =
            "<tr><td>\(link)</td><td>\(version)</td><td>\(HTMLText.escaped(row.displayName))</td><td>\(state)</td>"
            + "<td>\(sessions)</td><td>\(self.buttons(row).joined(separator: " "))</td></tr>\n"
        guard let failure = row.failure else { return line }
        return line + "<tr class=\"reason\"><td colspan=\"6\">\(HTMLText.escaped(failure))</td></tr>\n"
    }

    private func buttons(_ row: Row) -> [String] {
        let name = ManagerForm.application(row.name)
        var commands: [(String, String)] = []
        if !row.isOwn {
            commands = row.isRunning ? [("stop", "Stop"), ("reload", "Reload")] : [("start", "Start")]
            if row.isRemovable { commands.append(("undeploy", "Undeploy")) }
        }
        let buttons = commands.map { self.form.html($0.0, name, "<button>\($0.1)</button>") }
        guard row.isRunning else { return buttons }
        let idle = "<input name=\"idle\" value=\"\(row.idleMinutes)\" size=\"3\" aria-label=\"minutes\"> min"
        return buttons + [self.form.html("expire", name, "<button>Expire sessions</button> idle &ge; \(idle)")]
    }

    private var deployment: String {
        let fields = """
            <label>Context path <input name="deployPath"></label>
            <label>Version <input name="deployVersion"></label>
            <label>XML configuration file <input name="deployConfig"></label>
            <label>WAR file or directory <input name="deployWar"></label>
            <button>Deploy</button>
            """
        return """
            <h2>Deploy</h2>
            <div class="beside"><section><h3>Files of the server</h3>\(self.form.html("deploy", class: "fields", fields))</section>
            <section><h3>A file of yours</h3>
            <form method="post" action="\(self.form.address("upload"))" class="fields" \
            enctype="multipart/form-data">
            <label>WAR file <input type="file" name="deployWar" accept=".war" required></label> <button>Deploy</button>
            </form></section></div>

            """
    }

    private var diagnostics: String {
        let commands = [
            ("findleaks", "Find leaks"), ("sslConnectorCiphers", "Ciphers"), ("sslConnectorCerts", "Certificates"),
            ("sslConnectorTrustedCerts", "Trusted certificates"),
        ]
        let buttons = commands.map { self.form.html($0.0, [], "<button>\($0.1)</button>") }
        let host = "<button>Re-read TLS files</button> <label>of the host <input name=\"tlsHostName\"></label>"
        return
            "<h2>Diagnostics</h2>\n<p>\(buttons.joined(separator: " ")) \(self.form.html("sslReload", [], host))</p>\n"
    }
}
