import RepositoryCore

/// Members of `config.json` that this release knows; all others are passed over.
struct Configuration: Sendable, Equatable {
    enum StorageModule: Sendable, Equatable {
        case sqlite
        /// Nothing outlives the process.
        case memory
    }

    /// Where objects are kept.
    var storage = StorageModule.sqlite
    /// Whether a term of a query may begin with `*` or `?`.
    var allowLeadingWildcard = false
    /// Whether every change is refused.
    var isReadOnly = false
    /// Idle minutes after which a token ends.
    var sessionTimeoutMinutes = 30
    /// Largest request body that is read into memory, in bytes.
    var bodySizeMaximum = 256 << 20

    init() {}

    /// - Throws: ``StartError`` for a module that does not exist here.
    init(json: JSONValue) throws(StartError) {
        switch json["storage"]?["module"]?.string {
        case nil, "bdbje", "sqlite": self.storage = .sqlite
        case "memory": self.storage = .memory
        case let module?: throw .unknownModule("storage", module)
        }
        switch json["index"]?["module"]?.string {
        case nil, "lucene", "memory", "sqlite": break
        case let module?: throw .unknownModule("index", module)
        }
        let options = json["index"]?["options"]
        self.allowLeadingWildcard = Self.flag(options?["allowLeadingWildcard"])
        self.isReadOnly = Self.flag(json["isReadOnly"])
        if let minutes = json["sessions"]?["timeout"]?.int64, minutes > 0 {
            self.sessionTimeoutMinutes = Int(min(minutes, 1_000_000))
        }
    }

    /// Options of modules are often texts.
    private static func flag(_ value: JSONValue?) -> Bool { value?.bool ?? (value?.string?.lowercased() == "true") }

    /// What the service of objects is told.
    var serviceOptions: RepositoryService.Options {
        var options = RepositoryService.Options()
        options.allowLeadingWildcard = self.allowLeadingWildcard
        options.isReadOnly = self.isReadOnly
        options.sessionTimeoutMinutes = self.sessionTimeoutMinutes
        return options
    }
}

/// Why the repository did not start.
enum StartError: Error, CustomStringConvertible {
    case unknownModule(String, String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)

    var description: String {
        switch self {
        case .unknownModule(let kind, let module): "config.json: there is no \(kind) module \"\(module)\""
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        }
    }
}
