import CatalinaCore

/// The page of all applications of a host, with buttons for what can be done with them.
///
/// Every form posts and carries the nonce, so that no other site can press a button.
struct ApplicationsPage {
    /// One application.
    struct Row {
        let path: String
        let version: String
        let displayName: String
        let isRunning: Bool
        let failure: String?
        let sessions: Int
        /// Whether it was deployed from files, so that it can be undeployed.
        let isRemovable: Bool
        /// Whether it is the manager itself, which cannot take itself away.
        let isOwn: Bool
    }

    static let nonceName = "org.apache.catalina.filters.CSRF_NONCE"

    /// The manager application's path.
    let root: String
    let hostName: String
    let nonce: String
    let rows: [Row]
    /// What the last command answered.
    let message: [String]

    var html: String {
        var html = ManagerPage.head("Applications of \(self.hostName)", root: self.root)
        if !self.message.isEmpty {
            html += "<pre class=\"message\">\(HTMLText.escaped(self.message.joined(separator: "\n")))</pre>\n"
        }
        html += "<table class=\"applications\"><tr><th>Path</th><th>Version</th><th>Display Name</th><th>Running</th>"
        html += "<th>Sessions</th><th>Commands</th></tr>\n"
        html += self.rows.map(self.row).joined()
        html += "</table>\n" + self.deployment + self.diagnostics
        return html + ManagerPage.foot
    }

    private func row(_ row: Row) -> String {
        let path = row.path.isEmpty ? "/" : row.path
        let failure = row.failure.map { "<br><small>\(HTMLText.escaped($0))</small>" } ?? ""
        let link =
            row.isRunning
            ? "<a href=\"\(HTMLText.escaped(path))\">\(HTMLText.escaped(path))</a>" : HTMLText.escaped(path)
        var buttons: [String] = []
        if !row.isOwn {
            buttons =
                row.isRunning
                ? [self.button("stop", "Stop", row), self.button("reload", "Reload", row)]
                : [self.button("start", "Start", row)]
            if row.isRemovable { buttons.append(self.button("undeploy", "Undeploy", row)) }
        }
        if row.isRunning { buttons.append(self.expire(row)) }
        return "<tr><td>\(link)</td><td>\(HTMLText.escaped(row.version))</td>"
            + "<td>\(HTMLText.escaped(row.displayName))</td><td>\(row.isRunning)\(failure)</td>"
            + "<td>\(row.sessions)</td><td>\(buttons.joined(separator: " "))</td></tr>\n"
    }

    private func button(_ command: String, _ title: String, _ row: Row) -> String {
        self.form(command, row, "<button>\(title)</button>")
    }

    private func expire(_ row: Row) -> String {
        self.form(
            "expire",
            row,
            "<button>Expire sessions</button> idle &ge; <input name=\"idle\" value=\"30\" size=\"4\"> minutes"
        )
    }

    private func form(_ command: String, _ row: Row, _ content: String) -> String {
        let version = row.version.isEmpty ? "" : self.hidden("version", row.version)
        return "<form method=\"post\" action=\"\(self.root)/html/\(command)\">\(self.nonceField)"
            + self.hidden("path", row.path.isEmpty ? "/" : row.path) + version + content + "</form>"
    }

    private func hidden(_ name: String, _ value: String) -> String {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(HTMLText.escaped(value))\">"
    }

    private var nonceField: String { self.hidden(Self.nonceName, self.nonce) }

    private var deployment: String {
        """
        <h2>Deploy</h2>
        <form method="post" action="\(self.root)/html/deploy">\(self.nonceField)<p>Files of the server:
        <label>Context path <input name="deployPath"></label> <label>Version <input name="deployVersion" size="8"></label>
        <label>XML file <input name="deployConfig"></label> <label>WAR or directory <input name="deployWar"></label>
        <button>Deploy</button></p></form>
        <form method="post" action="\(self.root)/html/upload?\(Self.nonceName)=\(self.nonce)" enctype="multipart/form-data">
        <p>An archive from here: <input type="file" name="deployWar" accept=".war" required> <button>Deploy</button></p></form>

        """
    }

    private var diagnostics: String {
        """
        <h2>Diagnostics</h2>
        <form method="post" action="\(self.root)/html/findleaks">\(self.nonceField)<p><button>Find leaks</button>
        applications whose retired modules stay in memory after a reload or undeployment</p></form>
        <form method="post" action="\(self.root)/html/sslReload">\(self.nonceField)<p><button>Re-read</button>
        TLS certificates and keys <label>of the host <input name="tlsHostName"></label></p></form>

        """
            + ManagerPage.table(
                ["Server", "Runtime", "System"],
                [[ServerInfo.name, SystemFacts.runtime, Self.system]]
            )
    }

    private static var system: String {
        let system = SystemFacts.current
        return "\(system.name) \(system.version) \(system.architecture), \(system.hostName)"
    }
}
