import CatalinaCore

/// The lines of the manager's text interface, which scripts and clients read.
///
/// Source: what Tomcat 10.1 was seen to answer.
enum ManagerText {
    /// Why a command was refused or failed.
    enum Failure: Equatable {
        case unknownCommand(String)
        /// `nil` for a command without a path.
        case invalidPath(String?)
        case invalidParameters(command: String)
        case noContext(String)
        case noSelf
        case alreadyServiced(String)
        case alreadyExists(String)
        case notDeployed(String)
        case startFailed(String)
        case deployFailed(String)
        case deployedNotStarted(String)
        case copyFailed(from: String, to: String)
        case deleteFailed(String)
        case renameFailed(from: String, to: String)
        case makeDirectoryFailed(String)
        case outside(path: String, directory: String)
        case noStoreConfig(domain: String)
        case reloadTLS
        case noUpload
        case notWAR(String)
        case upload(String)
        case exception(String)

        /// The line, which begins with `FAIL - `.
        var line: String { "FAIL - " + self.text }

        private var text: String {
            switch self {
            case .unknownCommand(let command): "Unknown command [\(command.onOneLine)]"
            case .invalidPath(let path):
                "Invalid context path [\(path.map(HTMLText.escaped) ?? "null")] was specified"
            case .invalidParameters(let command): "Invalid parameters supplied for command [\(command)]"
            case .noContext(let path): "No context exists named [\(HTMLText.escaped(path))]"
            case .noSelf: "The manager cannot reload, stop, or undeploy itself"
            case .alreadyServiced(let path): "The application [\(path)] is already being serviced"
            case .alreadyExists(let path): "Application already exists at path [\(path)]"
            case .notDeployed(let path):
                "Context [\(HTMLText.escaped(path))] is defined in server.xml and may not be undeployed"
            case .startFailed(let path): "Application at context path [\(path)] could not be started"
            case .deployFailed(let path): "Failed to deploy application at context path [\(path)]"
            case .deployedNotStarted(let path):
                "Deployed application at context path [\(path)] but context failed to start"
            case .copyFailed(let source, let target):
                "Unable to copy [\(source)] to [\(target)], details of the error may be in the server logs"
            case .deleteFailed(let path):
                "Unable to delete [\(path)]. The continued presence of this file may cause problems."
            case .renameFailed(let source, let target):
                "Unable to rename [\(source)] to [\(target)]. This may cause problems for future deployments."
            case .makeDirectoryFailed(let path): "Unable to create directory [\(path)]"
            case .outside(let path, let directory):
                "Unable to use [\(path)] as that is outside the expected directory [\(directory)]"
            case .noStoreConfig(let domain):
                "No StoreConfig MBean registered at [\(domain):type=StoreConfig]. Registration is typically "
                    + "performed by the StoreConfigLifecycleListener."
            case .reloadTLS: "Failed to reload TLS configuration"
            case .noUpload: "File upload failed, no file"
            case .notWAR(let file): "File uploaded [\(file.onOneLine)] must be a .war"
            case .upload(let reason): "Deploy Upload Failed, Exception: [\(reason.onOneLine)]"
            case .exception(let text): "Encountered exception [\(text.onOneLine)]"
            }
        }
    }

    static func started(_ path: String) -> String { "OK - Started application at context path [\(path)]" }
    static func stopped(_ path: String) -> String { "OK - Stopped application at context path [\(path)]" }
    static func reloaded(_ path: String) -> String { "OK - Reloaded application at context path [\(path)]" }
    static func deployed(_ path: String) -> String { "OK - Deployed application at context path [\(path)]" }
    static func undeployed(_ path: String) -> String { "OK - Undeployed application at context path [\(path)]" }
    static func sessions(_ path: String) -> String {
        "OK - Session information for application at context path [\(path)]"
    }
}

extension String {
    /// The text with line breaks and other controls as blanks.
    var onOneLine: String {
        guard self.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return self }
        return String(decoding: self.utf8.map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }, as: UTF8.self)
    }
}
