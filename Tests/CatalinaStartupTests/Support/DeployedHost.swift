import Foundation
import Modeler
import Synchronization
import TestSupport

@testable import CatalinaCore
@testable import CatalinaStartup

/// A host with an appBase and an xmlBase of its own, and one application in them: `myapp`.
final class DeployedHost {
    /// The folders and files: `webapps`, `conf`, `external`, `work`.
    let files: FileTree
    let engine: StandardEngine
    let host: StandardHost
    let deployer: HostConfig

    static let descriptor = "conf/myapp.xml"
    static let archive = "webapps/myapp.war"
    static let folder = "webapps/myapp"
    static let embedded = "webapps/myapp/META-INF/context.xml"
    static let externalArchive = "external/ext.war"
    static let externalFolder = "external/extdir"

    init(_ change: (inout StandardHost.Configuration) -> Void = { _ in }) throws {
        _ = TestInstance.base
        self.files = try FileTree("host")
        var engine = StandardEngine.Configuration()
        engine.name = "Catalina"
        engine.defaultHost = "localhost"
        engine.backgroundProcessorDelay = -1
        self.engine = StandardEngine(configuration: engine)
        var host = StandardHost.Configuration()
        host.name = "localhost"
        host.appBase = self.files["webapps"]
        host.xmlBase = self.files["conf"]
        host.workDir = self.files["work"]
        change(&host)
        self.host = StandardHost(configuration: host)
        self.deployer = HostConfig(self.host, waitForReturn: {})
        self.host.lifecycle.add(self.deployer)
        try self.engine.attachChild(self.host)
        for folder in ["webapps", "conf", "external"] { try self.files.makeDirectory(folder) }
    }

    func start() async throws { try await self.engine.start() }

    /// What happens every ten seconds.
    func tick() async { await self.engine.backgroundProcessTree() }

    func stop() async throws {
        try await self.engine.stop()
        try await self.engine.destroy()
    }

    func context(_ name: String = "/myapp") -> StandardContext? { self.host.child(named: name) as? StandardContext }

    // MARK: Files

    /// Milliseconds before now that a file was last modified.
    func touch(_ path: String, age: Int64) throws {
        try self.files.touch(path, milliseconds: WallClock.milliseconds() - age)
    }

    func write(_ path: String, _ text: String) throws {
        try self.files.write(path, text)
        try self.touch(path, age: 10_000)
    }

    static func context(named cookie: String, _ attributes: String = "") -> String {
        "<Context sessionCookieName=\"\(cookie)\" \(attributes)/>"
    }

    func writeArchive(_ path: String = archive, descriptor: String? = nil, page: String = "archive") throws {
        var entries: [(name: String, text: String)] = [("WEB-INF/", ""), ("index.html", page)]
        if let descriptor { entries.append(("META-INF/context.xml", descriptor)) }
        try self.files.write(path, ZipArchive.bytes(entries))
        try self.touch(path, age: 10_000)
    }

    func writeFolder(_ path: String = folder, descriptor: String? = nil) throws {
        try self.write(path + "/index.html", "folder")
        try self.write(path + "/WEB-INF/web.xml", "<web-app/>")
        if let descriptor { try self.write(path + "/META-INF/context.xml", descriptor) }
        try self.touch(path, age: 10_000)
    }

    // MARK: What is there

    /// One letter each for descriptor, archive and folder; a dash for what is not there.
    var letters: String {
        [("X", Self.descriptor), ("W", Self.archive), ("D", Self.folder)]
            .map { self.files.exists($0.1) ? $0.0 : "-" }.joined()
    }

    /// Files, the descriptor that counts, and the state: as the recordings have them.
    struct Observation: Equatable, CustomStringConvertible {
        var files: String
        var config: String?
        var state: String?
        var description: String { "\(self.files) \(self.config ?? "nil") \(self.state ?? "nil")" }
    }

    var observation: Observation {
        let context = self.context()
        return Observation(
            files: self.letters,
            config: context?.configuration.sessionCookieName,
            state: context?.state.description
        )
    }
}

/// Remembers the events of a component.
final class EventRecorder: LifecycleListener {
    private let recorded = Mutex<[String]>([])
    var events: [String] { self.recorded.withLock { $0 } }

    func lifecycleEvent(_ event: LifecycleEvent) async throws {
        self.recorded.withLock { $0.append(event.kind.rawValue) }
    }
}
