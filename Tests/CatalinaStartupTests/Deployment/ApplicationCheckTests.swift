import ServerConfig
import TestSupport
import Testing

@testable import CatalinaCore
@testable import CatalinaStartup

@Suite struct ApplicationCheckTests {
    private static func findings(
        deployXML: Bool = true,
        _ write: (DeployedHost) throws -> Void
    ) throws -> [String] {
        let host = try DeployedHost { $0.deployXML = deployXML }
        try write(host)
        return ApplicationCheck(host.host).findings().flatMap { finding in
            ["\(finding.application) \(finding.isFatal ? "fails" : "runs")"]
                + finding.problems.map { $0.description.replacing(host.files.path + "/", with: "") }
        }
    }

    @Test("applications without a problem leave nothing to say")
    func fine() throws {
        let findings = try Self.findings { host in
            try host.writeFolder(descriptor: DeployedHost.context(named: "A"))
            try host.writeArchive("webapps/other.war", descriptor: DeployedHost.context(named: "B"))
            try host.write("conf/third.xml", "<Context docBase='\(host.files["external/extdir"])'/>")
            try host.writeFolder("external/extdir")
        }
        #expect(findings == [])
    }

    @Test(
        "what is wrong with a descriptor is told with its place and the name that was meant",
        arguments: [
            (
                DeployedHost.embedded,
                "<Context>\n<Valve className='org.apache.catalina.valves.RemoteAddrValv'/></Context>",
                true,
                "webapps/myapp/META-INF/context.xml:2: error: [Context/Valve] attribute [className]: the class "
                    + "[org.apache.catalina.valves.RemoteAddrValv] is unknown, did you mean "
                    + "[org.apache.catalina.valves.RemoteAddrValve]?"
            ),
            (
                DeployedHost.embedded, "<Context reloadabel='true'/>", false,
                "webapps/myapp/META-INF/context.xml:1: warning: [Context] attribute [reloadabel]: unknown attribute, did you "
                    + "mean [reloadable]?"
            ),
            (
                "webapps/myapp/WEB-INF/web.xml",
                "<web-app>\n<servlet><servlet-name>a</servlet-name>"
                    + "<servlet-clas>b</servlet-clas></servlet></web-app>", false,
                "webapps/myapp/WEB-INF/web.xml:2: note: [web-app/servlet/servlet-clas]: unknown element, did you mean "
                    + "[servlet-class]?"
            ),
            (
                "webapps/myapp/WEB-INF/web.xml",
                "<web-app><servlet><servlet-name>hello</servlet-name></servlet>\n"
                    + "<servlet-mapping><servlet-name>helo</servlet-name><url-pattern>/a</url-pattern></servlet-mapping>"
                    + "</web-app>", true,
                "webapps/myapp/WEB-INF/web.xml:2: error: [web-app/servlet-mapping]: Servlet mapping specifies an unknown "
                    + "servlet name [helo], did you mean [hello]?"
            ),
            (
                "webapps/myapp/WEB-INF/web.xml",
                "<web-app><filter><filter-name>f</filter-name></filter>"
                    + "<filter-mapping><filter-name>f</filter-name><url-pattern>a</url-pattern></filter-mapping></web-app>",
                true,
                "webapps/myapp/WEB-INF/web.xml:1: error: [web-app/filter-mapping]: Invalid <url-pattern> [a] in filter mapping"
            ),
            (
                "conf/myapp.xml", "<Context", true,
                "conf/myapp.xml:1: error: Couldn't find end of Start Tag Context line 1"
            ),
        ]
    )
    func located(file: String, text: String, isFatal: Bool, problem: String) throws {
        let findings = try Self.findings { host in
            try host.writeFolder()
            try host.write(file, text)
        }
        #expect(findings == ["/myapp \(isFatal ? "fails" : "runs")", problem])
    }

    @Test("archives are looked into, whether they are unpacked or not")
    func archives() throws {
        let findings = try Self.findings { host in
            try host.writeArchive(descriptor: "<Context docBse='x'/>")
            try host.files.write(
                "webapps/b.war",
                ZipArchive.bytes([("WEB-INF/web.xml", "<web-app>\n<lisener/></web-app>")])
            )
            try host.files.write("webapps/c.war", "no archive")
        }
        #expect(findings.count == 6)
        #expect(
            findings.contains { $0.hasPrefix("webapps/myapp.war!/META-INF/context.xml:1: warning:") },
            "\(findings)"
        )
        #expect(
            findings.contains(
                "webapps/b.war!/WEB-INF/web.xml:2: note: [web-app/lisener]: unknown element, did you mean [listener]?"
            )
        )
        #expect(findings.contains("/c fails"))
    }

    @Test("what the host forbids and what is not there are problems")
    func hosts() throws {
        let forbidden = try Self.findings(deployXML: false) { host in
            try host.writeFolder(descriptor: "<Context/>")
        }
        #expect(forbidden.first == "/myapp fails")
        #expect(forbidden.last?.contains("deployXML=\"false\"") == true)
        let missing = try Self.findings { try $0.write("conf/gone.xml", "<Context docBase='/no/such/place'/>") }
        #expect(missing.first == "/gone fails")
    }
}
