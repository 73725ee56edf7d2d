import CatalinaCore
import ServletAPI

extension HostManager {
    /// What a deployment is made from.
    enum DeploymentSource: Sendable {
        /// Files of the server: a WAR or folder, a context descriptor, or both.
        case files(war: String?, descriptor: String?)
        /// What an upload was kept under.
        case tag(String)
    }

    /// Where the files of one application go.
    private struct Target: Sendable {
        let name: ContextName
        let appBase: String
        let configBase: String

        var war: String { "\(self.appBase)/\(self.name.baseName).war" }
        var folder: String { "\(self.appBase)/\(self.name.baseName)" }
        var descriptor: String { "\(self.configBase)/\(self.name.baseName).xml" }
    }

    /// Deploys files of the server.
    func deploy(_ name: ContextName?, from source: DeploymentSource, update: Bool) async -> Lines {
        await self.deploying(name, update: update) { target in
            switch source {
            case .files(let war, let descriptor):
                let war = war.map { Self.path(of: $0, in: target.appBase) }
                let descriptor = descriptor.map { Self.path(of: $0, in: target.configBase) }
                return try await self.place(war: war, descriptor: descriptor, as: target, update: update)
            case .tag(let tag):
                guard let kept = self.versioned(tag, target) else { return Self.outside(tag, self.versionedFolder) }
                guard try await FileIO.run({ FileStatus(kept) != nil }) else {
                    return [ManagerText.Failure.copyFailed(from: kept, to: target.war).line]
                }
                try await self.retire(target)
                return try await self.copy(kept, to: target.war)
            }
        }
    }

    /// Deploys an uploaded WAR, and keeps it under a tag if there is one.
    func deploy(
        _ name: ContextName?,
        upload input: any ServletInputStream,
        tag: String?,
        update: Bool
    ) async -> Lines {
        await self.deploying(name, update: update) { target in
            var kept: String?
            if let tag {
                guard let path = self.versioned(tag, target) else { return Self.outside(tag, self.versionedFolder) }
                kept = path
            }
            // Complete before anything is replaced: a broken upload leaves the old application alone.
            let upload = try await UploadFile(in: target.appBase)
            do {
                _ = try await upload.receive(input, at: 0, maximum: nil)
            } catch {
                await upload.discard()
                throw error
            }
            try await self.retire(target)
            if let kept {
                let folder = "\(self.versionedFolder)/\(tag ?? "")"
                try await FileIO.run { try FileIO.makeDirectories(folder) }
                let problem = try await self.copy(upload.path, to: kept)
                if !problem.isEmpty { return problem }
            }
            let path = upload.path
            guard try await FileIO.run({ FileIO.move(path, to: target.war) }) else {
                await upload.discard()
                return [ManagerText.Failure.renameFailed(from: path, to: target.war).line]
            }
            return []
        }
    }

    /// Checks and claims the name, lets `body` put the files in place, and has them deployed.
    ///
    /// `body` answers with lines if it could not.
    private func deploying(
        _ name: ContextName?,
        update: Bool,
        _ body: (Target) async throws -> Lines
    ) async -> Lines {
        let (checked, refusal) = Self.checked(name)
        guard let name = checked else { return refusal }
        guard let deployer = self.deployer else { return [ManagerText.Failure.deployFailed(name.displayName).line] }
        let target = Target(name: name, appBase: deployer.appBase, configBase: deployer.configBase)
        guard Self.isPlainName(name.baseName) else { return Self.outside(target.folder, target.appBase) }
        if let context = self.host.child(named: name.name) as? StandardContext {
            guard update else { return [ManagerText.Failure.alreadyExists(name.displayName).line] }
            if context === self.own { return [ManagerText.Failure.noSelf.line] }
            guard deployer.isDeployed(name.name) else {
                return [ManagerText.Failure.notDeployed(name.displayName).line]
            }
        }
        Self.log.info("deploy", "Deploying web application [\(name.displayName)]")
        return await self.claiming(name) {
            let problem = try await body(target)
            guard problem.isEmpty else { return problem }
            try await deployer.check(name.name)
            return self.outcome(of: name)
        }
    }

    private func outcome(of name: ContextName) -> Lines {
        guard let context = self.host.child(named: name.name) as? StandardContext else {
            return [ManagerText.Failure.deployFailed(name.displayName).line]
        }
        if context.state.isAvailable { return [ManagerText.deployed(name.displayName)] }
        let reason = context.failure.map { [ManagerText.Failure.exception($0).line] } ?? []
        return [ManagerText.Failure.deployedNotStarted(name.displayName).line] + reason
    }

    // MARK: Files

    /// Copies files of the server to where the deployer finds them; what lies there already stays.
    private func place(war: String?, descriptor: String?, as target: Target, update: Bool) async throws -> Lines {
        let warCopy = war.map { $0.lowercased().hasSuffix(".war") ? target.war : target.folder }
        let moves = try await FileIO.run {
            [(descriptor, Optional(target.descriptor)), (war, warCopy)].compactMap { source, copy -> Move? in
                guard let source, let copy else { return nil }
                return Move(source, to: copy)
            }
        }
        for move in moves where !move.isPossible { return Self.copyFailed(move) }
        let isInPlace = moves.contains(where: \.isInPlace)
        if !isInPlace { try await self.retire(target) }
        for move in moves where !move.isInPlace {
            let folder = target.configBase
            try await FileIO.run { try FileIO.makeDirectories(folder) }
            if let stubborn = try await self.remove([move.target]) {
                return [ManagerText.Failure.deleteFailed(stubborn).line]
            }
            let problem = try await self.copy(move.source, to: move.target)
            if !problem.isEmpty { return problem }
        }
        if isInPlace, update, let context = self.host.child(named: target.name.name) as? StandardContext,
            context.state.isAvailable
        {
            try await context.reload()
        }
        return []
    }

    /// A file or folder on its way to where the deployer looks.
    private struct Move: Sendable {
        let source: String
        let target: String
        let isInPlace: Bool
        /// Whether it is there, or to be looked for by the deployer where it should be.
        let isPossible: Bool

        init(_ source: String, to target: String) {
            self.source = source
            self.target = target
            let canonical = FileIO.canonicalPath(source)
            self.isInPlace = source == target || canonical != nil && canonical == FileIO.canonicalPath(target)
            self.isPossible = canonical != nil || source == target
        }
    }

    private static func copyFailed(_ move: Move) -> Lines {
        [ManagerText.Failure.copyFailed(from: move.source, to: move.target).line]
    }

    /// Takes the application that is there away, with its files.
    private func retire(_ target: Target) async throws {
        guard self.host.child(named: target.name.name) != nil else { return }
        try await self.deployer?.unmanage(target.name.name)
    }

    private func copy(_ source: String, to target: String) async throws -> Lines {
        do {
            try await FileIO.run { try FileIO.copyTree(source, to: target) }
            return []
        } catch {
            Self.log.error("copy", "[\(source)] could not be copied to [\(target)]", error)
            return [ManagerText.Failure.copyFailed(from: source, to: target).line]
        }
    }

    /// Removes files; the one that stays if one does.
    private func remove(_ paths: [String]) async throws -> String? {
        try await FileIO.run {
            for path in paths {
                do {
                    try FileIO.removeTree(path)
                } catch {
                    Self.log.error("remove", "[\(path)] could not be deleted", error)
                    return path
                }
            }
            return nil
        }
    }

    // MARK: Paths

    /// A path or `file:` URL of the server, made absolute against a folder.
    static func path(of text: String, in folder: String) -> String {
        var path = text[...]
        if path.hasPrefix("jar:") { path = path.dropFirst(4) }
        if path.hasPrefix("file://") {
            path = path.dropFirst(7)
        } else if path.hasPrefix("file:") {
            path = path.dropFirst(5)
        }
        if path.hasSuffix("!/") { path = path.dropLast(2) }
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return path.hasPrefix("/") ? String(path) : folder + "/" + path
    }

    /// Whether a name stays in the folder that it is put into.
    static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
    }

    private var versionedFolder: String { self.own.setup.workDirectory + "/versioned" }

    /// Where an upload is kept under its tag; `nil` for a tag that leads elsewhere.
    private func versioned(_ tag: String, _ target: Target) -> String? {
        guard Self.isPlainName(tag) else { return nil }
        return "\(self.versionedFolder)/\(tag)/\(target.name.baseName).war"
    }

    private static func outside(_ path: String, _ directory: String) -> Lines {
        [ManagerText.Failure.outside(path: path, directory: directory).line]
    }
}
