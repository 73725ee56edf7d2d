import CatalinaCore
import CatalinaHA
import Foundation
import Modeler
import ServerConfig
import TestSupport
import Testing
import Tribes

@testable import CatalinaStartup

/// What the server makes of the configurations of clusters.
@Suite struct ClusterConfigurationTests {
    private static let directory = Vectors.directory.appending(path: "cluster").path(percentEncoded: false)

    private static func digest(_ file: String) throws -> (outcome: DigestOutcome, cluster: SimpleTcpCluster?) {
        _ = TestInstance.base
        var digester = Digester(registry: Components.registry, substitution: PropertySubstitution(.shared))
        digester.add(ServerRuleSet())
        let outcome = digester.digest(Self.directory + "/" + file)
        let engine = (outcome.component as? StandardServer)?.services.first?.engine
        let cluster = engine?.base.cluster ?? engine?.hosts.first?.base.cluster
        return (outcome, cluster as? SimpleTcpCluster)
    }

    private static let files: [String] = {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: Self.directory).filter { $0.hasSuffix(".xml") }
                .sorted()
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    @Test("the configurations of the recordings make a cluster, without a warning", arguments: files)
    func accepted(file: String) throws {
        let (outcome, found) = try Self.digest(file)
        let unexpected = outcome.problems.filter { $0.severity != .notice && !$0.message.contains("not implemented") }
        #expect(unexpected.isEmpty, "\(unexpected)")
        let cluster = try #require(found)
        #expect(cluster.managerTemplate != nil)
        #expect(cluster.channel?.receiver is NioReceiver)
        #expect(cluster.channel?.interceptors.isEmpty == false)
    }

    @Test(
        "the classes of Tomcat's clusters have components that take every attribute they have there",
        arguments: Vectors.rows("config/cluster_components.jsonl")
    )
    func covers(row: VectorRow) throws {
        guard case .implemented(let descriptor)? = Components.registry[try row.string("name")] else {
            return row.expect(false, "not implemented")
        }
        let names = Set(descriptor.attributes.flatMap { [$0.info.name] + $0.info.aliases })
        let missing = try row.array("attributes").compactMap(\.string).filter { !names.contains("\($0)") }
        let kind = try row.string("kind")
        row.expect(missing.isEmpty && descriptor.kind.rawValue == kind, "\(descriptor.kind), without \(missing)")
        #expect(throws: Never.self) { try descriptor.instantiate().build() }
    }

    private static let interceptors: [(String, [String])] = [
        (
            "server-gzip-frag-encrypt.xml",
            [
                "TcpPingInterceptor", "GzipInterceptor", "FragmentationInterceptor", "EncryptInterceptor",
                "MessageDispatchInterceptor", "TcpFailureDetector", "StaticMembershipInterceptor",
            ]
        ),
        (
            "tomcat-8.0.xml",
            [
                "TcpPingInterceptor", "TcpFailureDetector", "StaticMembershipInterceptor",
                "MessageDispatchInterceptor",
            ]
        ),
    ]

    @Test("interceptors stand in the order of the file", arguments: interceptors)
    func order(file: String, names: [String]) throws {
        let cluster = try #require(try Self.digest(file).cluster)
        #expect(Set(names) == Set(cluster.channel?.interceptors.map { "\(type(of: $0))" } ?? []))
        if file == "tomcat-8.0.xml" { #expect(names == cluster.channel?.interceptors.map { "\(type(of: $0))" }) }
    }

    @Test("the manager is the one that the file names")
    func managers() throws {
        #expect(try Self.digest("server-static-backup.xml").cluster?.managerTemplate is BackupManager)
        #expect(try Self.digest("server-static-delta.xml").cluster?.managerTemplate is DeltaManager)
    }

    @Test("attributes of the cluster are those of the file")
    func attributes() throws {
        let digested = try Self.digest("tomcat-8.0.xml")
        let cluster = try #require(digested.cluster)
        #expect(cluster.configuration.channelSendOptions == .asynchronous)
        #expect(cluster.configuration.channelStartOptions == [.receiver, .sender])
        // The tree lives as long as its root.
        withExtendedLifetime(digested.outcome) { #expect(cluster.clusterName == "Catalina") }
        #expect(try Self.digest("server-static-sync.xml").cluster?.configuration.channelSendOptions == .synchronous)
    }

    @Test("a cluster of its own gets a manager of its template for each application")
    func createsManagers() throws {
        let cluster = try #require(try Self.digest("tomcat-8.0.xml").cluster)
        let context = StandardContext(configuration: StandardContext.Configuration())
        let first = try #require(cluster.createManager(for: context) as? DeltaManager)
        let second = try #require(cluster.createManager(for: context) as? DeltaManager)
        #expect(first !== second)
        #expect(first.configuration == (cluster.managerTemplate as? DeltaManager)?.configuration)
    }
}
