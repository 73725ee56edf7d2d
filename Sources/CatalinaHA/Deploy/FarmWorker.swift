import CatalinaCore
import Glibc
import Synchronization
import Tribes

/// Does what a ``FarmWarDeployer`` is asked for, one thing after the other, for as long as it runs.
///
/// Isolation: the deployer's task.
final class FarmWorker: Sendable {
    private struct State {
        var transfers: [String: FarmTransfer] = [:]
        var watch = FarmWatch()
    }

    private let owner: FarmWarDeployer
    private let host: StandardHost
    private let folders: FarmWarDeployer.Folders
    /// Only the one task takes it; a lock because it goes on where it pleases.
    private let state = Mutex(State())

    init(_ owner: FarmWarDeployer, host: StandardHost, folders: FarmWarDeployer.Folders) {
        self.owner = owner
        self.host = host
        self.folders = folders
    }

    private var log: CategoryLogger { self.owner.log }
    private var deployer: (any Deployer)? {
        self.host.lifecycle.listeners.lazy.compactMap { $0 as? any Deployer }.first
    }

    func run(_ work: AsyncStream<FarmWarDeployer.Work>) async {
        for await item in work {
            do {
                switch item {
                case .piece(let message): try await self.receive(message)
                case .undeploy(let name): try await self.undeploy(name)
                case .look: try await self.look()
                }
            } catch {
                self.log.error("run", "The farm's work failed", error)
            }
        }
    }

    /// Whether a name is that of an archive in a folder, and leads nowhere else.
    static func isArchive(_ name: String) -> Bool {
        name.lowercased().hasSuffix(".war") && !name.hasPrefix(".") && !name.contains("/") && !name.contains("\0")
            && name.utf8.count > 4
    }

    static func contextName(of fileName: String) -> String {
        ContextName(fileName: fileName, strippingExtension: true).name
    }

    // MARK: Receiving

    private func receive(_ message: FarmFileMessage) async throws {
        guard Self.isArchive(message.fileName) else {
            self.log.warning("messageReceived", "[\(message.fileName)] is no name of an archive; it is not received")
            return
        }
        let now = self.owner.now()
        let file = self.folders.temporary + "/" + message.fileName
        let (step, isFirst) = self.state.withLock { state in
            let running = state.transfers[message.fileName].flatMap { $0.isReplaced(by: message) ? nil : $0 }
            let isFirst = running == nil
            var transfer = running ?? FarmTransfer(message, now: now)
            let step = transfer.accept(message, now: now)
            state.transfers[message.fileName] = transfer
            if case .finish = step { state.transfers[message.fileName] = nil }
            if step == .giveUp { state.transfers[message.fileName] = nil }
            return (step, isFirst)
        }
        do {
            if isFirst { try await FileIO.run { try FileIO.removeTree(file) } }
            try await self.take(step, of: message, into: file)
        } catch {
            // Else what comes next would be written behind a hole.
            self.state.withLock { $0.transfers[message.fileName] = nil }
            throw error
        }
    }

    private func take(_ step: FarmTransfer.Step, of message: FarmFileMessage, into file: String) async throws {
        switch step {
        case .wait: return
        case .write(let bytes): try await FileIO.run { try FileIO.append(bytes, to: file) }
        case .giveUp:
            self.log.error("messageReceived", "The transfer of [\(message.fileName)] is given up")
            try await FileIO.run { try FileIO.removeTree(file) }
        case .finish(let bytes):
            try await FileIO.run { try FileIO.append(bytes, to: file) }
            try await self.install(message.fileName, from: file)
        }
    }

    /// Puts a complete archive into the place of the one there is, and has it deployed.
    private func install(_ fileName: String, from file: String) async throws {
        let name = Self.contextName(of: fileName)
        let target = self.folders.deploy + "/" + fileName
        try await self.serviced(name) { deployer in
            if deployer.isDeployed(name) { try await deployer.unmanage(name) }
            let isMoved = try await FileIO.run { FileIO.move(file, to: target) }
            guard isMoved else { throw FileError("rename", target) }
            try await deployer.check(name)
        }
        self.log.info("messageReceived", "Deployment of [\(name)] from another node is done")
    }

    private func undeploy(_ name: String) async throws {
        try await self.serviced(name) { deployer in
            if deployer.isDeployed(name) { try await deployer.unmanage(name) }
        }
        self.log.info("messageReceived", "Undeployment of [\(name)] is done")
    }

    private func serviced(_ name: String, _ body: (any Deployer) async throws -> Void) async throws {
        guard let deployer = self.deployer else {
            self.log.error("messageReceived", "The host deploys nothing")
            return
        }
        guard deployer.tryAddServiced(name) else {
            self.log.error("messageReceived", "Application [\(name)] is being serviced. Touch war file again!")
            return
        }
        defer { deployer.removeServiced(name) }
        try await body(deployer)
    }

    // MARK: Watching

    private func look() async throws {
        try await self.dropStaleTransfers()
        guard let watched = self.folders.watched else { return }
        let files = try await FileIO.run { Self.archives(in: watched) }
        let now = self.owner.now()
        let changes = self.state.withLock { $0.watch.look(at: files, now: now) }
        for name in changes.modified { try await self.modified(name, in: watched) }
        for name in changes.removed { try await self.removed(name) }
    }

    private static func archives(in folder: String) -> [String: Int64] {
        var files: [String: Int64] = [:]
        for name in FileIO.names(in: folder) ?? [] where self.isArchive(name) {
            guard let status = FileStatus(folder + "/" + name), status.kind == .file else { continue }
            files[name] = status.lastModified
        }
        return files
    }

    private func dropStaleTransfers() async throws {
        let limit = self.owner.now() - Int64(self.owner.configuration.maxValidTime) * 1000
        let stale = self.state.withLock { state in
            let names = state.transfers.filter { $0.value.lastUsed < limit }.map(\.key)
            for name in names { state.transfers[name] = nil }
            return names
        }
        for name in stale {
            self.log.warning("backgroundProcess", "The transfer of [\(name)] has stopped and is given up")
            let file = self.folders.temporary + "/" + name
            try await FileIO.run { try FileIO.removeTree(file) }
        }
    }

    private func modified(_ fileName: String, in watched: String) async throws {
        let (source, target) = (watched + "/" + fileName, self.folders.deploy + "/" + fileName)
        let name = Self.contextName(of: fileName)
        let isOld = try await FileIO.run {
            guard let new = FileStatus(source) else { return true }
            return FileStatus(target).map { $0.lastModified > new.lastModified } ?? false
        }
        if isOld { return }
        self.log.info("fileModified", "Installing webapp[\(name)] from [\(target)]")
        try await self.serviced(name) { deployer in
            try await FileIO.run {
                try FileIO.removeTree(target)
                try FileIO.copyTree(source, to: target)
            }
            try await deployer.check(name)
        }
        try await self.send(fileName, name, from: target)
    }

    private func removed(_ fileName: String) async throws {
        let name = Self.contextName(of: fileName)
        self.log.info("fileRemoved", "Removing webapp[\(name)]")
        if let cluster = self.owner.cluster {
            // Whoever gets it puts the sender there himself, and could not read a member of another version of its class.
            let message = FarmUndeployMessage(name, sender: nil, now: self.owner.now())
            _ = await cluster.arrives(cluster.enqueue(message))
        }
        try await self.undeploy(name)
    }

    /// Sends an archive to every member, piece by piece.
    private func send(_ fileName: String, _ name: String, from file: String) async throws {
        guard let cluster = self.owner.cluster, let status = FileStatus(file) else { return }
        let total = FarmFileMessage.total(size: status.size)
        for member in cluster.members {
            for number in 1...total {
                let offset = Int64(number - 1) * Int64(FarmFileMessage.pieceSize)
                let bytes = try await FileIO.run {
                    offset < status.size
                        ? try FileIO.readPart(of: file, at: offset, upTo: FarmFileMessage.pieceSize) : []
                }
                let message = FarmFileMessage(
                    number: number,
                    total: total,
                    contextName: name,
                    fileName: fileName,
                    bytes: bytes
                )
                guard await cluster.arrives(cluster.enqueue(message, to: member)) else { break }
            }
        }
    }
}

extension FileIO {
    /// Writes bytes behind those of a file, which is made if it is not there.
    ///
    /// Blocks.
    fileprivate static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.write(descriptor, raw.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno != EINTR { throw FileError("write", path) }
            if count > 0 { written += count }
        }
    }
}
