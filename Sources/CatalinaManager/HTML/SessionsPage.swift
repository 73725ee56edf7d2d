import CatalinaCore
import ServletAPI

/// The pages about sessions: all of one application, and one with its attributes.
///
/// Source: the `sessionsList` and `sessionDetail` pages of Tomcat's manager.
struct SessionsPage {
    let form: ManagerForm
    let application: ContextName
    let message: [String]
    /// Milliseconds since 1970.
    let now: Int64

    private var fields: [(String, String)] { ManagerForm.application(self.application) }

    /// All sessions, those used last first.
    func list(_ sessions: [any Session]) -> String {
        let sessions = sessions.sorted {
            ($0.lastAccessedTimeInternal, $0.idInternal) > ($1.lastAccessedTimeInternal, $1.idInternal)
        }
        let titles = ["Session Id", "User", "Creation Time", "Last Accessed Time", "Used Time", "Inactive Time", "TTL"]
        let head = (titles + [""]).map { "<th>\($0)</th>" }.joined()
        let content =
            ManagerForm.message(self.message)
            + "<p>\(sessions.count) active sessions. \(self.form.html("sessions", self.fields, "<button>Refresh</button>"))</p>\n"
            + "<div class=\"wide\"><table><tr>\(head)</tr>\n\(sessions.map(self.row).joined())</table></div>\n"
        return ManagerPage.html("Sessions of \(self.application.displayName)", in: self.form.frame, content)
    }

    private func row(_ session: any Session) -> String {
        let id = session.idInternal
        let chosen = self.fields + [("action", "sessionDetail"), ("sessionId", id)]
        let end = self.fields + [("action", "invalidateSessions"), ("sessionIds", id)]
        let cells = self.facts(of: session).map { "<td>\(HTMLText.escaped($0.value))</td>" }
        return "<tr><td>" + self.form.html("sessions", chosen, "<button><code>\(HTMLText.escaped(id))</code></button>")
            + "</td>\(cells.joined())<td>"
            + self.form.html("sessions", end, "<button>Invalidate</button>") + "</td></tr>\n"
    }

    /// One session with its attributes.
    func detail(_ session: any Session) -> String {
        let id = ("sessionId", session.idInternal)
        let attributes = self.attributes(of: session).map { name, value in
            let remove = self.fields + [("action", "removeSessionAttribute"), id, ("attributeName", name)]
            return "<tr><td>" + self.form.html("sessions", remove, "<button>Remove</button>")
                + "</td><td>\(HTMLText.escaped(name))</td><td><code>\(HTMLText.escaped(value))</code></td></tr>\n"
        }
        let content =
            ManagerForm.message(self.message)
            + ManagerPage.facts([("Session Id", session.idInternal)] + self.facts(of: session))
            + "<p>\(self.form.html("sessions", self.fields, "<button>All sessions</button>"))</p>\n"
            + "<h2>Attributes</h2><p>\(attributes.count) attributes</p>\n<div class=\"wide\"><table>"
            + "<tr><th>Remove</th><th>Name</th><th>Value</th></tr>\n\(attributes.joined())</table></div>\n"
        return ManagerPage.html("Session of \(self.application.displayName)", in: self.form.frame, content)
    }

    /// The attributes by name; none of a session that has ended meanwhile.
    private func attributes(of session: any Session) -> [(String, String)] {
        do {
            return try session.attributeNames.sorted().map { name in
                (name, try session.attribute(name).map { String(describing: $0) } ?? "")
            }
        } catch {
            return []
        }
    }

    private func facts(of session: any Session) -> [(name: String, value: String)] {
        let (created, used) = (session.creationTimeInternal, session.lastAccessedTimeInternal)
        let limit = session.maxInactiveInterval
        let left = Int64(limit) * 1000 - (self.now - used)
        return [
            ("User", session.principal?.name ?? ""),
            ("Creation Time", DateText.stamp(milliseconds: created)),
            ("Last Accessed Time", DateText.stamp(milliseconds: used)),
            ("Used Time", Self.clock(used - created)),
            ("Inactive Time", Self.clock(self.now - used)),
            ("TTL", limit <= 0 ? "unlimited" : Self.clock(left)),
        ]
    }

    /// `01:02:03`; hours go beyond 24.
    static func clock(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1000
        return [seconds / 3600, seconds / 60 % 60, seconds % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(
            separator: ":"
        )
    }
}
