import CatalinaCore
import CatalinaSession
import Coyote
import Modeler

/// The manual's pages about the elements of server.xml and context.xml.
///
/// They are made from the descriptors with which the files are read, so that an attribute stands there exactly if the
/// server knows it. Pages bear the names of those of Tomcat's manual.
struct ReferencePages {
    /// One file of `webapps/docs/config`.
    struct Page: Equatable {
        let name: String
        let html: String
    }

    /// What one page is about.
    private struct Topic {
        let name: String
        let title: String
        let introduction: String
        let kinds: [ComponentKind]
    }

    private let descriptors: [AnyComponentDescriptor]
    private let inert: [InertComponent]

    init(registry: ComponentRegistry = Components.registry, inert: [InertComponent] = InertComponent.known) {
        self.descriptors = registry.descriptors
        self.inert = inert
    }

    var pages: [Page] {
        Self.topics.compactMap { topic in
            let known = topic.kinds.flatMap { kind in self.descriptors.filter { $0.kind == kind } }
            let without = self.inert.filter { topic.kinds.contains($0.kind) }
            guard !known.isEmpty || !without.isEmpty else { return nil }
            return Page(name: topic.name + ".html", html: Self.page(topic, known, without))
        }
    }

    // MARK: Topics

    private static let topics: [Topic] = [
        Topic(
            name: "server",
            title: "Server",
            introduction: "The root of server.xml: the process, and the port on which it hears the word that stops it.",
            kinds: [.server]
        ),
        Topic(
            name: "service",
            title: "Service",
            introduction: "Connectors and the one engine that answers what they accept.",
            kinds: [.service]
        ),
        Topic(
            name: "executor",
            title: "Executor",
            introduction:
                "Threads for servlets that block, shared by the connectors that name it; it stands before them.",
            kinds: [.executor]
        ),
        Topic(
            name: "http",
            title: "HTTP Connector",
            introduction:
                "A port with its protocol, and inside it the TLS of each host name. Times are in milliseconds and "
                + "sizes in bytes unless an attribute says otherwise; -1 stands for no limit.",
            kinds: [.connector, .protocolHandler, .upgradeProtocol, .sslHostConfig, .certificate]
        ),
        Topic(
            name: "engine",
            title: "Engine",
            introduction: "The hosts of a service, and which of them answers for names that are not known.",
            kinds: [.engine]
        ),
        Topic(
            name: "host",
            title: "Host",
            introduction: "A host name and the folder of its applications. `Alias` elements give it further names.",
            kinds: [.host]
        ),
        Topic(
            name: "context",
            title: "Context",
            introduction:
                "One application: in a file of its own below `conf/ENGINE/HOST`, in `META-INF/context.xml`, or in "
                + "server.xml. `conf/context.xml` and `conf/ENGINE/HOST/context.xml.default` give the defaults.",
            kinds: [.context]
        ),
        Topic(
            name: "loader",
            title: "Loader",
            introduction: "How an application's modules are opened.",
            kinds: [.loader]
        ),
        Topic(
            name: "manager",
            title: "Manager",
            introduction: "Keeps an application's sessions.",
            kinds: [.manager, .store]
        ),
        Topic(
            name: "sessionidgenerator",
            title: "SessionIdGenerator",
            introduction: "Makes session ids; stands inside a Manager.",
            kinds: [.sessionIdGenerator]
        ),
        Topic(
            name: "cookie-processor",
            title: "CookieProcessor",
            introduction: "How cookies are read and written.",
            kinds: [.cookieProcessor]
        ),
        Topic(
            name: "resources",
            title: "Resources",
            introduction: "An application's files: how they are cached, and what is mounted over and under its folder.",
            kinds: [.resources, .resourceSet]
        ),
        Topic(
            name: "globalresources",
            title: "Named resources",
            introduction: "Objects and values that have names, for the whole server or for one application.",
            kinds: [.other, .namedResource]
        ),
        Topic(
            name: "realm",
            title: "Realm",
            introduction: "Users, their passwords and their roles.",
            kinds: [.realm]
        ),
        Topic(
            name: "credentialhandler",
            title: "CredentialHandler",
            introduction: "How a realm's passwords are stored; stands inside a Realm.",
            kinds: [.credentialHandler]
        ),
        Topic(
            name: "valve",
            title: "Valve",
            introduction:
                "Stands in the way of every request of an Engine, a Host or a Context, in the order of the file.",
            kinds: [.valve]
        ),
        Topic(
            name: "listeners",
            title: "Listener",
            introduction: "Is told when the component that it stands in starts and stops.",
            kinds: [.listener]
        ),
        Topic(
            name: "cluster",
            title: "Cluster",
            introduction: "Sessions that several nodes share.",
            kinds: [
                .cluster, .channel, .membership, .member, .receiver, .sender, .transport, .interceptor,
                .channelListener,
                .clusterListener, .deployer,
            ]
        ),
        Topic(
            name: "jar-scanner",
            title: "JarScanner",
            introduction: "Looks for annotations in Java archives, which do not exist here.",
            kinds: [.jarScanner]
        ),
    ]

    // MARK: Text

    private static func page(
        _ topic: Topic,
        _ descriptors: [AnyComponentDescriptor],
        _ inert: [InertComponent]
    ) -> String {
        let sections = descriptors.map { self.section($0) } + self.withoutEffect(inert)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(topic.title) · Caracal</title>
            <link rel="icon" href="/favicon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="../style.css">
            </head>
            <body>
            <nav><a href="/">Caracal</a> · <a href="../index.html">Manual</a> · <a href="index.html">Configuration</a></nav>
            <h1>\(topic.title)</h1>
            <p>\(ReferenceText.sentence(topic.introduction))</p>
            \(sections.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    /// One class: what it is, its attributes, and those that are accepted without effect.
    private static func section(_ descriptor: AnyComponentDescriptor) -> String {
        var lines = ["", "<h2>\(ReferenceText.heading(of: descriptor))</h2>"]
        lines.append("<p>\(ReferenceText.sentence(descriptor.summary))</p>")
        if let usage = ReferenceText.usage(of: descriptor) {
            let others = descriptor.aliases.map { ", or <code>\($0)</code>" }.joined()
            lines.append("<p>\(usage)\(others)</p>")
        }
        let rows = descriptor.attributes.filter { !$0.info.isIgnored }
        if !rows.isEmpty {
            lines.append("<table>")
            lines.append("<tr><th>Attribute</th><th>Type</th><th>Default</th><th>Meaning</th></tr>")
            lines += rows.map { ReferenceText.row($0.info, $0.defaultValue) }
            lines.append("</table>")
        }
        if let open = descriptor.openAttributes {
            lines.append("<p>Further attributes: \(ReferenceText.sentence(open))</p>")
        }
        let ignored = descriptor.attributes.filter(\.info.isIgnored).map { "<code>\($0.info.name)</code>" }
        if !ignored.isEmpty {
            lines.append("<p>Accepted, and nothing depends on them: \(ignored.joined(separator: ", ")).</p>")
        }
        if rows.isEmpty, ignored.isEmpty, descriptor.openAttributes == nil {
            lines.append("<p>It has no attributes.</p>")
        }
        return lines.joined(separator: "\n")
    }

    /// Classes whose elements are read and then skipped.
    private static func withoutEffect(_ inert: [InertComponent]) -> [String] {
        let reasons: [(InertComponent.Reason, String)] = [
            (.notYet, "Not here yet"), (.javaOnly, "Without work to do outside Java"),
        ]
        return reasons.compactMap { reason, title in
            let names = inert.filter { $0.reason == reason }.map(\.className).sorted()
            guard !names.isEmpty else { return nil }
            let items = names.map { "<li><code>\($0)</code></li>" }.joined(separator: "\n")
            return """

                <h2>\(title)</h2>
                <p>These classes are known: their elements are checked and then skipped, with a line in the log.</p>
                <ul>
                \(items)
                </ul>
                """
        }
    }
}
