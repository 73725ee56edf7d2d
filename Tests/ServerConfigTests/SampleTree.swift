import Modeler
import ServerConfig
import TestSupport

/// Stands for every component of a server.xml: it remembers its class, its attributes and its children.
final class SampleNode: ConfigurableComponent {
    struct Configuration: Sendable {
        var port = 8080
        var connectionTimeout: Int64 = 60_000
        var jvmRoute: String?
        var defaultHost: String?
        /// All other attributes, in the order given.
        var attributes: [String] = []
    }

    static let descriptor: ComponentDescriptor<SampleNode> = SampleNode.describe("org.example.Sample", .other)

    /// A component of a class that takes any attribute, or only the strict ones.
    static func describe(_ className: String, _ kind: ComponentKind) -> ComponentDescriptor<SampleNode> {
        let isStrict = kind == .connector || kind == .engine
        return ComponentDescriptor<SampleNode>(
            className: className,
            kind: kind,
            defaults: Configuration(),
            attributes: isStrict
                ? [
                    Attribute("port", \.port, "Port"),
                    Attribute("maxThreads", \.port, "Threads"),
                    Attribute("connectionTimeout", \.connectionTimeout, "Milliseconds"),
                    Attribute("jvmRoute", \.jvmRoute, "Route"),
                    Attribute("defaultHost", \.defaultHost, "Host"),
                ] : [],
            open: OpenAttributes("any") { configuration, name, text in
                if isStrict, !Self.known.contains(name) { return false }
                configuration.attributes.append("\(name)=\(text)")
                return true
            },
            make: { SampleNode(className: className, kind: kind, configuration: $0) }
        )
    }

    private static let known: Set = [
        "name", "protocol", "address", "redirectPort", "maxParameterCount", "executor", "relaxedPathChars",
        "relaxedQueryChars", "compression", "allowTrace", "server", "maxKeepAliveRequests", "SSLEnabled", "scheme",
        "secure", "secret",
    ]

    let className: String
    let kind: ComponentKind
    let configuration: Configuration
    var children: [String] = []

    init(configuration: Configuration) {
        self.className = "org.example.Sample"
        self.kind = .other
        self.configuration = configuration
    }

    init(className: String, kind: ComponentKind, configuration: Configuration) {
        self.className = className
        self.kind = kind
        self.configuration = configuration
    }

    /// One line for the component and one for each below it.
    var lines: [String] {
        let name = self.className.split(separator: ".").last.map(String.init) ?? self.className
        let head = ([name] + self.configuration.attributes).joined(separator: " ")
        return [head] + self.children.flatMap { $0.split(separator: "\n").map { "  " + $0 } }
    }
}

/// The structure of server.xml over sample components.
struct SampleRuleSet: RuleSet {
    static let classes: [(String, ComponentKind)] = [
        ("core.StandardServer", .server), ("core.StandardService", .service), ("core.StandardEngine", .engine),
        ("core.StandardHost", .host), ("core.StandardContext", .context), ("core.StandardThreadExecutor", .executor),
        ("connector.Connector", .connector), ("deploy.NamingResourcesImpl", .other),
        ("deploy.Resource", .namedResource),
        ("deploy.Environment", .namedResource), ("realm.LockOutRealm", .realm), ("realm.UserDatabaseRealm", .realm),
        ("valves.AccessLogValve", .valve), ("valves.JsonAccessLogValve", .valve),
        ("valves.ExtendedAccessLogValve", .valve), ("valves.RemoteIpValve", .valve),
        ("valves.HealthCheckValve", .valve), ("valves.ErrorReportValve", .valve),
        ("valves.rewrite.RewriteValve", .valve), ("authenticator.SingleSignOn", .valve),
        ("startup.VersionLoggerListener", .listener), ("net.SSLHostConfig", .sslHostConfig),
        ("net.Certificate", .certificate),
    ]

    /// Classes that are known here and do nothing: those of a cluster, and two more.
    private static let inert: [InertComponent] =
        Vectors.rows("config/cluster_components.jsonl").compactMap { row in
            guard let name = row["name"].string, let kind = row["kind"].string.flatMap(ComponentKind.init(rawValue:))
            else { return nil }
            return InertComponent(name, kind, .notYet, attributes: row["attributes"].strings)
        } + [
            InertComponent("org.apache.catalina.mbeans.GlobalResourcesLifecycleListener", .listener, .notYet),
            InertComponent("org.apache.catalina.util.StandardSessionIdGenerator", .sessionIdGenerator, .notYet),
        ]

    static var registry: ComponentRegistry {
        ComponentRegistry(
            Self.classes.map { AnyComponentDescriptor(SampleNode.describe("org.apache.catalina." + $0.0, $0.1)) },
            inert: InertComponent.known.filter { known in
                !Self.classes.contains { known.className == "org.apache.catalina." + $0.0 }
            } + Self.inert
        )
    }

    private static let defaults = [
        ("Server/GlobalNamingResources", "deploy.NamingResourcesImpl"),
        ("Server/GlobalNamingResources/Resource", "deploy.Resource"),
        ("Server/GlobalNamingResources/Environment", "deploy.Environment"),
        ("Server/Service", "core.StandardService"),
        ("Server/Service/Executor", "core.StandardThreadExecutor"),
        ("Server/Service/Connector", "connector.Connector"),
        ("Server/Service/Connector/SSLHostConfig", "net.SSLHostConfig"),
        ("Server/Service/Connector/SSLHostConfig/Certificate", "net.Certificate"),
        ("Server/Service/Engine", "core.StandardEngine"),
        ("Server/Service/Engine/Host", "core.StandardHost"),
    ]

    func addRules(to digester: inout Digester) {
        digester.onRoot("Server", create: "org.apache.catalina.core.StandardServer") { (_: SampleNode) in }
        for (pattern, className) in Self.defaults {
            digester.on(pattern, create: "org.apache.catalina." + className) {
                (parent: SampleNode, child: SampleNode) in
                parent.children.append(child.lines.joined(separator: "\n"))
            }
        }
        digester.on(
            "Server/Service/Engine/Host/Context",
            create: "org.apache.catalina.core.StandardContext",
            ignoring: ["source"]
        ) { (host: SampleNode, context: SampleNode) in host.children.append(context.lines.joined(separator: "\n")) }
        digester.on("Server/Listener", allowsOptional: true) { (parent: SampleNode, child: SampleNode) in
            parent.children.append(child.lines.joined(separator: "\n"))
        }
        for name in ["Valve", "Realm", "UpgradeProtocol"] {
            digester.on("*/" + name) { (parent: SampleNode, child: SampleNode) in
                guard name != "Realm" || child.kind == .realm else { throw Misplaced(name: child.className) }
                parent.children.append(child.lines.joined(separator: "\n"))
            }
        }
        digester.onText("*/Host/Alias") { (host: SampleNode, text) in host.children.append("Alias " + text) }
        digester.onText("*/Context/WatchedResource") { (context: SampleNode, text) in
            context.children.append("WatchedResource " + text)
        }
        digester.accept("*/Context/JarScanner")
        digester.add(ClusterRuleSet())
    }

    struct Misplaced: Error, CustomStringConvertible {
        let name: String
        var description: String { "[\(self.name)] is no realm" }
    }
}

extension Digester {
    /// A digester for the whole of a sample server.xml.
    static func sample(_ properties: [String: String] = [:]) -> Digester {
        var digester = Digester(
            registry: SampleRuleSet.registry,
            substitution: PropertySubstitution(SystemProperties(properties))
        )
        digester.add(SampleRuleSet())
        return digester
    }

    /// Digests a text as if it were a file.
    func digest(text: String, under parent: Any? = nil) throws -> DigestOutcome {
        self.digest([try XMLReader().parse(Array(text.utf8), file: "test.xml")], under: parent)
    }
}
