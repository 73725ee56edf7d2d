import CatalinaCore
import Modeler
import ServerConfig

/// Makes a context from what lies in appBase or xmlBase; blocks.
struct ContextBuilder: Sendable {
    let host: StandardHost
    let appBase: String
    let configBase: String

    func build(_ artifact: DeploymentArtifact) throws -> (StandardContext, DeployedApplication) {
        switch artifact.kind {
        case .descriptor: try self.fromDescriptor(artifact)
        case .war: try self.fromWAR(artifact)
        case .directory: try self.fromDirectory(artifact)
        }
    }

    private func fromDescriptor(_ artifact: DeploymentArtifact) throws -> (StandardContext, DeployedApplication) {
        let context = try self.digest(artifact.path, name: artifact.name)
        var application = DeployedApplication()
        var docBase = context.configuration.docBase.map { Places.resolve($0, in: self.appBase) }
        if let path = docBase, self.isInside(path) {
            HostConfig.log.warning(
                "deployDescriptor",
                "A docBase [\(path)] inside the host appBase has been specified, and will be ignored"
            )
            docBase = nil
        }
        let ownWar = self.appBase + "/" + artifact.name.baseName + ".war"
        let ownFolder = self.appBase + "/" + artifact.name.baseName
        var folder = ownFolder
        if let external = docBase {
            guard let status = FileStatus(external) else {
                throw LifecycleError("The docBase [\(external)] of [\(artifact.path)] does not exist")
            }
            application.redeployResources.append(.init(external))
            application.kept.insert(external)
            if status.kind == .directory {
                application.folders.insert(external)
                folder = external
            } else {
                try WarArchive(external).unpack(to: ownFolder)
            }
        } else if FileStatus(ownWar)?.kind == .file {
            try WarArchive(ownWar).unpack(to: ownFolder)
            application.redeployResources.append(.init(ownWar))
        }
        guard FileStatus(folder)?.kind == .directory else {
            throw LifecycleError("The application of [\(artifact.path)] has no files: there is no [\(folder)]")
        }
        if folder == ownFolder {
            application.redeployResources.append(.init(folder))
            application.folders.insert(folder)
        }
        application.redeployResources.append(.init(artifact.path))
        return self.finish(context, folder: folder, &application)
    }

    private func fromWAR(_ artifact: DeploymentArtifact) throws -> (StandardContext, DeployedApplication) {
        let folder = self.appBase + "/" + artifact.name.baseName
        var application = DeployedApplication()
        try WarArchive(artifact.path).unpack(to: folder)
        application.redeployResources = [.init(artifact.path), .init(folder)]
        application.folders.insert(folder)
        let context = try self.embedded(in: folder, name: artifact.name)
        return self.finish(context, folder: folder, &application)
    }

    private func fromDirectory(_ artifact: DeploymentArtifact) throws -> (StandardContext, DeployedApplication) {
        var application = DeployedApplication()
        application.redeployResources = [.init(artifact.path)]
        application.folders.insert(artifact.path)
        let context = try self.embedded(in: artifact.path, name: artifact.name)
        return self.finish(context, folder: artifact.path, &application)
    }

    /// The context of a folder, by its META-INF/context.xml if it has one and may use it.
    private func embedded(in folder: String, name: ContextName) throws -> StandardContext {
        let descriptor = folder + "/META-INF/context.xml"
        guard FileStatus(descriptor) != nil else { return try self.digest(nil, name: name) }
        guard self.host.configuration.deployXML else {
            throw LifecycleError(
                "The application [\(name.name)] has a META-INF/context.xml, which the host does not allow (deployXML=false)"
            )
        }
        let context = try self.digest(descriptor, name: name)
        if self.host.configuration.copyXML {
            try FileIO.copyTree(descriptor, to: self.configBase + "/" + name.baseName + ".xml")
        }
        return context
    }

    /// A context from the default context files and its own descriptor.
    private func digest(_ descriptor: String?, name: ContextName) throws -> StandardContext {
        var digester = Digester(registry: Components.registry, substitution: PropertySubstitution(.shared))
        digester.add(ContextRuleSet(prefix: ""))
        let engine = self.host.engine?.name ?? "Catalina"
        let defaults = [
            Places.resolve("conf/context.xml"), Places.resolve("conf/\(engine)/\(self.host.name)/context.xml.default"),
        ]
        let reader = XMLReader()
        var documents = try defaults.filter { FileStatus($0) != nil }.map { try reader.read($0) }
        if let descriptor {
            let own = try reader.read(descriptor)
            if own.root["override"]?.lowercased() == "true" { documents.removeAll() }
            documents.append(own)
        }
        let outcome = documents.isEmpty ? nil : digester.digest(documents)
        for problem in outcome?.problems ?? [] { Problems.log(problem) }
        if outcome?.isRejected == true {
            throw LifecycleError("The descriptor [\(descriptor ?? defaults[0])] of [\(name.name)] was rejected")
        }
        let context = (outcome?.component as? StandardContext) ?? StandardContext(configuration: .init())
        try context.reconfigure { configuration in
            configuration.path = name.path
            configuration.webappVersion = name.version
        }
        return context
    }

    private func finish(
        _ context: StandardContext,
        folder: String,
        _ application: inout DeployedApplication
    ) -> (StandardContext, DeployedApplication) {
        ContextSetup.prepare(context, in: self.host)
        context.setup.documentBase = folder
        let engine = self.host.engine?.name ?? "Catalina"
        for file in ["conf/context.xml", "conf/\(engine)/\(self.host.name)/context.xml.default"] {
            let path = Places.resolve(file)
            application.redeployResources.append(.init(path))
            application.kept.insert(path)
        }
        application.reloadResources = context.setup.watchedResources.map { .init(Places.resolve($0, in: folder)) }
        return (context, application)
    }

    private func isInside(_ path: String) -> Bool { path.hasPrefix(self.appBase + "/") }
}
