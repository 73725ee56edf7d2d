import CatalinaCore
import TestSupport
import Testing

@testable import CatalinaManager

@Suite struct PageTests {
    private static func row(_ path: String, isRunning: Bool, isOwn: Bool) -> ApplicationsPage.Row {
        ApplicationsPage.Row(
            name: ContextName(path: path, version: path == "/a" ? "2" : ""),
            displayName: "<b>",
            isRunning: isRunning,
            failure: isRunning ? nil : "why & how",
            sessions: 3,
            idleMinutes: 5,
            isRemovable: true,
            isOwn: isOwn
        )
    }

    @Test(
        "every form of the applications' page posts to an encoded address, and no button works against the page itself"
    )
    func applications() {
        let html =
            ApplicationsPage(
                form: ManagerForm(frame: ManagerFrame(root: "/manager")) { $0 + "?n=A<BC" },
                hostName: "localhost",
                rows: [
                    Self.row("/a", isRunning: true, isOwn: false), Self.row("", isRunning: false, isOwn: false),
                    Self.row("/manager", isRunning: true, isOwn: true),
                ],
                message: ["FAIL - <no>"]
            ).html
        let forms = html.split(separator: "<form ").dropFirst()
        #expect(forms.allSatisfy { $0.contains("?n=A&lt;BC\"") && $0.hasPrefix("method=\"post\"") })
        #expect(html.contains("<pre class=\"message failed\">FAIL - &lt;no&gt;</pre>"))
        #expect(html.contains("<td colspan=\"6\">why &amp; how</td>"))
        #expect(!html.contains("<b>"))
        let lines = html.split(separator: "<tr>").map(String.init)
        let own = lines.first { $0.contains("<a href=\"&#47;manager\">") } ?? ""
        #expect(!own.contains("html&#47;stop") && !own.contains("html&#47;undeploy") && own.contains("html&#47;expire"))
        let versioned = lines.first { $0.contains("<a href=\"&#47;a\">") } ?? ""
        #expect(versioned.contains("name=\"version\" value=\"2\"") && versioned.contains("value=\"5\""))
        let stopped = lines.first { $0.contains("<td>&#47;</td>") } ?? ""
        #expect(
            stopped.contains("html&#47;start") && !stopped.contains("html&#47;stop")
                && !stopped.contains("html&#47;expire")
        )
    }

    @Test("a table escapes its cells, and sets its numbers flush right")
    func table() {
        #expect(
            ManagerPage.table(["a", "n"], numbers: 1..<2, [["<x>", "1"]])
                == "<div class=\"wide\"><table><tr><th>a</th><th class=\"number\">n</th></tr>\n"
                + "<tr><td>&lt;x&gt;</td><td class=\"number\">1</td></tr>\n</table></div>\n"
        )
    }

    @Test(
        "time is told in hours, minutes and seconds",
        arguments: [(0, "00:00:00"), (-5, "00:00:00"), (59_999, "00:00:59"), (360_061_000, "100:01:01")]
            as [(Int64, String)]
    )
    func clock(milliseconds: Int64, text: String) {
        #expect(SessionsPage.clock(milliseconds) == text)
    }

    @Test(
        "sizes have two digits behind the point, and no limit has none",
        arguments: [(0, "0.00 MiB"), (1_048_576, "1.00 MiB"), (12_940_000, "12.34 MiB"), (-1, "")] as [(Int64, String)]
    )
    func mebibytes(bytes: Int64, text: String) {
        #expect(StatusReport.mebibytes(bytes) == text)
    }
}
