/// Which modules each target may import: the strata of the house style, written down once more so that a change
/// of either shows.
enum TargetGraph {
    /// What the language brings.
    private static let language: Set<String> = ["Swift", "Synchronization"]
    private static let log: Set<String> = ["Logging"]
    private static let nio: Set<String> = ["NIOCore", "NIOPosix", "NIOConcurrencyHelpers"]

    /// The repository is not the container: start-up time and memory weigh less than what these give.
    private static let foundation: Set<String> = ["Foundation", "FoundationEssentials", "Dispatch"]

    private static let core: Set<String> = ["CatalinaCore", "ServletAPI", "Coyote", "Modeler"]

    static let allowed: [String: Set<String>] = [
        "ServletAPI": [],
        "Modeler": ["Glibc"],
        "Juli": ["Glibc"] + Self.log,
        "JavaSerialization": ["Glibc"] + Self.nio,
        "ServerConfig": ["Glibc", "CLibXML2", "Modeler"],
        "Coyote": ["Glibc", "Modeler", "COpenSSL", "CZlib"] + Self.log + Self.nio,
        "Tribes": ["Glibc", "JavaSerialization", "Modeler", "COpenSSL", "CZlib"] + Self.log + Self.nio,
        "CatalinaCore": ["Glibc", "COpenSSL"] + Self.core + Self.log + Self.nio,
        "CatalinaSession": ["Glibc", "JavaSerialization", "COpenSSL"] + Self.core + Self.log,
        "CatalinaManager": ["Glibc"] + Self.core + Self.log,
        // Bytes and results of a channel are NIO's; its sockets are not seen here.
        "CatalinaHA": ["Glibc", "CatalinaSession", "Tribes", "ServerConfig", "JavaSerialization", "NIOCore"]
            + Self.core + Self.log,
        "CatalinaStartup": [
            "Glibc", "CatalinaSession", "CatalinaManager", "CatalinaHA", "ServerConfig", "Juli", "Tribes",
            "CLibArchive",
            "CLibXML2",
        ] + Self.core + Self.log + Self.nio,
        "catalina": ["Glibc", "CatalinaStartup"],
        "RepositoryCore": [
            "Glibc", "COpenSSL", "Collections", "OrderedCollections",
        ] + Self.foundation,
        "RepositoryStorage": ["Glibc", "RepositoryCore", "GRDB", "GRDBSQLite"] + Self.foundation,
        "RepositoryIndex": ["Glibc", "RepositoryCore", "GRDB", "GRDBSQLite"] + Self.foundation,
        "RepositorySync": [
            "Glibc", "RepositoryCore", "ZooKeeperClient", "KafkaClient",
        ] + Self.foundation,
        "RepositoryWebapp": [
            "Glibc", "ServletAPI", "RepositoryCore", "RepositoryStorage",
            "RepositoryIndex", "RepositorySync",
        ] + Self.foundation,
        "ExamplesWebapp": ["ServletAPI"],
        "ExamplesModule": ["ServletAPI", "ExamplesWebapp"],
    ]

    /// Folders of CatalinaCore that see NIO: where bytes come in, where files are read for them, and where the
    /// body of a request waits for its login.
    static let coreFoldersWithNIO = ["Connector", "Resources", "Authenticator"]

    /// What is wrong with the imports of one file, a module each.
    static func violations(target: String, folder: String, imports: [String]) -> [String] {
        let allowed = (Self.allowed[target] ?? []).union(Self.language)
        return imports.filter { module in
            guard allowed.contains(module) else { return true }
            return target == "CatalinaCore" && Self.nio.contains(module) && !Self.coreFoldersWithNIO.contains(folder)
        }
    }
}

extension Set<String> {
    fileprivate static func + (left: Self, right: Self) -> Self { left.union(right) }
}
