import Modeler
import TestSupport
import Testing

@testable import CatalinaCore
@testable import CatalinaStartup
@testable import ServerConfig

/// Where the instance keeps what belongs to one engine, one host, one application.
@Suite struct InstanceFoldersTests {
    @Test("engines of several services have folders of their own for work and descriptors")
    func services() async throws {
        let base = TestInstance.base
        let documents = try FileTree("documents")
        var digester = Digester(registry: Components.registry, substitution: PropertySubstitution(.shared))
        digester.add(ServerRuleSet())
        let services = ["First", "Second"].map { name in
            """
            <Service name="\(name)"><Engine name="\(name)" defaultHost="localhost" backgroundProcessorDelay="-1">
            <Host name="localhost" appBase="webapps-\(name)"><Context path="/a/b" docBase="\(documents.path)"/></Host>
            </Engine></Service>
            """
        }
        let path = try documents.write("server.xml", "<Server port='-1'>\(services.joined())</Server>")
        let outcome = digester.digest(path)
        let server = try #require(outcome.component as? StandardServer, "\(outcome.problems)")
        try await server.start()
        let contexts = server.services.compactMap { $0.engine?.hosts.first?.contexts.first }
        #expect(contexts.map(\.state) == [.started, .started])
        #expect(
            contexts.map(\.setup.workDirectory) == ["First", "Second"].map { "\(base.path)/work/\($0)/localhost/a#b" }
        )
        #expect(base.exists("conf/First/localhost") && base.exists("conf/Second/localhost"))
        try await server.stop()
        try await server.destroy()
    }
}
