import CatalinaCore
import Coyote
import Glibc
import Juli
import Modeler
import NIOPosix
import ServerConfig
import Synchronization

/// The process: reads the configuration, runs the server, ends it.
///
/// Source: `org.apache.catalina.startup.Catalina`, `Bootstrap`.
package final class Catalina: Sendable {
    private let line: LaunchOptions
    /// Why `catalina.properties` could not be read, if it is there.
    private let propertiesFailure: CatalinaCore.FileError?
    private let logging = Mutex<LogManager?>(nil)
    private static let log = CategoryLogger("org.apache.catalina.startup.Catalina")
    private static let bootstrapLog = CategoryLogger("org.apache.catalina.startup.Bootstrap")

    init(_ line: LaunchOptions, propertiesFailure: CatalinaCore.FileError? = nil) {
        self.line = line
        self.propertiesFailure = propertiesFailure
    }

    /// Makes the calling thread, and those made by it, leave to the server the signals that it waits for.
    ///
    /// To be called on the first thread before any other is made; commands that end by themselves need nothing.
    package static func blockSignals(for words: [String]) {
        switch LaunchOptions(words).command {
        case .start, .run: Signals.block()
        default: break
        }
    }

    /// Carries out the command line.
    ///
    /// - Returns: what the process exits with.
    package static func run(_ words: [String]) async -> Int32 {
        let line = LaunchOptions(words)
        let propertiesFailure = self.setProperties(line)
        if let word = line.unknownWord {
            StandardStreams.error("catalina: unknown command [\(word)]\n\(self.usage)")
            return 1
        }
        let catalina = Catalina(line, propertiesFailure: propertiesFailure)
        switch line.command {
        case .start, .run: return await catalina.start()
        case .stop: return catalina.stop()
        case .configtest: return await catalina.configtest()
        case .version: return catalina.version()
        case .newWebapp: return NewWebapp.run(line.arguments, configFile: line.configFile)
        case .digest: return PasswordDigest.run(line.arguments)
        case .reference: return ReferenceCommand.run(line.arguments)
        case nil:
            StandardStreams.error(self.usage)
            return 1
        }
    }

    private static let usage = """
        usage: catalina [-config FILE] [-D<name>=<value>]... start|run|stop|configtest|version
               catalina new-webapp NAME DIR
               catalina digest [-a ALGORITHM] [-e ENCODING] [-i ITERATIONS] [-s SALT-LENGTH] [-k KEY-LENGTH] PASSWORD...
               catalina reference DIR
        """

    // MARK: Surroundings

    /// `-D` options, then `catalina.properties` for what they leave open.
    ///
    /// - Returns: why that file could not be read; `nil` if it was, or is not there.
    private static func setProperties(_ line: LaunchOptions) -> CatalinaCore.FileError? {
        let properties = SystemProperties.shared
        for (name, value) in line.properties { properties[name] = value }
        let home = properties.setIfAbsent(
            "catalina.home",
            to: Environment["CATALINA_HOME"] ?? FileIO.canonicalPath(".") ?? "."
        )
        properties.setIfAbsent("catalina.base", to: Environment["CATALINA_BASE"] ?? home)
        let temporary = properties.setIfAbsent(
            "java.io.tmpdir",
            to: Environment["CATALINA_TMPDIR"] ?? Places.base + "/temp"
        )
        if FileStatus(temporary) == nil { mkdir(temporary, 0o750) }
        if line.isNamingDisabled { properties["catalina.useNaming"] = "false" }
        properties.setIfAbsent("catalina.useNaming", to: "true")
        let file = properties["catalina.config"].map { Places.resolve($0) } ?? Places.base + "/conf/catalina.properties"
        return self.loadProperties(file, into: properties)
    }

    /// Sets what a file of properties says and nobody has set before.
    ///
    /// - Returns: why the file could not be read; `nil` if it was, or is not there.
    static func loadProperties(_ file: String, into properties: SystemProperties) -> CatalinaCore.FileError? {
        do throws(CatalinaCore.FileError) {
            let substitution = PropertySubstitution(properties)
            for entry in PropertiesFile(try FileIO.text(of: file)).entries {
                properties.setIfAbsent(entry.key, to: substitution.replace(entry.value).text)
            }
            return nil
        } catch {
            return error.code == ENOENT ? nil : error
        }
    }

    /// Starts the log that `logging.properties` describes.
    private func startLogging() {
        let file = SystemProperties.shared["java.util.logging.config.file"] ?? Places.base + "/conf/logging.properties"
        var surroundings = LogSurroundings()
        surroundings.property = { SystemProperties.shared[$0] }
        let manager = LogManager.bootstrap(
            configurationFile: FileStatus(file) == nil ? nil : file,
            surroundings: surroundings
        )
        self.logging.withLock { $0 = manager }
        if let warning = self.propertiesWarning {
            CategoryLogger("org.apache.catalina.startup.CatalinaProperties").warning("loadProperties", warning)
        }
    }

    private var propertiesWarning: String? {
        self.propertiesFailure.map { "Failed to load catalina.properties file: \($0)" }
    }

    private var configFile: String { Places.resolve(self.line.configFile) }

    // MARK: start

    private func start() async -> Int32 {
        Signals.block()
        self.startLogging()
        let begin = MonotonicClock.now()
        guard let server = self.load() else {
            Self.bootstrapLog.error("main", "Cannot start server. Server instance is not configured.")
            return self.end(1)
        }
        do {
            try await server.initialize()
            if ExitRules.failsWithConnector, let failure = server.connectorFailures.first {
                Announcement.send(Announcement.text(failure: failure))
                Self.bootstrapLog.error("main", "Error running command: \(failure)")
                return self.end(1)
            }
            self.logElapsed("load", "Server initialization in", since: begin)
            let ending = ServerEnding(of: server)
            Announcement.ofPorts(server, shutdownFailure: ending.failure).map(Announcement.send)
            let startBegin = MonotonicClock.now()
            try await server.start()
            Announcement.ofPorts(server, shutdownFailure: ending.failure).map(Announcement.send)
            self.logElapsed("start", "Server startup in", since: startBegin)
            ProgramPages.release()
            let signal = await ending.wait(for: server)
            await self.shutDown(server)
            return self.end(signal?.exitCode ?? 0)
        } catch {
            Self.log.error(
                "start",
                "The required Server component failed to start so Tomcat is unable to start.",
                error
            )
            Announcement.send(Announcement.text(failure: "The server could not start: \(error)"))
            await self.shutDown(server)
            return self.end(1)
        }
    }

    private func logElapsed(_ method: String, _ what: String, since begin: Int64) {
        Self.log.info(method, "\(what) [\((MonotonicClock.now() - begin) / 1_000_000)] milliseconds")
    }

    /// The server that the configuration describes; `nil` if it was rejected.
    private func load() -> StandardServer? {
        let outcome = Self.digest(self.configFile)
        for problem in outcome.problems { Problems.log(problem) }
        guard !outcome.isRejected, let server = outcome.component as? StandardServer else {
            Self.log.warning("parseServerXml", "Unable to load server configuration from [\(self.configFile)]")
            let reasons = outcome.problems.filter { $0.severity == .fatal }.map(\.description)
            Announcement.send(Announcement.text(failure: reasons.joined(separator: "\n")))
            return nil
        }
        return server
    }

    /// The connectors that the configuration file of a command line describes; nothing else of it is made.
    static func connectors(_ file: String) -> [Connector] {
        var digester = Digester(registry: Components.registry, substitution: PropertySubstitution(.shared))
        digester.add(ConnectorsAlone())
        guard let server = digester.digest(Places.resolve(file)).component as? StandardServer else { return [] }
        let connectors = server.services.flatMap(\.connectors)
        for connector in connectors {
            // Without its offset an address is a guess, and none is better.
            do { try connector.addPortOffset(server.configuration.portOffset) } catch { return [] }
        }
        return connectors
    }

    private static func digest(_ file: String) -> DigestOutcome {
        var digester = Digester(
            registry: Components.registry,
            substitution: PropertySubstitution(.shared) { name in
                self.log.warning("load", "The property source [\(name)] is unknown and left out")
            }
        )
        digester.add(ServerRuleSet())
        return digester.digest(file)
    }

    private func shutDown(_ server: StandardServer) async {
        do {
            if server.state.isAvailable || server.state == .failed { try await server.stop() }
            try await server.destroy()
        } catch {
            Self.log.error("stop", "Error stopping Catalina", error)
        }
    }

    private func end(_ code: Int32) -> Int32 {
        self.logging.withLock { $0 }?.shutdown()
        return code
    }

    // MARK: stop

    private func stop() -> Int32 {
        if let warning = self.propertiesWarning { StandardStreams.error(warning) }
        let outcome = Self.digest(self.configFile)
        guard let server = outcome.component as? StandardServer else {
            for problem in outcome.problems where problem.severity == .fatal {
                StandardStreams.error(problem.description)
            }
            return 1
        }
        guard server.portWithOffset > 0 else {
            StandardStreams.error(
                "No shutdown port configured. Shut down server through OS signal. Server not shut down."
            )
            return 1
        }
        let configuration = server.configuration
        do {
            try ShutdownPort.send(configuration.shutdown, to: configuration.address, port: server.portWithOffset)
            return 0
        } catch {
            StandardStreams.error(
                "Could not contact [\(configuration.address):\(server.portWithOffset)] (base port [\(configuration.port)] and "
                    + "offset [\(configuration.portOffset)]). Tomcat may not be running. (\(error))"
            )
            return 1
        }
    }

    // MARK: configtest, version

    private func configtest() async -> Int32 {
        self.startLogging()
        var test = ConfigTest { StandardStreams.error($0) }
        return self.end(await test.run(Self.digest(self.configFile), file: self.configFile))
    }

    private func version() -> Int32 {
        let system = SystemFacts.current
        StandardStreams.output(
            """
            Server version: \(ServerInfo.name)
            Server built:   \(ServerInfo.built)
            Server number:  \(ServerInfo.number)
            OS Name:        \(system.name)
            OS Version:     \(system.version)
            Architecture:   \(system.architecture)
            JVM Version:    \(SystemFacts.runtime)
            JVM Vendor:     \(SystemFacts.vendor)
            """
        )
        return 0
    }
}

extension StandardServer {
    /// Why connectors did not initialise, with their names.
    var connectorFailures: [String] {
        self.services.flatMap(\.connectors).compactMap { connector in
            connector.initializationFailure.map { "Failed to initialize component [\(connector.lifecycleName)]: \($0)" }
        }
    }
}
