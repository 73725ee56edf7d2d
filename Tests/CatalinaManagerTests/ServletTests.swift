import CatalinaCore
import Foundation
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaManager

/// The manager's servlets as a client sees them.
@Suite struct ServletTests {
    @Test(
        "answers say what they are, and belong in no frame",
        arguments: [
            ("text/list", "text/plain;charset=utf-8", "OK - Listed applications for virtual host [localhost]\n"),
            ("text", "text/plain;charset=utf-8", "FAIL - Unknown command [/text]\n"),
            ("jmxproxy?qry=Catalina:type=Nope", "text/plain;charset=utf-8", "OK - Number of results: 0\n\n"),
            ("jmxproxy?qry=Catalina:type=Nope&format=json", "application/json;charset=utf-8", "{\"beans\":[\n\n]}\n"),
            ("status", "text/html;charset=utf-8", "<!DOCTYPE html>"),
            ("status?XML=true", "text/xml;charset=utf-8", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<status><jvm>"),
            ("status?JSON=true", "application/json;charset=utf-8", "{\"tomcat\":{\n  \"jvm\":{\n"),
            ("cluster", "text/html;charset=utf-8", "<!DOCTYPE html>"),
            ("metrics", "text/plain;version=0.0.4;charset=utf-8", "# HELP "),
            ("html", "text/html;charset=utf-8", "<!DOCTYPE html>"),
        ]
    )
    func types(target: String, type: String, beginning: String) async throws {
        let server = try await ManagedServer(isServing: true)
        let answer = try await server.http("GET", "/manager/\(target)")
        #expect(answer.status == 200)
        #expect(answer.value("content-type") == type)
        #expect(answer.value("x-frame-options") == "DENY")
        #expect(answer.value("x-content-type-options") == "nosniff")
        #expect(answer.body.hasPrefix(beginning), "\(answer.body.prefix(200))")
        try await server.server.stop()
    }

    @Test("methods and patterns that cannot be are refused, the manager's own address leads to the applications")
    func refusals() async throws {
        let server = try await ManagedServer(isServing: true)
        for target in ["text/list", "status", "jmxproxy?qry=*:*", "metrics", "cluster"] {
            #expect(try await server.http("POST", "/manager/\(target)").status == 405, "\(target)")
        }
        #expect(try await server.http("GET", "/manager/jmxproxy?qry=a&format=json").status == 400)
        let index = try await server.http("GET", "/manager/")
        #expect(index.status == 302)
        #expect(index.value("location") == "/manager/html")
        try await server.server.stop()
    }

    @Test("a scraper that knows OpenMetrics gets it")
    func openMetrics() async throws {
        let server = try await ManagedServer(isServing: true)
        let answer = try await server.http("GET", "/manager/metrics", ["Accept: application/openmetrics-text"])
        #expect(answer.value("content-type") == "application/openmetrics-text;version=1.0.0;charset=utf-8")
        #expect(answer.body.hasSuffix("# EOF\n"))
        #expect(
            answer.body.contains("tomcat_global_request_processor_request_count_total{name=\"http-nio-127.0.0.1-auto-")
        )
        try await server.server.stop()
    }

    @Test("an archive is deployed by PUT, and nothing else is done by it")
    func upload() async throws {
        let server = try await ManagedServer(isServing: true)
        let deployed = try await server.http("PUT", "/manager/text/deploy?path=/u", body: "archive")
        #expect(deployed.body == "OK - Deployed application at context path [/u]\n")
        #expect(server.files.text("webapps/u.war") == "archive")
        let other = try await server.http("PUT", "/manager/text/undeploy?path=/u")
        #expect(other.body == "FAIL - Unknown command [/undeploy]\n")
        #expect(server.host.child(named: "/u") != nil)
        try await server.server.stop()
    }

    @Test("a page's buttons work with the nonce of its session only")
    func nonce() async throws {
        let server = try await ManagedServer(isServing: true)
        let page = try await Page(server)
        for form in ["path=/t", "path=/t&\(CsrfPreventionFilter.parameterName)=0"] {
            #expect(try await page.post("stop", form, withNonce: false).status == 403)
        }
        #expect(try await server.http("GET", "/manager/html/sessions?path=/t", [page.cookie]).status == 403)
        let stranger = try await server.http("POST", "/manager/html/stop", [Page.type], body: page.form("path=/t"))
        #expect(stranger.status == 403)
        #expect(server.host.child(named: "/t")?.state == .started)
        let stopped = try await page.post("stop", "path=/t")
        #expect(stopped.body.contains("<pre class=\"message\">OK - Stopped application at context path [&#47;t]</pre>"))
        #expect(server.host.child(named: "/t")?.state == .stopped)
        #expect(try await page.get("start", "").body.contains("Unknown command [&#47;start]"))
        #expect(server.host.child(named: "/t")?.state == .stopped)
        try await server.server.stop()
    }

    @Test(
        "the page carries out every command",
        arguments: [
            ("start", "path=/t", "OK - Started application at context path [/t]"),
            ("reload", "path=/t", "OK - Reloaded application at context path [/t]"),
            ("undeploy", "path=/sx", "FAIL - Context [&#47;sx] is defined in server.xml and may not be undeployed"),
            ("undeploy", "path=/t", "OK - Undeployed application at context path [/t]"),
            ("expire", "path=/t&idle=0", "Inactive for [>0] minutes: [0] sessions were expired"),
            ("deploy", "deployPath=/n&deployWar=BASE/extra/app", "OK - Deployed application at context path [/n]"),
            ("deploy", "deployWar=BASE/extra/app", "OK - Deployed application at context path [/app]"),
            ("deploy", "deployPath=/n", "FAIL - Invalid parameters supplied for command [/deploy]"),
            (
                "upload", "",
                "FAIL - Deploy Upload Failed, Exception: [The request is no multipart/form-data request: "
            ),
            ("findleaks", "", "OK - No memory leaks found"),
            ("sslConnectorCiphers", "", "OK - Connector / SSL Cipher information"),
            ("sslConnectorCerts", "", "OK - Connector / Certificate Chain information"),
            ("sslConnectorTrustedCerts", "", "OK - Connector / Trusted Certificate information"),
            ("sslReload", "", "FAIL - Failed to reload TLS configuration"),
            ("save", "", "FAIL - Unknown command [/save]"),
        ]
    )
    func commands(command: String, form: String, line: String) async throws {
        let server = try await ManagedServer(isServing: true)
        let page = try await Page(server)
        let answer = try await page.post(command, form.replacing("BASE", with: server.files.path))
        #expect(answer.body.contains(HTMLText.escaped(line)), "\(answer.body.prefix(1200))")
        try await server.server.stop()
    }

    @Test(
        "an archive is uploaded through the page",
        arguments: [
            ("shop##2.war", "OK - Deployed application at context path [/shop##2]"),
            ("shop.zip", "FAIL - File uploaded [shop.zip] must be a .war"), ("", "FAIL - File upload failed, no file"),
        ]
    )
    func uploadForm(file: String, line: String) async throws {
        let server = try await ManagedServer(isServing: true)
        let page = try await Page(server)
        let body = """
            --b\r\nContent-Disposition: form-data; name="deployWar"; filename="\(file)"\r\n\r\narchive\r\n--b--\r\n
            """
        let answer = try await server.http(
            "POST",
            "/manager/html/upload?\(page.form(""))",
            ["Content-Type: multipart/form-data; boundary=b", page.cookie],
            body: body
        )
        #expect(answer.body.contains(HTMLText.escaped(line)), "\(answer.body.prefix(1200))")
        try await server.server.stop()
    }

    @Test("sessions are listed, looked into, stripped of an attribute and ended")
    func sessions() async throws {
        let server = try await ManagedServer(isServing: true)
        let page = try await Page(server)
        let manager = try #require((server.host.child(named: "/t") as? StandardContext)?.manager)
        let session = try manager.createSession("0123ABCD")
        try session.setAttribute("basket", "<3 apples>")
        let list = try await page.get("sessions", "path=/t")
        #expect(list.body.contains("<code>0123ABCD</code>") && list.body.contains("1 active sessions"))
        let ofSession = "path=/t&sessionId=0123ABCD&action="
        // Looking changes nothing, whatever the query asks for.
        _ = try await page.get("sessions", ofSession + "removeSessionAttribute&attributeName=basket")
        let detail = try await page.post("sessions", ofSession + "sessionDetail")
        #expect(detail.body.contains("<td>basket</td><td><code>&lt;3 apples&gt;</code></td>"))
        let removed = try await page.post("sessions", ofSession + "removeSessionAttribute&attributeName=basket")
        #expect(
            removed.body.contains("Session attribute &#39;basket&#39; removed.")
                && removed.body.contains("0 attributes")
        )
        let again = try await page.post("sessions", ofSession + "removeSessionAttribute&attributeName=basket")
        #expect(again.body.contains("did not contain any attribute named &#39;basket&#39;"))
        let ended = try await page.post(
            "sessions",
            "path=/t&action=invalidateSessions&sessionIds=0123ABCD&sessionIds=none"
        )
        #expect(ended.body.contains("1 sessions invalidated.") && ended.body.contains("0 active sessions"))
        #expect(manager.activeSessions == 0)
        #expect(try await page.post("sessions", ofSession + "sessionDetail").body.contains("FAIL - Session not found"))
        #expect(try await page.post("sessions", "path=/nosuch").body.contains("No context exists named"))
        try await server.server.stop()
    }
}

/// The page of applications in a browser: its cookie, and the nonce of the page that it shows.
private final class Page {
    static let type = "Content-Type: application/x-www-form-urlencoded"

    let server: ManagedServer
    let cookie: String
    private var nonce: String

    init(_ server: ManagedServer) async throws {
        let answer = try await server.http("GET", "/manager/html")
        self.server = server
        let cookie = try #require(answer.value("set-cookie")?.split(separator: ";").first)
        self.cookie = "Cookie: \(cookie)"
        self.nonce = try #require(Self.nonce(in: answer))
    }

    private static func nonce(in answer: WireResponse) -> String? {
        answer.body.firstMatch(of: /CSRF_NONCE=([0-9A-F]{32})"/).map { String($0.1) }
    }

    func form(_ fields: String) -> String { "\(fields)&\(CsrfPreventionFilter.parameterName)=\(self.nonce)" }

    func get(_ command: String, _ query: String) async throws -> WireResponse {
        self.shown(try await self.server.http("GET", "/manager/html/\(command)?\(self.form(query))", [self.cookie]))
    }

    func post(_ command: String, _ fields: String, withNonce: Bool = true) async throws -> WireResponse {
        let body = withNonce ? self.form(fields) : fields
        return self.shown(
            try await self.server.http("POST", "/manager/html/\(command)", [Self.type, self.cookie], body: body)
        )
    }

    private func shown(_ answer: WireResponse) -> WireResponse {
        if let nonce = Self.nonce(in: answer) { self.nonce = nonce }
        return answer
    }
}
