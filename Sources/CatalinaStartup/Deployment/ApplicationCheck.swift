import CatalinaCore
import ServerConfig

/// Looks at the descriptors and the modules of a host's applications without deploying one; blocks.
///
/// Source: ours; Tomcat's `configtest` does not look at applications.
struct ApplicationCheck {
    /// What is wrong with one application, or with the defaults under all of them.
    struct Finding {
        /// Its path, as the manager shows it.
        let application: String
        let problems: [ConfigProblem]
        /// Whether it would not start.
        var isFatal: Bool { self.problems.contains { $0.severity == .fatal } }
    }

    private let host: StandardHost
    private let rules: DeploymentRules
    private let contexts: ContextDigest
    /// Names of the user databases that realms may use.
    private let databases: [String]

    init(_ host: StandardHost) {
        self.host = host
        self.rules = DeploymentRules(host)
        self.contexts = ContextDigest(rules: self.rules)
        let global = host.engine?.service?.server?.globalResources
        self.databases = global?.objects.filter { $0.value is UserDatabase }.map(\.key).sorted() ?? []
    }

    /// Those with problems: contexts of server.xml first, then what would be deployed, each name once.
    func findings() -> [Finding] {
        var seen: Set<String> = []
        var findings: [Finding] = []
        for context in self.host.contexts {
            let name = ContextName(path: context.path, version: context.webappVersion)
            seen.insert(name.name)
            findings.append(self.finding(name, self.problems(of: context, named: name)))
        }
        for artifact in ArtifactFinder(rules: self.rules).find().joined() where seen.insert(artifact.name.name).inserted
        {
            findings.append(self.finding(artifact.name, self.problems(of: artifact)))
        }
        return findings.filter { !$0.problems.isEmpty }
    }

    private func finding(_ name: ContextName, _ problems: [ConfigProblem]) -> Finding {
        Finding(application: name.displayName, problems: problems)
    }

    // MARK: Where the descriptors are

    private func problems(of artifact: DeploymentArtifact) -> [ConfigProblem] {
        switch artifact.kind {
        case .descriptor: return self.problems(.file(artifact.path), in: nil, artifact.name)
        case .folder:
            let path = artifact.path + EmbeddedDescriptor.path
            guard FileStatus(path) != nil else { return self.problems(nil, in: artifact.path, artifact.name) }
            if let refusal = self.refusal(of: path) { return [refusal] }
            return self.problems(.file(path), in: artifact.path, artifact.name)
        case .archive:
            do {
                let bytes = try WarArchive(artifact.path).entry(EmbeddedDescriptor.entry)
                let path = artifact.path + "!/" + EmbeddedDescriptor.entry
                if bytes != nil, let refusal = self.refusal(of: path) { return [refusal] }
                let source = bytes.map { ContextDigest.Source.bytes($0, named: path) }
                return self.problems(source, in: artifact.path, artifact.name)
            } catch {
                return [self.unreadable(artifact.path, error)]
            }
        }
    }

    /// The problems of a context's own descriptor and of what lies in its folder or archive.
    ///
    /// `place` is that folder or archive, `nil` if the descriptor says it.
    private func problems(_ source: ContextDigest.Source?, in place: String?, _ name: ContextName) -> [ConfigProblem] {
        let (context, problems) = self.contexts.outcome(source, databases: self.databases)
        guard let context, !problems.contains(where: { $0.severity == .fatal }) else { return problems }
        context.update { configuration in
            configuration.docBase = place ?? configuration.docBase
            configuration.path = name.path
        }
        return problems + self.problems(of: context, named: name)
    }

    private func problems(of context: StandardContext, named name: ContextName) -> [ConfigProblem] {
        let place = Places.resolve(context.docBase ?? name.baseName, in: self.rules.appBase)
        switch FileStatus(place)?.kind {
        case .directory: return self.problems(of: context, folder: place)
        case .file: return self.problems(of: context, archive: place)
        default:
            let archive = place + ".war"
            guard FileStatus(archive) != nil else { return [self.missing(place, name)] }
            return self.problems(of: context, archive: archive)
        }
    }

    private func problems(of context: StandardContext, folder: String) -> [ConfigProblem] {
        let modules = ModuleCheck.ofFolder(folder)
        let files = self.descriptors(of: context, in: folder)
        return modules.problems + self.problems(of: files.read(offer: modules.offer), for: context, from: files.webXml)
    }

    /// The problems of merged descriptors, with that of their login method.
    private func problems(
        of outcome: WebXmlOutcome,
        for context: StandardContext,
        from file: String
    ) -> [ConfigProblem] {
        guard !outcome.problems.contains(where: { $0.severity == .fatal }),
            let method = outcome.webXml.loginConfig?.authMethod,
            let refusal = AuthenticatorValve.refusal(of: method, in: context)
        else { return outcome.problems }
        return outcome.problems + [ConfigProblem(unreadable: ConfigError(.invalid, file: file, refusal))]
    }

    private func descriptors(of context: StandardContext, in folder: String) -> DescriptorFiles {
        DescriptorFiles(
            folder: folder,
            engine: self.host.engine?.name ?? "",
            host: self.host.name,
            alternative: context.configuration.altDDName
        )
    }

    private func problems(of context: StandardContext, archive path: String) -> [ConfigProblem] {
        let archive = WarArchive(path)
        let name = ContextName(path: context.path, version: context.webappVersion)
        let folder = self.rules.folder(of: name)
        if self.rules.unpacks(context), archive.isUnpacked(in: folder) {
            return self.problems(of: context, folder: folder)
        }
        do {
            let modules = try ModuleCheck.ofArchive(archive)
            let entries = ["WEB-INF/web.xml", "WEB-INF/tomcat-web.xml"]
            let sources = try entries.compactMap { entry in try archive.entry(entry).map { (entry, $0) } }
            let files = self.descriptors(of: context, in: path + "!")
            let outcome = files.merge(sources, offer: modules.offer) { source throws(ConfigError) in
                try XMLReader().parse(source.1, file: "\(path)!/\(source.0)")
            }
            return modules.problems + self.problems(of: outcome, for: context, from: files.webXml)
        } catch {
            return [self.unreadable(path, error)]
        }
    }

    // MARK: Problems that are no text's

    private func unreadable(_ path: String, _ error: any Error) -> ConfigProblem {
        ConfigProblem(unreadable: ConfigError(.unreadable, file: path, String(describing: error)))
    }

    private func missing(_ path: String, _ name: ContextName) -> ConfigProblem {
        ConfigProblem(
            unreadable: ConfigError(
                .unreadable,
                file: path,
                "there is nothing for the application [\(name.displayName)]"
            )
        )
    }

    private func refusal(of descriptor: String) -> ConfigProblem? {
        guard !self.rules.host.deployXML else { return nil }
        return ConfigProblem(
            unreadable: ConfigError(
                .invalid,
                file: descriptor,
                "the host [\(self.host.name)] has deployXML=\"false\": the application would not be deployed"
            )
        )
    }
}
