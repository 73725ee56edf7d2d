import Foundation
import Modeler
import ServerConfig
import TestSupport
import Testing

@Suite struct DigesterTests {
    private static func path(_ name: String) -> String {
        Vectors.directory.appending(path: "config").appending(path: name).path
    }

    private static func lines(_ name: String) throws -> [String] {
        String(decoding: try Vectors.bytes("config/" + name), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    @Test("a server.xml makes the tree it describes", arguments: ["debian/server", "oracle-server", "cluster-howto"])
    func goldenTree(name: String) throws {
        let outcome = Digester.sample().digest(Self.path(name + ".xml"))
        let root = try #require(outcome.component as? SampleNode)
        #expect(!outcome.isRejected)
        #expect(try root.lines == Self.lines(name + ".tree"))
    }

    @Test(
        "everything that is wrong is told, in the order of the file",
        arguments: ["debian/server", "oracle-server", "cluster-howto", "misspelt"]
    )
    func goldenProblems(name: String) throws {
        let outcome = Digester.sample().digest(Self.path(name + ".xml"))
        let directory = Vectors.directory.appending(path: "config").path + "/"
        let told = outcome.problems.map { $0.description.replacing(directory, with: "") }
        #expect(try told == Self.lines(name + ".problems"))
        #expect(outcome.isRejected == (name == "misspelt"))
    }

    /// Tomcat's lines, recorded from its log.
    @Test(
        "a problem has the line that Tomcat logs",
        arguments: [
            (
                "<Server><Service><Connector nosuchattr='x'/></Service></Server>",
                "org.apache.tomcat.util.digester.SetPropertiesRule.begin",
                "Match [Server/Service/Connector] failed to set property [nosuchattr] to [x]"
            ),
            (
                "<Server><Service><Connector maxThreads='abc'/></Service></Server>",
                "org.apache.tomcat.util.digester.SetPropertiesRule.begin",
                "Match [Server/Service/Connector] failed to set property [maxThreads] to [abc]"
            ),
            (
                "<Server><Bogus/></Server>", "org.apache.tomcat.util.digester.Digester.endElement",
                "No rules found matching [Server/Bogus]"
            ),
            (
                "<Server><Listener className='C' optional='TRUE'/></Server>",
                "org.apache.catalina.startup.ListenerCreateRule.begin", "Optional listener [C] is not enabled"
            ),
            (
                "<Server><Listener className='C'/></Server>", "org.apache.tomcat.util.digester.Digester.startElement",
                "Begin event threw exception: [Server/Listener] the class [C] is unknown"
            ),
            (
                "<Server><Service><Engine><Realm className='org.apache.catalina.valves.HealthCheckValve'/></Engine></Service></Server>",
                "org.apache.tomcat.util.digester.Digester.endElement",
                "End event threw exception: [Server/Service/Engine/Realm] [org.apache.catalina.valves.HealthCheckValve] is no realm"
            ),
            (
                "<Server a='${a}'/>", "org.apache.tomcat.util.IntrospectionUtils.replaceProperties",
                "Property failed to be resolved and remains [\(String(repeating: "x", count: 20))${a}]"
            ),
        ]
    )
    func logLines(text: String, source: String, message: String) throws {
        let outcome = try Digester.sample(["a": "x${a}"]).digest(text: text)
        let log = try #require(outcome.problems.first?.log)
        #expect(log.source == source)
        #expect(log.message == message)
    }

    @Test("a child is complete before its parent learns of it, and siblings keep their order")
    func order() throws {
        var events: [String] = []
        var digester = Digester(
            registry: SampleRuleSet.registry,
            substitution: PropertySubstitution(SystemProperties())
        )
        let className = "org.apache.catalina.core.StandardHost"
        digester.onRoot("a", create: className) { (_: SampleNode) in events.append("a") }
        for path in ["a/b", "a/b/c", "a/d"] {
            digester.on(path, create: className) { (_: SampleNode, child: SampleNode) in
                events.append(path + child.configuration.attributes.joined())
            }
        }
        let outcome = try digester.digest(text: "<a><b n='1'><c/></b><d/><b n='2'/></a>")
        #expect(outcome.problems.isEmpty)
        #expect(events == ["a/b/c", "a/bn=1", "a/d", "a/bn=2", "a"])
    }

    @Test("an exact path wins over the longest end, which wins over a shorter one")
    func matching() throws {
        var matched: [String] = []
        var digester = Digester(
            registry: SampleRuleSet.registry,
            substitution: PropertySubstitution(SystemProperties())
        )
        digester.onRoot("a", create: "org.apache.catalina.core.StandardHost") { (_: SampleNode) in }
        for pattern in ["*/v", "*/b/v", "a/b/c/v"] {
            digester.onText(pattern) { (_: SampleNode, text) in matched.append("\(pattern):\(text)") }
        }
        for path in ["a/b", "a/b/c", "a/x"] {
            digester.on(path, create: "org.apache.catalina.core.StandardHost") { (_: SampleNode, _: SampleNode) in }
        }
        _ = try digester.digest(text: "<a><v>1</v><x><v>2</v></x><b><v>3</v><c><v>4</v></c></b></a>")
        #expect(matched == ["*/v:1", "*/v:2", "*/b/v:3", "a/b/c/v:4"])
    }

    @Test("references are replaced in attributes and texts")
    func substitution() throws {
        let text = """
            <Server port='${p}'><Service><Engine><Host name='${h:-localhost}'><Alias>
              ${alias}${nope} </Alias></Host></Engine></Service></Server>
            """
        let outcome = try Digester.sample(["p": "80", "alias": "${other}", "other": "x"]).digest(text: text)
        let root = try #require(outcome.component as? SampleNode)
        #expect(
            root.lines == [
                "StandardServer port=80", "  StandardService", "    StandardEngine",
                "      StandardHost name=localhost",
                "        Alias x${nope}",
            ]
        )
    }

    @Test("documents are laid over each other: attributes and children of the upper ones come later")
    func layers() throws {
        var digester = Digester(
            registry: SampleRuleSet.registry,
            substitution: PropertySubstitution(SystemProperties())
        )
        digester.onRoot("Context", create: "org.apache.catalina.core.StandardContext") { (_: SampleNode) in }
        digester.onText("*/Context/WatchedResource") { (context: SampleNode, text) in context.children.append(text) }
        let documents = try ["<Context a='1' b='1'><WatchedResource>w</WatchedResource></Context>", "<Context b='2'/>"]
            .map { try XMLReader().parse(Array($0.utf8), file: "x") }
        digester.onText("Context/WatchedResource") { (context: SampleNode, text) in context.children.append(text) }
        let outcome = digester.digest(documents)
        #expect((outcome.component as? SampleNode)?.lines == ["StandardContext a=1 b=1 b=2", "  w"])
    }

    @Test("an element can be laid over defaults that depend on its parent")
    func underlay() throws {
        var digester = Digester.sample()
        let defaults = try XMLReader().parse(
            Array("<Context a='${v:-1}'><WatchedResource>w</WatchedResource></Context>".utf8),
            file: "context.xml"
        )
        digester.underlay("Server/Service/Engine/Host/Context") { (_: SampleNode, element) in
            element["override"] == "true" ? [] : [defaults]
        }
        let text =
            "<Server><Service><Engine><Host><Context path='/a'/><Context override='true'/></Host></Engine></Service></Server>"
        let root = try #require(try digester.digest(text: text).component as? SampleNode)
        #expect(
            root.lines.suffix(3)
                == [
                    "        StandardContext a=1 path=/a", "          w", "        StandardContext override=true",
                ].map { $0.replacing("          w", with: "          WatchedResource w") }
        )
    }

    @Test("a component can be told of its parent before its children are made")
    func begin() throws {
        var digester = Digester.sample()
        var order: [String] = []
        digester.onBegin("Server/Service/Engine/Host") { (engine: SampleNode, host: SampleNode) in
            order.append(
                "\(host.className.split(separator: ".").last ?? "") in \(engine.className.split(separator: ".").last ?? "")"
            )
        }
        digester.underlay("Server/Service/Engine/Host/Context") { (_: SampleNode, _) in
            order.append("Context")
            return []
        }
        let outcome = try digester.digest(
            text: "<Server><Service><Engine><Host><Context/></Host></Engine></Service></Server>"
        )
        #expect(outcome.problems.isEmpty)
        #expect(order == ["StandardHost in StandardEngine", "Context"])
    }

    @Test("the root's component can be attached to one that exists")
    func underParent() throws {
        var digester = Digester(
            registry: SampleRuleSet.registry,
            substitution: PropertySubstitution(SystemProperties())
        )
        digester.on("Context", create: "org.apache.catalina.core.StandardContext", isOverridable: false) {
            (host: SampleNode, context: SampleNode) in host.children.append(context.className)
        }
        let host = SampleNode(configuration: SampleNode.Configuration())
        let outcome = try digester.digest(text: "<Context className='com.acme.Other'/>", under: host)
        #expect(outcome.problems.isEmpty)
        #expect(host.children == ["org.apache.catalina.core.StandardContext"])
    }

    @Test("a component of the wrong type is refused where it stands")
    func misplaced() throws {
        var digester = Digester.sample()
        digester.on("Server/Odd", create: "org.apache.catalina.core.StandardHost") { (_: String, _: SampleNode) in }
        let outcome = try digester.digest(text: "<Server><Odd/></Server>")
        #expect(outcome.isRejected)
        #expect(outcome.problems.first?.message == "a component cannot stand here: SampleNode in SampleNode")
    }

    @Test("a file that is missing or malformed is one fatal problem")
    func unreadable() {
        let missing = Digester.sample().digest("/no/such/server.xml")
        #expect(missing.isRejected)
        #expect(
            missing.problems.map(\.description) == [
                "/no/such/server.xml: error: /no/such/server.xml: No such file or directory"
            ]
        )
    }

    @Test("an implemented class inside a cluster has its attributes checked and is not made")
    func insideCluster() throws {
        let text = """
            <Server><Service><Engine><Cluster className='org.apache.catalina.ha.tcp.SimpleTcpCluster'>
            <Valve className='org.apache.catalina.core.StandardEngine' defaultHots='a'/><ClusterListener/>
            <Manager className='org.apache.catalina.ha.session.DeltaManager'><SessionIdGenerator/></Manager>
            </Cluster></Engine></Service></Server>
            """
        let outcome = try Digester.sample().digest(text: text)
        #expect(outcome.problems.map(\.attribute) == [nil, "defaultHots", nil])
        #expect(outcome.problems.map(\.severity) == [.warning, .warning, .fatal])
        #expect(outcome.problems[1].nearest == "defaultHost")
    }
}
