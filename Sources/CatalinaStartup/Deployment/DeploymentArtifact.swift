import CatalinaCore
import Glibc

/// Something in appBase or xmlBase that makes an application.
struct DeploymentArtifact: Sendable {
    enum Kind: Sendable {
        case descriptor
        case war
        case directory
    }

    let kind: Kind
    let path: String
    let name: ContextName

    /// As Tomcat's log lines call it.
    var kindText: String {
        switch self.kind {
        case .descriptor: "deployment descriptor"
        case .war: "web application archive"
        case .directory: "web application directory"
        }
    }

    /// The method that Tomcat's log lines name.
    var method: String {
        switch self.kind {
        case .descriptor: "deployDescriptor"
        case .war: "deployWAR"
        case .directory: "deployDirectory"
        }
    }
}

/// Looks for applications; blocks.
struct ArtifactFinder: Sendable {
    let appBase: String
    let configBase: String
    /// Regular expression of names in appBase that are left alone.
    let ignored: String?

    /// Descriptors, then WARs, then folders; a name appears once, in the form that comes first.
    func find() -> [DeploymentArtifact] {
        var found: [DeploymentArtifact] = []
        for entry in FileIO.names(in: self.configBase) ?? [] where entry.lowercased().hasSuffix(".xml") {
            found.append(
                .init(kind: .descriptor, path: self.configBase + "/" + entry, name: self.name(entry, stripping: true))
            )
        }
        let entries = (FileIO.names(in: self.appBase) ?? []).filter { self.isCandidate($0) }
        for entry in entries where entry.lowercased().hasSuffix(".war") {
            let path = self.appBase + "/" + entry
            guard FileStatus(path)?.kind == .file else { continue }
            found.append(.init(kind: .war, path: path, name: self.name(entry, stripping: true)))
        }
        for entry in entries {
            let path = self.appBase + "/" + entry
            guard FileStatus(path)?.kind == .directory else { continue }
            found.append(.init(kind: .directory, path: path, name: self.name(entry, stripping: false)))
        }
        var seen: Set<String> = []
        return found.filter { seen.insert($0.name.name).inserted }
    }

    private func name(_ entry: String, stripping: Bool) -> ContextName {
        ContextName(fileName: entry, strippingExtension: stripping)
    }

    private func isCandidate(_ entry: String) -> Bool {
        let upper = entry.uppercased()
        if upper == "META-INF" || upper == "WEB-INF" || entry.hasPrefix(".") { return false }
        guard let pattern = self.ignored else { return true }
        return !PosixPattern(pattern).matchesWhole(entry)
    }
}

/// A regular expression of the system's library, extended syntax.
struct PosixPattern {
    private let text: String

    init(_ text: String) { self.text = text }

    /// Whether the whole of a name matches; an expression that is none matches nothing.
    func matchesWhole(_ name: String) -> Bool {
        var compiled = regex_t()
        guard regcomp(&compiled, "^(" + self.text + ")$", REG_EXTENDED | REG_NOSUB) == 0 else { return false }
        defer { regfree(&compiled) }
        return regexec(&compiled, name, 0, nil, 0) == 0
    }
}
