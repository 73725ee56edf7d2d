import CatalinaCore

/// What an application was deployed from, so that changes can be seen.
///
/// Source: `HostConfig.DeployedApplication`.
struct DeployedApplication: Sendable {
    /// One file or folder and how it looked.
    struct Watched: Sendable {
        let path: String
        let status: FileStatus?

        init(_ path: String) {
            self.path = path
            self.status = FileStatus(path)
        }
    }

    /// What has become of them.
    enum Change: Sendable, Equatable {
        case none
        case reload
        /// To be undeployed, these files to be deleted; what is left is deployed anew.
        case redeploy(obsolete: [String])
    }

    /// In order: WAR, folder, descriptor, global context files; those behind a changed one go with it.
    var redeployResources: [Watched] = []
    /// Paths among the above that are never deleted: external ones and global ones.
    var kept: Set<String> = []
    /// Folders whose own modification means nothing, only their end.
    var folders: Set<String> = []
    /// Files whose change reloads the application.
    var reloadResources: [Watched] = []

    /// Files that undeploying deletes.
    var ownFiles: [String] { self.redeployResources.map(\.path).filter { !self.kept.contains($0) } }

    /// Milliseconds for which a file must have been left alone before its change counts.
    static let settlingTime: Int64 = 1000

    /// Looks at all of them.
    func change() async -> Change {
        let application = self
        do {
            return try await FileIO.run { application.changeBlocking() }
        } catch {
            HostConfig.log.warning("checkResources", "The files of an application could not be looked at: \(error)")
            return .none
        }
    }

    /// As ``change()``; blocks.
    func changeBlocking() -> Change {
        for (index, watched) in self.redeployResources.enumerated() {
            let now = FileStatus(watched.path)
            if now == nil, watched.status != nil || self.folders.contains(watched.path) {
                return .redeploy(obsolete: self.obsolete(from: index))
            }
            guard let now, !self.folders.contains(watched.path), now != watched.status, self.isSettled(now) else {
                continue
            }
            return .redeploy(obsolete: self.obsolete(from: index + 1))
        }
        for watched in self.reloadResources {
            let now = FileStatus(watched.path)
            guard now != watched.status, now.map({ self.isSettled($0) }) ?? true else { continue }
            return .reload
        }
        return .none
    }

    /// The same files as they look now.
    func refreshed() -> DeployedApplication {
        var copy = self
        copy.reloadResources = self.reloadResources.map { Watched($0.path) }
        return copy
    }

    private func isSettled(_ status: FileStatus) -> Bool {
        WallClock.milliseconds() - status.lastModified >= Self.settlingTime
    }

    private func obsolete(from index: Int) -> [String] {
        self.redeployResources[index...].map(\.path).filter { !self.kept.contains($0) }
    }
}
