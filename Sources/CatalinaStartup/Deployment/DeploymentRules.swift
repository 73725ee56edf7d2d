import CatalinaCore

/// A host's settings as its deployer needs them: one value, read anew for each round.
struct DeploymentRules: Sendable {
    let host: StandardHost.Configuration
    /// Folder of the applications.
    let appBase: String
    /// Folder of the context descriptors.
    let configBase: String
    /// Files laid under every context of the host, the weakest first; they need not exist.
    let defaultFiles: [String]
    /// Names in appBase that are left alone.
    let ignored: NamePattern?

    init(_ host: StandardHost) {
        let settings = host.configuration
        let engine = host.engine?.name ?? ""
        self.host = settings
        self.appBase = Places.resolve(settings.appBase)
        self.configBase = Places.resolve(settings.xmlBase ?? "conf/\(engine)/\(host.name)")
        self.defaultFiles = Self.defaultFiles(host: host.name, engine: engine)
        self.ignored = settings.deployIgnore.flatMap { Self.pattern($0) }
    }

    static func defaultFiles(host: String, engine: String) -> [String] {
        [Places.resolve("conf/context.xml"), Places.resolve("conf/\(engine)/\(host)/context.xml.default")]
    }

    private static func pattern(_ text: String) -> NamePattern? {
        guard !text.isEmpty else { return nil }
        do { return try NamePattern(text) } catch {
            HostConfig.log.error("setDeployIgnore", "The deployIgnore [\(text)] is no regular expression: \(error)")
            return nil
        }
    }

    /// Where the application of a name lies or is unpacked to.
    func folder(of name: ContextName) -> String { self.appBase + "/" + name.baseName }

    /// Where its descriptor lies or is copied to.
    func descriptor(of name: ContextName) -> String { self.configBase + "/" + name.baseName + ".xml" }

    /// Whether a context's archive is unpacked in appBase.
    func unpacks(_ context: StandardContext) -> Bool { self.host.unpackWARs && context.configuration.unpackWAR }

    /// Whether a path lies in appBase, links looked through.
    func isInAppBase(_ path: String) -> Bool {
        let base = FileIO.canonicalPath(self.appBase) ?? self.appBase
        return (FileIO.canonicalPath(path) ?? path).hasPrefix(base + "/") || path.hasPrefix(self.appBase + "/")
    }

    /// Whether undeploying may delete a file: it lies in appBase, or is a descriptor in xmlBase.
    func isDeletable(_ path: String) -> Bool {
        guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/"),
            let parent = FileIO.canonicalPath(String(path[..<slash]))
        else { return false }
        if parent == FileIO.canonicalPath(self.appBase) { return true }
        return parent == FileIO.canonicalPath(self.configBase) && path.hasSuffix(".xml")
    }
}
