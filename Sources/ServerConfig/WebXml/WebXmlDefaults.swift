import Modeler
import Synchronization

/// The defaults beneath every application of a host, read once for all of them.
///
/// The stock `conf/web.xml` has a thousand media types; an outcome is kept until one of its files changes. A
/// missing file is as good as an empty one.
/// Isolation: any thread; blocks while it reads.
package final class WebXmlDefaults: Sendable {
    /// The process-wide cache.
    package static let shared = WebXmlDefaults()

    /// Most host defaults kept; the whole cache is emptied when one more comes.
    package static let capacity = 64

    private struct Entry {
        let identities: [FileIdentity?]
        let outcome: WebXmlOutcome
    }

    private let entries = Mutex<[[String]: Entry]>([:])

    package init() {}

    /// The defaults of the global file and, on top of them, of the host's.
    ///
    /// `files` names `conf/web.xml` first, then `conf/ENGINE/HOST/web.xml.default`.
    package func outcome(of files: [String], parser: WebXmlParser) -> WebXmlOutcome {
        let identities = files.map { FileIdentity(path: $0) }
        if let entry = self.entries.withLock({ $0[files] }), entry.identities == identities { return entry.outcome }
        let outcome = self.read(files, parser: parser)
        self.entries.withLock { entries in
            if entries.count >= Self.capacity { entries = [:] }
            entries[files] = Entry(identities: identities, outcome: outcome)
        }
        return outcome
    }

    private func read(_ files: [String], parser: WebXmlParser) -> WebXmlOutcome {
        var outcome = WebXmlOutcome(webXml: WebXml.overridable, problems: [])
        for file in files where FileIdentity(path: file) != nil {
            let next = parser.parse(file, onto: outcome.webXml)
            var webXml = next.webXml
            webXml.replacesWelcomeFiles = true
            outcome = WebXmlOutcome(webXml: webXml, problems: outcome.problems + next.problems)
        }
        return outcome
    }
}

extension WebXml {
    /// An empty descriptor for defaults, which give way to an application.
    package static var overridable: WebXml {
        var webXml = WebXml()
        webXml.isOverridable = true
        return webXml
    }
}
