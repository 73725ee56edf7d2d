import Foundation
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
                DeployedHost.embedded, "<Context reloadable='yes'/>", false,
                "webapps/myapp/META-INF/context.xml:1: warning: [Context] attribute [reloadable]: [yes] is neither true nor "
                    + "false, and counts as false"
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

    @Test(
        "pages, constraints and login methods that keep Tomcat from starting an application keep this one, too",
        arguments: [
            (
                "<error-page><error-code>404</error-code><location>none.html</location></error-page>",
                ":2: error: [web-app/error-page]: Error page location [none.html] must start with a '/'"
            ),
            (
                "<error-page><location/></error-page>",
                ":2: error: [web-app/error-page]: Error page location [] must start with a '/'"
            ),
            (
                "<login-config><form-login-config><form-login-page>login.html</form-login-page>"
                    + "<form-error-page>/error.html</form-error-page></form-login-config></login-config>",
                ":2: error: [web-app/login-config/form-login-config]: Form login page [login.html] must start with a '/'"
            ),
            (
                "<login-config><form-login-config><form-login-page>/login.html</form-login-page>"
                    + "<form-error-page>error.html</form-error-page></form-login-config></login-config>",
                ":2: error: [web-app/login-config/form-login-config]: Form error page [error.html] must start with a '/'"
            ),
            (
                "<security-constraint><web-resource-collection><url-pattern>secret</url-pattern>"
                    + "</web-resource-collection><auth-constraint/></security-constraint>",
                ":2: error: [web-app/security-constraint/web-resource-collection]: Invalid <url-pattern> [secret] in "
                    + "security constraint"
            ),
            (
                "<login-config><auth-method>PASSPORT</auth-method></login-config>",
                ": error: Cannot configure an authenticator for method [PASSPORT]"
            ),
        ]
    )
    func refused(element: String, problem: String) throws {
        let findings = try Self.findings { host in
            try host.writeFolder()
            try host.write("webapps/myapp/WEB-INF/web.xml", "<web-app>\n\(element)</web-app>")
        }
        #expect(findings == ["/myapp fails", "webapps/myapp/WEB-INF/web.xml" + problem])
    }

    @Test("the login method of an authenticator that the context has counts, not the descriptor's")
    func ownAuthenticator() throws {
        let findings = try Self.findings { host in
            try host.writeFolder(
                descriptor:
                    "<Context><Valve className='org.apache.catalina.authenticator.BasicAuthenticator'/></Context>"
            )
            try host.write(
                "webapps/myapp/WEB-INF/web.xml",
                "<web-app><login-config><auth-method>PASSPORT</auth-method></login-config></web-app>"
            )
        }
        #expect(findings == [])
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

    // MARK: Modules

    private static let source = """
        import ServletAPI

        struct Hello: HttpServlet {}
        struct Watch: ServletContextListener {}

        @c(servlet_module_entry)
        public func servletModuleEntry() -> UnsafeMutableRawPointer {
            ServletModule(
                name: "shop",
                servlets: ["shop.HelloServlet": { Hello() }],
                listeners: ["shop.Watch": { Watch() }]
            ).retainedForHost()
        }
        """
    private static let descriptor = """
        <web-app>
        <servlet><servlet-name>a</servlet-name><servlet-class>shop.HelloServlet</servlet-class></servlet>
        <servlet><servlet-name>b</servlet-name>
          <servlet-class>shop.HeloServlet</servlet-class></servlet>
        <servlet><servlet-name>d</servlet-name>
          <servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class></servlet>
        <listener><listener-class>shop.Watch</listener-class></listener>
        </web-app>
        """
    private static let missing =
        "warning: [web-app/servlet/servlet-class]: no module in WEB-INF/lib offers the servlet class"

    @Test(
        "a class that no module offers is named with its place and the one that was meant",
        .enabled(if: Compiler.swift != nil)
    )
    func classes() async throws {
        let tree = try FileTree("shop")
        let library = tree["libshop.so"]
        try await Compiler.library(swift: Self.source, named: "shop", to: library, in: tree)
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: library)))
        let findings = try Self.findings { host in
            try host.writeFolder()
            try host.write("webapps/myapp/WEB-INF/web.xml", Self.descriptor)
            try host.files.makeDirectory("webapps/myapp/WEB-INF/lib")
            try FileIO.copy(library, to: host.files["webapps/myapp/WEB-INF/lib/libshop.so"])
            try host.files.write(
                "webapps/packed.war",
                ZipArchive.bytes([
                    ("WEB-INF/web.xml", Array(Self.descriptor.utf8)), ("WEB-INF/lib/libshop.so", bytes),
                ])
            )
        }
        let sentence = Self.missing + " [shop.HeloServlet], did you mean [shop.HelloServlet]?"
        #expect(
            findings == [
                "/packed runs", "webapps/packed.war!/WEB-INF/web.xml:4: " + sentence,
                "/myapp runs", "webapps/myapp/WEB-INF/web.xml:4: " + sentence,
            ]
        )
    }

    @Test("without a module every class of the application is missing")
    func withoutModules() throws {
        let findings = try Self.findings { host in
            try host.writeFolder()
            try host.write("webapps/myapp/WEB-INF/web.xml", Self.descriptor)
        }
        #expect(
            findings == [
                "/myapp fails",
                "webapps/myapp/WEB-INF/web.xml:2: \(Self.missing) [shop.HelloServlet]",
                "webapps/myapp/WEB-INF/web.xml:4: \(Self.missing) [shop.HeloServlet]",
                "webapps/myapp/WEB-INF/web.xml:7: error: [web-app/listener/listener-class]: no module in WEB-INF/lib "
                    + "offers the listener class [shop.Watch]",
            ]
        )
    }

    @Test("a library that cannot be opened is named with the reason", .enabled(if: Compiler.c != nil))
    func libraries() throws {
        let findings = try Self.findings { host in
            try host.writeFolder()
            try host.files.makeDirectory("webapps/myapp/WEB-INF/lib")
            try Compiler.library(
                c: "extern void caracal_servlet_api_99(void); void *servlet_module_entry(void) "
                    + "{ caracal_servlet_api_99(); return 0; }",
                to: host.files["webapps/myapp/WEB-INF/lib/libold.so"],
                in: host.files
            )
            try host.write("webapps/myapp/WEB-INF/lib/libtext.so", "no library")
        }
        #expect(
            findings == [
                "/myapp fails",
                "webapps/myapp/WEB-INF/lib/libtext.so: error: is not a shared library for this machine",
            ]
        )
    }

    @Test("a realm of a context that names no user database is named")
    func realms() throws {
        let realm = "<Realm className='org.apache.catalina.realm.UserDatabaseRealm'\n resourceName='Users'/>"
        let findings = try Self.findings { host in
            try host.writeFolder(descriptor: "<Context>\(realm)</Context>")
        }
        #expect(
            findings == [
                "/myapp fails",
                "webapps/myapp/META-INF/context.xml:2: error: [Context/Realm] attribute [resourceName]: there is no "
                    + "GlobalNamingResources Resource [Users] of the type org.apache.catalina.UserDatabase: what the realm "
                    + "is for cannot start",
            ]
        )
    }
}
