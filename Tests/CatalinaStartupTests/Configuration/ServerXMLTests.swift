import CatalinaCore
import Foundation
import Modeler
import ServerConfig
import TestSupport
import Testing

@testable import CatalinaStartup

/// What the whole server makes of its configuration files.
@Suite struct ServerXMLTests {
    private static let repository = Vectors.directory.deletingLastPathComponent().deletingLastPathComponent()

    private static func digest(_ path: String) -> DigestOutcome {
        _ = TestInstance.base
        var digester = Digester(registry: Components.registry, substitution: PropertySubstitution(.shared))
        digester.add(ServerRuleSet())
        return digester.digest(path)
    }

    private static func digest(text: String) throws -> (StandardServer?, [ConfigProblem]) {
        let files = try FileTree("config")
        let outcome = Self.digest(try files.write("server.xml", text))
        return (outcome.component as? StandardServer, outcome.problems)
    }

    @Test(
        "the files of this distribution, of Debian and of the recordings are accepted without a warning",
        arguments: [
            ("conf/server.xml", 1), ("Tests/Vectors/config/debian/server.xml", 1),
            ("Tests/Vectors/config/cluster-howto.xml", 0),
        ]
    )
    func accepted(file: String, connectors: Int) throws {
        let outcome = Self.digest(Self.repository.appending(path: file).path)
        #expect(!outcome.isRejected)
        let unexpected = outcome.problems.filter {
            $0.severity == .warning && !$0.message.contains("not implemented yet")
        }
        #expect(unexpected.isEmpty, "\(unexpected)")
        let server = try #require(outcome.component as? StandardServer)
        #expect(server.services.map(\.name) == ["Catalina"])
        #expect(server.services[0].connectors.count == connectors)
        #expect(server.services[0].engine?.hosts.map(\.name) == ["localhost"])
    }

    @Test("the server.xml of the recordings is accepted")
    func oracle() throws {
        let outcome = Self.digest(Self.repository.appending(path: "Tests/Vectors/config/oracle-server.xml").path)
        #expect(outcome.problems.filter { $0.severity == .fatal }.isEmpty, "\(outcome.problems)")
    }

    @Test(
        "what Tomcat refuses is refused, what it only warns about is not",
        arguments: [
            ("<Valve/>", true), ("<Valve className='org.example.None'/>", true),
            ("<Valve className='org.apache.catalina.valves.AccesLogValve'/>", true),
            ("<Realm className='org.apache.catalina.valves.AccessLogValve'/>", true),
            ("<Bogus/>", false), ("<Alias>a</Alias><Alias>b</Alias>", false),
            ("<Valve className='org.apache.catalina.valves.AccessLogValve' nosuch='x'/>", false),
        ]
    )
    func refusals(inHost: String, isRefused: Bool) throws {
        let (_, problems) = try Self.digest(
            text: """
                <Server port="-1"><Service name="S"><Engine name="E" defaultHost="h"><Host name="h">
                \(inHost)
                </Host></Engine></Service></Server>
                """
        )
        #expect(problems.contains { $0.severity == .fatal } == isRefused, "\(problems)")
    }

    @Test(
        "a Context of server.xml gets a path as Tomcat makes it",
        arguments: [
            ("path='/a'", "/a"), ("path='/'", ""), ("path=''", ""), ("path='a/'", "/a"), ("docBase='b.war'", "/b"),
            ("docBase='ROOT'", ""), ("docBase='c#d##2'", "/c/d"),
        ]
    )
    func contextPath(attributes: String, path: String) throws {
        let (server, problems) = try Self.digest(
            text: """
                <Server port="-1"><Service name="S"><Engine name="E" defaultHost="h"><Host name="h">
                <Context \(attributes)/>
                </Host></Engine></Service></Server>
                """
        )
        let context = try #require(server?.services.first?.engine?.hosts.first?.contexts.first, "\(problems)")
        #expect(context.path == path)
        #expect(context.setup.isDefinedInServerXML)
    }

    // MARK: Golden pairs

    /// One line for a component: its class and the attributes that are not at their defaults.
    private static func line<Component: ConfigurableComponent>(_ component: Component, _ depth: Int) -> String {
        let descriptor = Component.descriptor
        let name = descriptor.className.split(separator: ".").last.map(String.init) ?? ""
        let attributes = descriptor.attributes.compactMap { attribute -> String? in
            let value = attribute.read(component.configuration)
            guard value != attribute.read(descriptor.defaults) else { return nil }
            return " \(attribute.info.name)=\(value.text)"
        }
        return String(repeating: "  ", count: depth) + name + attributes.joined()
    }

    private static func tree(_ server: StandardServer) -> [String] {
        var lines = [Self.line(server, 0)]
        for service in server.services {
            lines.append(Self.line(service, 1))
            lines += service.connectors.map { Self.line($0, 2) }
            guard let engine = service.engine else { continue }
            lines.append(Self.line(engine, 2))
            if let realm = engine.base.realm as? any ConfigurableComponent { lines.append(Self.line(realm, 3)) }
            for host in engine.hosts {
                lines.append(Self.line(host, 3))
                for case let valve as any ConfigurableComponent in host.pipeline.valves {
                    lines.append(Self.line(valve, 4))
                }
            }
        }
        return lines
    }

    @Test("the shipped server.xml makes this tree")
    func shipped() throws {
        let outcome = Self.digest(Self.repository.appending(path: "conf/server.xml").path)
        let tree = Self.tree(try #require(outcome.component as? StandardServer))
        #expect(
            tree == [
                "StandardServer",
                "  StandardService name=Catalina",
                "    Connector maxParameterCount=1000 encodedSolidusHandling=passthrough redirectPort=8443 "
                    + "port=8080 connectionTimeout=20000",
                "    StandardEngine name=Catalina defaultHost=localhost",
                "      LockOutRealm",
                "      StandardHost name=localhost",
                "        AccessLogValve prefix=localhost_access_log suffix=.txt pattern=%h %l %u %t \"%r\" %s %b",
            ]
        )
    }

    // MARK: Contexts

    /// A host of an engine whose name no other test has, since default files lie in a folder of that name.
    private static func host(_ inside: String, engine: String) -> String {
        "<Server port=\"-1\"><Service name=\"S\"><Engine name=\"\(engine)\" defaultHost=\"h\"><Host name=\"h\">\(inside)"
            + "</Host></Engine></Service></Server>"
    }

    private static func contexts(_ server: StandardServer?) -> [StandardContext] {
        server?.services.first?.engine?.hosts.first?.contexts ?? []
    }

    @Test("a Context of server.xml stands over the default files of the instance and of its own host")
    func defaultsOfContexts() throws {
        try TestInstance.base.write(
            "conf/Layered/h/context.xml.default",
            "<Context cookies='false' sessionCookieName='D' crossContext='true'/>"
        )
        let (server, problems) = try Self.digest(
            text: Self.host(
                "<Context path='/a' sessionCookieName='A'/><Context path='/b' override='true'/>",
                engine: "Layered"
            )
        )
        #expect(problems.isEmpty, "\(problems)")
        let settings = Self.contexts(server).map(\.configuration)
        #expect(settings.map(\.path) == ["/a", "/b"])
        #expect(settings.map(\.sessionCookieName) == ["A", nil])
        #expect(settings.map(\.cookies) == [false, true])
        #expect(settings.map(\.crossContext) == [true, false])
    }

    @Test(
        "default files that cannot be used keep the contexts from starting, not the server",
        arguments: [
            ("Malformed", "<Context"), ("Unknown", "<Context><Valve className='org.example.None'/></Context>"),
        ]
    )
    func badDefaults(engine: String, text: String) throws {
        try TestInstance.base.write("conf/\(engine)/h/context.xml.default", text)
        let (server, problems) = try Self.digest(
            text: Self.host("<Context path='/a'/><Context path='/b' override='true'/>", engine: engine)
        )
        #expect(!problems.contains { $0.severity == .fatal }, "\(problems)")
        let failures = Self.contexts(server).map(\.setup.deploymentFailure)
        #expect(failures[0]?.contains("context.xml.default") == true)
        #expect(failures[1] == nil)
    }
}
