import CatalinaCore
import Modeler
import ServerConfig

/// Makes a context from the default context files and its own descriptor; blocks.
///
/// A descriptor that cannot be read makes a context that never starts; one with wrong parts makes one whose start
/// fails, as in Tomcat.
struct ContextDigest: Sendable {
    /// A descriptor.
    enum Source: Sendable {
        case file(String)
        /// Its content, and what messages call it.
        case bytes([UInt8], named: String)
    }

    let rules: DeploymentRules

    /// The context of a name; log lines name a method of Tomcat's `HostConfig`.
    func context(_ source: Source?, name: ContextName, method: String) -> StandardContext {
        let documents: [XMLDocument]
        do {
            documents = try self.documents(source)
        } catch {
            let problem = ConfigProblem(unreadable: error)
            Problems.log(problem)
            HostConfig.log.error(method, "Error deploying deployment descriptor [\(error.file)]", error)
            return Self.failed(name, problem.description)
        }
        let outcome = documents.isEmpty ? nil : Self.digester.digest(documents)
        for problem in outcome?.problems ?? [] { Problems.log(problem) }
        let context = (outcome?.component as? StandardContext) ?? StandardContext(configuration: .init())
        Self.name(context, name)
        if let fatal = outcome?.problems.first(where: { $0.severity == .fatal }) {
            context.lifecycle.add(ContextConfig(rejection: fatal.description))
        }
        return context
    }

    /// The context of a descriptor, and what is wrong with it and its defaults; nothing is logged.
    ///
    /// `databases` are the names of the server's user databases, which realms may name.
    func outcome(
        _ source: Source?,
        databases: [String]
    ) -> (context: StandardContext?, problems: [ConfigProblem]) {
        do {
            let documents = try self.documents(source)
            guard !documents.isEmpty else { return (StandardContext(configuration: .init()), []) }
            let outcome = Self.digester.digest(documents)
            let references = documents.flatMap { document in
                ServerReferences.problems(
                    ofContext: document,
                    databases: databases,
                    substitution: PropertySubstitution(.shared)
                )
            }
            return (outcome.component as? StandardContext, outcome.problems + references)
        } catch {
            return (nil, [ConfigProblem(unreadable: error)])
        }
    }

    /// A context that stands for an application whose descriptor could not be used.
    static func failed(_ name: ContextName, _ reason: String) -> StandardContext {
        let context = StandardContext(configuration: .init())
        self.name(context, name)
        context.setup.deploymentFailure = reason
        return context
    }

    private static var digester: Digester {
        var digester = Digester(registry: Components.registry, substitution: PropertySubstitution(.shared))
        digester.add(ContextRuleSet(prefix: ""))
        return digester
    }

    private static func name(_ context: StandardContext, _ name: ContextName) {
        context.update { configuration in
            configuration.path = name.path
            configuration.webappVersion = name.version
        }
    }

    private func documents(_ source: Source?) throws(ConfigError) -> [XMLDocument] {
        let reader = XMLReader()
        var own: XMLDocument?
        switch source {
        case .file(let path): own = try reader.read(path)
        case .bytes(let bytes, let name): own = try reader.parse(bytes, file: name)
        case nil: break
        }
        let isOverride = own?.root["override"]?.lowercased() == "true"
        let defaults = isOverride ? [] : try self.defaults(reader)
        return defaults + [own].compactMap { $0 }
    }

    /// The default context files that exist.
    private func defaults(_ reader: XMLReader) throws(ConfigError) -> [XMLDocument] {
        var documents: [XMLDocument] = []
        for file in self.rules.defaultFiles where FileStatus(file) != nil { documents.append(try reader.read(file)) }
        return documents
    }

    /// The default context files, or none and why: what is wrong with them concerns contexts only, wherever these stand.
    func usableDefaults() -> (documents: [XMLDocument], problem: ConfigProblem?) {
        do {
            let documents = try self.defaults(XMLReader())
            let problem = Self.digester.digest(documents).problems.first { $0.severity == .fatal }
            return (problem == nil ? documents : [], problem)
        } catch {
            return ([], ConfigProblem(unreadable: error))
        }
    }
}

extension StandardContext {
    /// Changes attributes; no change can be refused.
    func update(_ change: (inout Configuration) -> Void) {
        do { try self.reconfigure(change) } catch {
            preconditionFailure("A change that does not throw was refused: \(error)")
        }
    }

    /// `docBase` as it is configured now.
    var docBase: String? {
        get { self.configuration.docBase }
        set { self.update { $0.docBase = newValue } }
    }
}
