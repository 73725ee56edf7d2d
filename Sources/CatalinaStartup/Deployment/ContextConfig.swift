import CatalinaCore
import Modeler
import ServerConfig

/// Tells a starting context what its descriptors say.
///
/// Source: `org.apache.catalina.startup.ContextConfig`.
final class ContextConfig: LifecycleListener {
    private static let log = CategoryLogger("org.apache.catalina.startup.ContextConfig")

    func lifecycleEvent(_ event: LifecycleEvent) async throws {
        guard let context = event.lifecycle as? StandardContext else { return }
        switch event.kind {
        case .configureStart: try await self.configure(context)
        case .configureStop: self.unconfigure(context)
        default: break
        }
    }

    private func configure(_ context: StandardContext) async throws {
        let files = DescriptorFiles(context)
        let outcome = try await FileIO.run { files.read() }
        for problem in outcome.problems { Problems.log(problem) }
        if let fatal = outcome.problems.first(where: { $0.severity == .fatal }) {
            Self.log.error("configureStart", "Marking this application unavailable due to previous error(s)")
            throw LifecycleError(fatal.description)
        }
        let model = try ModelBuilder(outcome.webXml).model()
        context.model = model
        self.addAuthenticator(context, model)
    }

    /// A context with something to protect gets the valve that does so, behind its other valves.
    private func addAuthenticator(_ context: StandardContext, _ model: ApplicationModel) {
        guard context.authenticator == nil, !model.securityConstraints.isEmpty || model.login != nil else { return }
        let method: any LoginMethod
        switch model.login?.method.uppercased() {
        case "BASIC": method = BasicLogin()
        case "FORM": method = FormLogin()
        case nil, "NONE", "": method = NoLogin()
        case let other?:
            Self.log.error("authenticatorConfig", "Cannot configure an authenticator for method [\(other)]")
            method = NoLogin()
        }
        let valve = AuthenticatorValve(method, model: model)
        context.authenticator = valve
        context.pipeline.add(valve)
    }

    private func unconfigure(_ context: StandardContext) {
        guard let valve = context.authenticator as? AuthenticatorValve else { return }
        context.pipeline.remove(valve)
        context.authenticator = nil
    }
}

/// The descriptors of one application and their defaults, in the order in which they are laid over each other.
private struct DescriptorFiles: Sendable {
    let defaults: [String]
    let tomcatWebXml: String
    let webXml: String
    let isOverride: Bool

    init(_ context: StandardContext) {
        let base = context.setup.documentBase
        let engine = context.host?.engine?.name ?? ""
        let host = context.host?.name ?? ""
        self.defaults = [
            Places.resolve("conf/web.xml"), Places.resolve("conf/\(engine)/\(host)/web.xml.default"),
        ]
        self.tomcatWebXml = base + "/WEB-INF/tomcat-web.xml"
        self.webXml = context.configuration.altDDName.map { Places.resolve($0) } ?? base + "/WEB-INF/web.xml"
        self.isOverride = context.configuration.override
    }

    /// Reads and merges them; blocks.
    func read() -> (webXml: WebXml, problems: [ConfigProblem]) {
        let parser = WebXmlParser(substitution: PropertySubstitution(.shared))
        var problems: [ConfigProblem] = []
        var merged = WebXml()
        for path in [self.webXml, self.tomcatWebXml] where FileStatus(path) != nil {
            let outcome = parser.parse(path)
            problems += outcome.problems
            if path == self.webXml { merged = outcome.webXml } else { merged.merge(defaults: outcome.webXml) }
        }
        let outcome = WebXmlDefaults.shared.outcome(of: self.defaults, parser: parser)
        problems += outcome.problems
        merged.merge(defaults: outcome.webXml)
        return (merged, problems)
    }
}
