import CatalinaCore
import ServerConfig

/// How one kind of artifact becomes a context, and what of it is watched afterwards; both block.
protocol ArtifactDeployment: Sendable {
    init(_ artifact: DeploymentArtifact, _ rules: DeploymentRules)
    /// Makes the context; it is not yet complete, and does not know its host.
    mutating func makeContext() -> StandardContext
    /// What is watched, once the context has been started.
    func application(_ context: StandardContext) -> DeployedApplication
}

extension DeploymentArtifact {
    func deployment(_ rules: DeploymentRules) -> any ArtifactDeployment {
        switch self.kind {
        case .descriptor: DescriptorDeployment(self, rules)
        case .archive: ArchiveDeployment(self, rules)
        case .folder: FolderDeployment(self, rules)
        }
    }
}

extension DeployedApplication {
    /// Watches what the context's `WatchedResource` elements name; relative ones only in a folder.
    mutating func watch(_ context: StandardContext, in folder: String?) {
        for path in context.setup.watchedResources {
            if path.hasPrefix("/") {
                self.reloads(on: path)
            } else if let folder {
                self.reloads(on: Places.resolve(path, in: folder))
            }
        }
    }

    /// Watches the default context files; they stand last, so that their change deletes nothing.
    mutating func watchDefaults(_ rules: DeploymentRules) {
        for file in rules.defaultFiles.reversed() where FileStatus(file)?.kind == .file { self.redeploys(on: file) }
    }
}

/// Deploys a descriptor of xmlBase, with files elsewhere or of the same name in appBase.
struct DescriptorDeployment: ArtifactDeployment {
    private let artifact: DeploymentArtifact
    private let rules: DeploymentRules
    /// The files' path, if they lie outside of appBase.
    private var external: String?

    init(_ artifact: DeploymentArtifact, _ rules: DeploymentRules) {
        self.artifact = artifact
        self.rules = rules
    }

    mutating func makeContext() -> StandardContext {
        let context = ContextDigest(rules: self.rules).context(
            .file(self.artifact.path),
            name: self.artifact.name,
            method: self.artifact.method
        )
        guard let docBase = context.docBase else { return context }
        let path = Places.resolve(docBase, in: self.rules.appBase)
        guard !self.rules.isInAppBase(path) else {
            self.warn("A docBase [\(path)] inside the host appBase has been specified, and will be ignored")
            context.docBase = nil
            return context
        }
        self.external = path
        for hidden in [self.folder + ".war", self.folder] where FileStatus(hidden) != nil {
            self.warn(
                "The descriptor [\(self.artifact.path)] hides [\(hidden)] in the host appBase, which will be ignored"
            )
        }
        return context
    }

    func application(_ context: StandardContext) -> DeployedApplication {
        var application = DeployedApplication(name: context.name, hasDescriptor: true)
        let unpacks = self.rules.unpacks(context)
        if let external = self.external {
            application.redeploys(on: self.artifact.path)
            application.redeploys(on: external)
        }
        let isExternalArchive = self.external?.lowercased().hasSuffix(".war") == true
        let folder = isExternalArchive ? self.folder : self.external ?? self.folder
        if self.external == nil { application.redeploys(on: folder + ".war") }
        if unpacks { application.redeploys(on: folder) }
        application.watch(context, in: unpacks ? folder : nil)
        if self.external == nil { application.redeploys(on: self.artifact.path) }
        application.watchDefaults(self.rules)
        return application
    }

    private var folder: String { self.rules.folder(of: self.artifact.name) }

    private func warn(_ message: String) { HostConfig.log.warning(self.artifact.method, message) }
}

/// Deploys an archive of appBase.
struct ArchiveDeployment: ArtifactDeployment {
    private let artifact: DeploymentArtifact
    private let rules: DeploymentRules
    private var hasEmbeddedDescriptor = false
    /// Whether the embedded descriptor was copied to xmlBase.
    private var copiesDescriptor = false
    /// The descriptor that counts: in the unpacked folder, or the copy.
    private var descriptor: String

    init(_ artifact: DeploymentArtifact, _ rules: DeploymentRules) {
        self.artifact = artifact
        self.rules = rules
        self.descriptor = rules.folder(of: artifact.name) + EmbeddedDescriptor.path
    }

    mutating func makeContext() -> StandardContext {
        var embedded: [UInt8]?
        do {
            embedded = try WarArchive(self.artifact.path).entry(EmbeddedDescriptor.entry)
        } catch {
            HostConfig.log.error(self.artifact.method, self.artifact.failureText, error)
        }
        self.hasEmbeddedDescriptor = embedded != nil
        let context = self.context(embedded)
        context.docBase = self.artifact.name.baseName + ".war"
        if self.rules.host.deployXML, let embedded, self.rules.host.copyXML || context.configuration.copyXML {
            let copy = self.rules.descriptor(of: self.artifact.name)
            EmbeddedDescriptor.write(embedded, to: copy, method: self.artifact.method)
            self.descriptor = copy
            self.copiesDescriptor = true
        }
        return context
    }

    private func context(_ embedded: [UInt8]?) -> StandardContext {
        let digest = ContextDigest(rules: self.rules)
        let method = self.artifact.method
        guard self.rules.host.deployXML else {
            guard embedded != nil else { return digest.context(nil, name: self.artifact.name, method: method) }
            return EmbeddedDescriptor.refuse(EmbeddedDescriptor.entry, self.artifact, self.rules)
        }
        // A folder that was unpacked from this very archive may hold a descriptor that its owner has edited since.
        let isUnpacked = WarArchive(self.artifact.path).isUnpacked(in: self.rules.folder(of: self.artifact.name))
        if self.rules.host.unpackWARs, isUnpacked, !self.rules.host.copyXML, FileStatus(self.descriptor) != nil {
            return digest.context(.file(self.descriptor), name: self.artifact.name, method: method)
        }
        let source = embedded.map {
            ContextDigest.Source.bytes($0, named: self.artifact.path + "!/" + EmbeddedDescriptor.entry)
        }
        return digest.context(source, name: self.artifact.name, method: method)
    }

    func application(_ context: StandardContext) -> DeployedApplication {
        let isCopied = self.copiesDescriptor && FileStatus(self.descriptor) != nil
        var application = DeployedApplication(name: context.name, hasDescriptor: isCopied)
        application.redeploys(on: self.artifact.path)
        application.redeploys(
            on: isCopied ? self.descriptor : self.rules.descriptor(of: self.artifact.name),
            lastModified: isCopied ? nil : 0
        )
        if self.rules.unpacks(context) {
            let folder = self.rules.folder(of: self.artifact.name)
            application.redeploys(on: folder)
            application.watch(context, in: folder)
            if self.rules.host.deployXML, !self.copiesDescriptor,
                self.hasEmbeddedDescriptor || FileStatus(self.descriptor) != nil
            {
                application.redeploys(on: self.descriptor)
            }
        } else {
            application.watch(context, in: nil)
        }
        application.watchDefaults(self.rules)
        return application
    }
}

/// Deploys a folder of appBase.
struct FolderDeployment: ArtifactDeployment {
    private let artifact: DeploymentArtifact
    private let rules: DeploymentRules
    private var copiesDescriptor = false

    init(_ artifact: DeploymentArtifact, _ rules: DeploymentRules) {
        self.artifact = artifact
        self.rules = rules
    }

    private var descriptor: String { self.artifact.path + EmbeddedDescriptor.path }
    private var copy: String { self.rules.descriptor(of: self.artifact.name) }

    mutating func makeContext() -> StandardContext {
        let context = self.context()
        context.docBase = self.artifact.name.baseName
        return context
    }

    private mutating func context() -> StandardContext {
        let digest = ContextDigest(rules: self.rules)
        guard FileStatus(self.descriptor) != nil else {
            return digest.context(nil, name: self.artifact.name, method: self.artifact.method)
        }
        guard self.rules.host.deployXML else {
            return EmbeddedDescriptor.refuse(self.descriptor, self.artifact, self.rules)
        }
        let context = digest.context(
            .file(self.descriptor),
            name: self.artifact.name,
            method: self.artifact.method
        )
        if self.rules.host.copyXML || context.configuration.copyXML {
            do {
                try EmbeddedDescriptor.write(
                    Array(FileIO.text(of: self.descriptor).utf8),
                    to: self.copy,
                    method: self.artifact.method
                )
                self.copiesDescriptor = true
            } catch {
                HostConfig.log.error(self.artifact.method, self.artifact.failureText, error)
            }
        }
        return context
    }

    func application(_ context: StandardContext) -> DeployedApplication {
        var application = DeployedApplication(name: context.name, hasDescriptor: self.copiesDescriptor)
        application.redeploys(on: self.artifact.path + ".war", lastModified: 0)
        application.redeploys(on: self.artifact.path)
        let hasOwn = FileStatus(self.descriptor) != nil
        if hasOwn, self.copiesDescriptor {
            application.redeploys(on: self.copy)
        } else {
            if hasOwn, self.rules.host.deployXML { application.redeploys(on: self.descriptor) }
            application.redeploys(on: self.copy, lastModified: 0)
            if !hasOwn { application.redeploys(on: self.descriptor, lastModified: 0) }
        }
        application.watch(context, in: self.artifact.path)
        application.watchDefaults(self.rules)
        return application
    }
}

/// `META-INF/context.xml` of an application.
enum EmbeddedDescriptor {
    static let entry = "META-INF/context.xml"
    static let path = "/META-INF/context.xml"

    /// The context of an application whose descriptor the host does not allow.
    static func refuse(
        _ descriptor: String,
        _ artifact: DeploymentArtifact,
        _ rules: DeploymentRules
    ) -> StandardContext {
        let reason =
            "The web application with context path [\(artifact.name.path)] was not deployed because it contained a "
            + "deployment descriptor [\(descriptor)] which may include configuration necessary for the secure deployment "
            + "of the application but processing of deployment descriptors is prevented by the deployXML setting of this "
            + "host. An appropriate descriptor should be created at [\(rules.descriptor(of: artifact.name))] to deploy "
            + "this application."
        HostConfig.log.error(artifact.method, reason)
        return ContextDigest.failed(artifact.name, reason)
    }

    static func write(_ bytes: [UInt8], to path: String, method: String) {
        do { try FileIO.write(bytes, to: path) } catch {
            HostConfig.log.error(method, "The descriptor could not be copied to [\(path)]", error)
        }
    }
}

extension DeploymentArtifact {
    /// Tomcat's line when a deployment fails.
    var failureText: String { "Error deploying \(self.kindText) [\(self.path)]" }
}
