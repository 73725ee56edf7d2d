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
}
