import CatalinaCore

/// What an application was deployed from, so that changes can be seen: values only, the looking is handed in.
///
/// Source: `HostConfig.DeployedApplication` and `checkResources`.
struct DeployedApplication: Sendable, Equatable {
    /// One file or folder and when it was last modified; 0 while it is not there and waited for.
    struct Resource: Sendable, Equatable {
        let path: String
        var lastModified: Int64
    }

    /// How the files look, and when.
    struct Glance: Sendable {
        /// Milliseconds since 1970.
        let now: Int64
        /// Whether a file modified a moment ago may still be in the making.
        let waitsUntilSettled: Bool
        /// What is at a path; `nil` for nothing.
        let status: @Sendable (String) -> FileStatus?
    }

    /// What has become of the files.
    enum Verdict: Sendable, Equatable {
        case unchanged
        /// The redeploy resource at an index is gone; it may be back in a moment, if an editor is saving it.
        case vanished(Int)
        /// The archive below a descriptor is another: the application is kept and started from the new one.
        case archiveReplaced(Int)
        /// The redeploy resource at an index is another: to be undeployed; what is there is deployed anew.
        case replaced(Int)
        /// A watched resource is another: to be stopped and started.
        case watchedChanged
    }

    /// Milliseconds for which a file must have been left alone before its change counts.
    static let settlingTime: Int64 = 1000
    /// Never deleted, wherever it lies.
    static let hostDefaults = "context.xml.default"

    let name: String
    /// Whether a descriptor in xmlBase says what the application is.
    let hasDescriptor: Bool
    /// In order; with a changed one, those behind it go.
    private(set) var redeployResources: [Resource] = []
    /// Their change reloads the application.
    private(set) var reloadResources: [Resource] = []
    /// Whether the log says already that a folder is hidden by an archive.
    var isHiddenFolderReported = false

    init(name: String, hasDescriptor: Bool) {
        self.name = name
        self.hasDescriptor = hasDescriptor
    }

    // MARK: What is watched

    /// Redeploys when a file changes, goes or, if it is not there, comes.
    mutating func redeploys(on path: String, lastModified: Int64? = nil) {
        Self.put(path, lastModified, into: &self.redeployResources)
    }

    /// Reloads when a file changes, goes or comes.
    mutating func reloads(on path: String) { Self.put(path, nil, into: &self.reloadResources) }

    private static func put(_ path: String, _ lastModified: Int64?, into resources: inout [Resource]) {
        let time = lastModified ?? FileStatus(path)?.lastModified ?? 0
        if let index = resources.firstIndex(where: { $0.path == path }) {
            resources[index].lastModified = time
        } else {
            resources.append(Resource(path: path, lastModified: time))
        }
    }

    // MARK: What has changed

    /// Looks at the resources from an index on, and remembers new times that mean nothing.
    mutating func verdict(_ glance: Glance, from start: Int = 0) -> Verdict {
        for index in self.redeployResources.indices.dropFirst(start) {
            let resource = self.redeployResources[index]
            let status = glance.status(resource.path)
            if status == nil, resource.lastModified != 0 { return .vanished(index) }
            guard self.isChanged(resource, status, glance), let status else { continue }
            if status.kind == .directory {
                self.redeployResources[index].lastModified = status.lastModified
            } else if self.hasDescriptor, resource.path.lowercased().hasSuffix(".war") {
                self.redeployResources[index].lastModified = status.lastModified
                return .archiveReplaced(index)
            } else {
                return .replaced(index)
            }
        }
        return self.watchedVerdict(glance)
    }

    private mutating func watchedVerdict(_ glance: Glance) -> Verdict {
        let isChanged = self.reloadResources.contains {
            self.isChanged($0, glance.status($0.path), glance)
        }
        guard isChanged else { return .unchanged }
        for index in self.reloadResources.indices {
            let status = glance.status(self.reloadResources[index].path)
            self.reloadResources[index].lastModified = status?.lastModified ?? 0
        }
        return .watchedChanged
    }

    private func isChanged(_ resource: Resource, _ status: FileStatus?, _ glance: Glance) -> Bool {
        let time = status?.lastModified ?? 0
        guard time != resource.lastModified else { return false }
        return !glance.waitsUntilSettled || time < glance.now - Self.settlingTime
    }

    /// What goes with the resource at an index: those behind it, and with a vanished one what is watched, too.
    func obsolete(behind index: Int, includingWatched: Bool) -> [String] {
        let behind = self.redeployResources.dropFirst(index + 1).map(\.path)
        let watched = includingWatched ? self.reloadResources.map(\.path) : []
        return (behind + watched).filter { !$0.hasSuffix("/" + Self.hostDefaults) }
    }
}
