import Logging
import Synchronization

/// Says once per application that a symbolic link was not followed, and at debug level from then on.
final class LinkReporter: Sendable {
    private let docBase: String
    private let hasReported = Atomic(false)
    private let logger = Logger(label: "org.apache.catalina.webresources.DirResourceSet")

    init(docBase: String) { self.docBase = docBase }

    func report(_ path: String) {
        let isFirst = !self.hasReported.exchange(true, ordering: .relaxed)
        self.logger.log(
            level: isFirst ? .warning : .debug,
            "A file was not served because a symbolic link leads to it; allowLinking of Resources would permit it",
            metadata: ["path": "\(path)", "docBase": "\(self.docBase)"]
        )
    }
}
