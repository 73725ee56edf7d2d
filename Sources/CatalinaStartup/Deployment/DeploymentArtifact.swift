import CatalinaCore

/// One thing that an application can be deployed from.
struct DeploymentArtifact: Sendable {
    enum Kind: Sendable {
        case descriptor
        case archive
        case folder
    }

    let kind: Kind
    let path: String
    let name: ContextName

    /// As Tomcat's log lines call it.
    var kindText: String {
        switch self.kind {
        case .descriptor: "deployment descriptor"
        case .archive: "web application archive"
        case .folder: "web application directory"
        }
    }

    /// The method that Tomcat's log lines name.
    var method: String {
        switch self.kind {
        case .descriptor: "deployDescriptor"
        case .archive: "deployWAR"
        case .folder: "deployDirectory"
        }
    }

    /// Whether its name leads to a context path without `.` and `..`.
    var isNameUsable: Bool {
        !self.name.path.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == "." || $0 == ".." }
    }
}

/// Looks for applications; blocks.
struct ArtifactFinder: Sendable {
    let rules: DeploymentRules

    /// Descriptors, then archives, then folders: the kinds in the order in which they are deployed.
    func find() -> [[DeploymentArtifact]] {
        let entries = (FileIO.names(in: self.rules.appBase) ?? []).filter { self.isCandidate($0) }
        return [self.descriptors, self.archives(among: entries), self.folders(among: entries)]
    }

    /// What one application is to be deployed from; `nil` if there is nothing.
    func find(_ name: ContextName) -> DeploymentArtifact? {
        let candidates: [DeploymentArtifact] = [
            .init(kind: .descriptor, path: self.rules.descriptor(of: name), name: name),
            .init(kind: .archive, path: self.rules.folder(of: name) + ".war", name: name),
            .init(kind: .folder, path: self.rules.folder(of: name), name: name),
        ]
        return candidates.first { FileStatus($0.path)?.kind == ($0.kind == .folder ? .directory : .file) }
    }

    private var descriptors: [DeploymentArtifact] {
        (FileIO.names(in: self.rules.configBase) ?? []).filter { $0.lowercased().hasSuffix(".xml") }.map { entry in
            .init(
                kind: .descriptor,
                path: self.rules.configBase + "/" + entry,
                name: ContextName(fileName: entry, strippingExtension: true)
            )
        }
    }

    private func archives(among entries: [String]) -> [DeploymentArtifact] {
        entries.filter { $0.lowercased().hasSuffix(".war") }.compactMap { entry in
            let path = self.rules.appBase + "/" + entry
            guard FileStatus(path)?.kind == .file else { return nil }
            return .init(
                kind: .archive,
                path: path,
                name: ContextName(fileName: entry, strippingExtension: true)
            )
        }
    }

    private func folders(among entries: [String]) -> [DeploymentArtifact] {
        entries.compactMap { entry in
            let path = self.rules.appBase + "/" + entry
            guard FileStatus(path)?.kind == .directory else { return nil }
            return .init(
                kind: .folder,
                path: path,
                name: ContextName(fileName: entry, strippingExtension: false)
            )
        }
    }

    private func isCandidate(_ entry: String) -> Bool {
        let upper = entry.uppercased()
        if upper == "META-INF" || upper == "WEB-INF" { return false }
        return self.rules.ignored?.matches(entry) != true
    }
}
