import CatalinaCore
import Modeler
import ServerConfig
import Synchronization

/// Tells a starting context where its files are and what its descriptors say.
///
/// Source: `org.apache.catalina.startup.ContextConfig`.
final class ContextConfig: LifecycleListener {
    private struct Protected {
        /// The copy that an application with `antiResourceLocking` runs from.
        var copy: String?
        weak var server: StandardServer?
    }

    /// Why the context's own descriptor cannot be used; `nil` if it can.
    private let rejection: String?
    private let protected = Mutex(Protected())
    static let log = CategoryLogger("org.apache.catalina.startup.ContextConfig")

    init(rejection: String? = nil) { self.rejection = rejection }

    func lifecycleEvent(_ event: LifecycleEvent) async throws {
        guard let context = event.lifecycle as? StandardContext else { return }
        switch event.kind {
        case .beforeStart: try await self.findFiles(context)
        case .configureStart: try await self.configure(context)
        case .configureStop: await self.unconfigure(context)
        case .afterDestroy: await self.clean(context)
        default: break
        }
    }

    // MARK: Files

    private func findFiles(_ context: StandardContext) async throws {
        guard let host = context.host else { return }
        let name = ContextName(path: context.path, version: context.webappVersion)
        let rules = DeploymentRules(host)
        let work = Self.workDirectory(of: context, named: name, in: host)
        self.protected.withLock { $0.server = host.engine?.service?.server }
        let base = DocumentBase(
            rules: rules,
            name: name,
            unpacks: rules.unpacks(context),
            workDirectory: work
        )
        let docBase = context.docBase
        let copies = context.configuration.antiResourceLocking
        do {
            let (found, copy) = try await FileIO.run {
                let found = try base.find(docBase)
                let isThere = FileStatus(found.folder)?.kind == .directory
                return (found, copies && isThere ? try DocumentCopy.make(of: found.folder, name: name) : nil)
            }
            self.protected.withLock { $0.copy = copy }
            context.docBase = found.docBase
            context.setup.documentBase = copy ?? found.folder
            context.setup.workDirectory = work
        } catch {
            context.failure = String(describing: error)
            Self.log.error("beforeStart", "Exception fixing docBase for context [\(context.path)]", error)
            throw error
        }
    }

    private static func workDirectory(
        of context: StandardContext,
        named name: ContextName,
        in host: StandardHost
    ) -> String {
        if let own = context.configuration.workDir { return Places.resolve(own) }
        let base = host.configuration.workDir ?? "work/\(host.engine?.name ?? "")/\(host.name)"
        return Places.resolve(base) + "/" + name.baseName
    }

    /// An application that is undeployed loses its work folder; one that ends with the server keeps it.
    private func clean(_ context: StandardContext) async {
        let server = self.protected.withLock { $0.server }
        let folder = context.setup.workDirectory
        guard server?.state.isAvailable != false, !folder.isEmpty else { return }
        await self.delete(folder)
    }

    private func delete(_ folder: String) async {
        do { try await FileIO.run { try FileIO.removeTree(folder) } } catch {
            Self.log.warning("destroy", "The folder [\(folder)] could not be deleted: \(error)")
        }
    }

    // MARK: Descriptors

    private func configure(_ context: StandardContext) async throws {
        let files = DescriptorFiles(context)
        let outcome = try await FileIO.run {
            if files.isFirstWithoutDefaults() { Self.log.info("getDefaultWebXmlFragment", "No global web.xml found") }
            return files.read()
        }
        for problem in outcome.problems { Problems.log(problem) }
        let fatal = self.rejection ?? outcome.problems.first { $0.severity == .fatal }?.description
        if let fatal {
            Self.log.error("configureStart", "Marking this application unavailable due to previous error(s)")
            throw LifecycleError(fatal)
        }
        context.model = try ModelBuilder(outcome.webXml).model()
        try AuthenticatorValve.install(in: context)
    }

    private func unconfigure(_ context: StandardContext) async {
        let copy = self.protected.withLock { protected in
            defer { protected.copy = nil }
            return protected.copy
        }
        if let copy { await self.delete(copy) }
        AuthenticatorValve.uninstall(from: context)
    }
}

/// The descriptors of one application and their defaults, in the order in which they are laid over each other.
struct DescriptorFiles: Sendable {
    let defaults: [String]
    let tomcatWebXml: String
    let webXml: String

    init(_ context: StandardContext) {
        self.init(
            folder: context.setup.documentBase,
            engine: context.host?.engine?.name ?? "",
            host: context.host?.name ?? "",
            alternative: context.configuration.altDDName
        )
    }

    /// The descriptors of a folder; an alternative file stands for its `WEB-INF/web.xml`.
    init(folder: String, engine: String, host: String, alternative: String? = nil) {
        self.defaults = [
            Places.resolve("conf/web.xml"), Places.resolve("conf/\(engine)/\(host)/web.xml.default"),
        ]
        self.tomcatWebXml = folder + "/WEB-INF/tomcat-web.xml"
        self.webXml = alternative.map { Places.resolve($0) } ?? folder + "/WEB-INF/web.xml"
    }

    /// Hosts of which it was told that they have no global defaults.
    private static let told = Mutex<Set<[String]>>([])

    /// Whether the global defaults are missing, and this is the first application of its host to find that out; blocks.
    func isFirstWithoutDefaults() -> Bool {
        guard let global = self.defaults.first, FileStatus(global) == nil else { return false }
        return Self.told.withLock { $0.insert(self.defaults).inserted }
    }

    /// Reads and merges them; blocks.
    func read(offer: WebXmlClasses.Offer? = nil) -> WebXmlOutcome {
        let sources = [self.webXml, self.tomcatWebXml].filter { FileStatus($0) != nil }
        return self.merge(sources, offer: offer) { path throws(ConfigError) in try XMLReader().read(path) }
    }

    /// Merges the application's own descriptors, the strongest first, with the defaults.
    ///
    /// `offer` is the classes that there are; without it nobody asks.
    func merge<Source>(
        _ sources: [Source],
        offer: WebXmlClasses.Offer? = nil,
        reading: (Source) throws(ConfigError) -> XMLDocument
    ) -> WebXmlOutcome {
        let parser = WebXmlParser(substitution: PropertySubstitution(.shared))
        var problems: [ConfigProblem] = []
        var merged: WebXml?
        var documents: [XMLDocument] = []
        for source in sources {
            let outcome: WebXmlOutcome
            do {
                let document = try reading(source)
                documents.append(document)
                outcome = parser.parse(document)
            } catch {
                outcome = parser.outcome(of: error)
            }
            problems += outcome.problems
            if merged == nil { merged = outcome.webXml } else { merged?.merge(defaults: outcome.webXml) }
        }
        var webXml = merged ?? WebXml()
        let outcome = WebXmlDefaults.shared.outcome(of: self.defaults, parser: parser)
        webXml.merge(defaults: outcome.webXml)
        problems += outcome.problems
        // What is missing in a descriptor that cannot be used says nothing about its mappings.
        if !problems.contains(where: { $0.severity == .fatal }) {
            problems += documents.flatMap { document in
                WebXmlReferences.problems(of: document, in: webXml)
                    + (offer.map { WebXmlClasses.problems(of: document, offer: $0) } ?? [])
            }
        }
        return WebXmlOutcome(webXml: webXml, problems: problems)
    }
}
