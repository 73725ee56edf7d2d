import CatalinaCore
package import JavaSerialization
package import Modeler
import Synchronization
package import Tribes

/// Brings the archives of one folder to all nodes of a cluster, and removes them there when they are removed here.
///
/// One node watches the folder; all receive. An archive is put together in `tempDir` and takes the place of the old
/// one when it is complete, so that an interrupted transfer changes nothing.
/// Isolation: any thread; messages: channel loop.
/// Source: `org.apache.catalina.ha.deploy.FarmWarDeployer`; differs from it in: a file whose size is a multiple of a
/// piece's is completed by an empty piece, which Tomcat waits for in vain.
package final class FarmWarDeployer: ClusterDeployer, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// Where archives are deployed from, relative to CATALINA_BASE: the host's appBase.
        package var deployDir: String?
        /// Where archives are put together.
        package var tempDir: String?
        /// The folder that is watched.
        package var watchDir: String?
        /// Whether it is.
        package var watchEnabled = false
        /// Background rounds between two looks at the folder.
        package var processDeployFrequency = 2
        /// Seconds after which a transfer that has stopped is given up.
        package var maxValidTime = 300

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<FarmWarDeployer>(
        className: "org.apache.catalina.ha.deploy.FarmWarDeployer",
        kind: .deployer,
        "Brings the archives of a folder to all nodes",
        defaults: Configuration(),
        attributes: [
            Attribute("deployDir", \.deployDir, "Where archives are deployed from: the host's appBase"),
            Attribute("tempDir", \.tempDir, "Where archives are put together"),
            Attribute("watchDir", \.watchDir, "The folder that is watched"),
            Attribute("watchEnabled", \.watchEnabled, "Whether it is"),
            Attribute(
                "processDeployFrequency",
                \.processDeployFrequency,
                "Background rounds between two looks at the folder"
            ),
            Attribute("maxValidTime", \.maxValidTime, "Seconds after which a transfer that has stopped is given up"),
        ]
    )

    enum Work: Sendable {
        case piece(FarmFileMessage)
        case undeploy(String)
        case look
    }

    /// Messages that may wait for the disk; a piece above that is lost, and its transfer with it.
    static let workMaximum = 4_096

    struct Protected {
        weak var cluster: SimpleTcpCluster?
        var work: AsyncStream<Work>.Continuation?
        var rounds = 0
    }

    private let settings: Mutex<Configuration>
    let protected = Mutex(Protected())
    private let tasks = OwnedTasks()
    let now: @Sendable () -> Int64

    package init(configuration: Configuration, now: @escaping @Sendable () -> Int64) {
        self.settings = Mutex(configuration)
        self.now = now
    }

    package convenience init(configuration: Configuration) {
        self.init(configuration: configuration, now: WallClock.milliseconds)
    }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
    }

    var cluster: SimpleTcpCluster? { self.protected.withLock { $0.cluster } }
    var log: CategoryLogger { CategoryLogger("org.apache.catalina.ha.deploy.FarmWarDeployer") }

    // MARK: ClusterDeployer

    package func attach(to cluster: SimpleTcpCluster) { self.protected.withLock { $0.cluster = cluster } }

    package func start() async throws {
        guard let host = self.cluster?.container as? StandardHost else {
            self.log.error("start", "FarmWarDeployer can only work as host cluster subelement!")
            return
        }
        guard let folders = Folders(self.configuration) else {
            self.log.error("start", "FarmWarDeployer needs deployDir and tempDir")
            return
        }
        try await FileIO.run { try folders.prepare() }
        let (stream, continuation) = AsyncStream.makeStream(
            of: Work.self,
            bufferingPolicy: .bufferingOldest(Self.workMaximum)
        )
        self.protected.withLock { $0.work = continuation }
        let worker = FarmWorker(self, host: host, folders: folders)
        self.tasks.run { await worker.run(stream) }
        self.log.info("start", "Cluster FarmWarDeployer started.")
    }

    package func stop() async {
        let work = self.protected.withLock { protected in
            defer { protected.work = nil }
            return protected.work
        }
        work?.finish()
        self.tasks.cancelAll()
    }

    package func backgroundProcess() async {
        let frequency = max(1, self.configuration.processDeployFrequency)
        let isDue = self.protected.withLock { protected in
            protected.rounds = (protected.rounds + 1) % frequency
            return protected.rounds == 0
        }
        if isDue { self.enqueue(.look) }
    }

    // MARK: ClusterListener

    package func accepts(_ object: JavaObject) -> Bool {
        object.className == FarmFileMessage.className || object.className == FarmUndeployMessage.className
    }

    package func messageReceived(_ object: JavaObject, _ received: ReceivedMessage, in cluster: SimpleTcpCluster) throws
    {
        if object.className == FarmFileMessage.className {
            self.enqueue(.piece(try FarmFileMessage(object)))
        } else {
            self.enqueue(.undeploy(try FarmUndeployMessage(object).contextName))
        }
    }

    private func enqueue(_ work: Work) {
        guard let continuation = self.protected.withLock({ $0.work }) else { return }
        if case .dropped = continuation.yield(work) {
            self.log.error("messageReceived", "The disk does not keep up with the archives that other nodes send")
        }
    }
}

extension FarmWarDeployer {
    /// The folders of the attributes.
    struct Folders: Sendable {
        let deploy: String
        let temporary: String
        /// nil if nothing is watched.
        let watched: String?

        init?(_ configuration: Configuration) {
            guard let deploy = configuration.deployDir, let temporary = configuration.tempDir else { return nil }
            self.deploy = BaseDirectory.absolute(deploy)
            self.temporary = BaseDirectory.absolute(temporary)
            self.watched = configuration.watchEnabled ? configuration.watchDir.map { BaseDirectory.absolute($0) } : nil
        }

        /// Makes the folders; what an earlier run left half received goes.
        func prepare() throws {
            for folder in [self.deploy, self.temporary, self.watched].compactMap({ $0 }) {
                try FileIO.makeDirectories(folder)
            }
            for name in FileIO.names(in: self.temporary) ?? [] where FarmWorker.isArchive(name) {
                try FileIO.removeTree(self.temporary + "/" + name)
            }
        }
    }

    package static let beanInfo = BeanInfo<FarmWarDeployer>(type: "Cluster")
}
