import CatalinaCore
import Modeler
import ServerConfig

/// Checks an instance's files without starting it, and prints every problem once.
///
/// The exit code is that of a start: 0 where the server would run, even if an application in it would not.
/// Source: `Catalina.load` with `configtest`; differs from it in: all problems, and those of applications too.
struct ConfigTest {
    private let print: (String) -> Void
    private var printed: Set<String> = []

    init(print: @escaping (String) -> Void) { self.print = print }

    /// - Returns: what the process exits with.
    mutating func run(_ outcome: DigestOutcome, file: String) async -> Int32 {
        self.report(outcome.problems)
        guard !outcome.isRejected, let server = outcome.component as? StandardServer else { return 1 }
        let references = self.references(in: file)
        self.report(references)
        self.checkDefaultHosts(of: server, file: file)
        self.checkFolders(of: server, file: file)
        self.checkApplications(of: server)
        guard !references.contains(where: { $0.severity == .fatal }) else { return 1 }
        do {
            try await server.initialize()
            let failures = server.connectorFailures
            self.printConnectorFailures(of: server, file: file)
            try await server.destroy()
            return !failures.isEmpty && ExitRules.failsWithConnector ? 1 : 0
        } catch {
            self.print("\(file): error: \(error)")
            return 1
        }
    }

    /// Prints why connectors cannot work, each with its place if the file tells which is which.
    private func printConnectorFailures(of server: StandardServer, file: String) {
        let connectors = server.services.flatMap(\.connectors)
        let places = self.connectorPlaces(in: file)
        for (index, connector) in connectors.enumerated() {
            guard let failure = connector.initializationFailure else { continue }
            let place =
                places.count == connectors.count
                ? "\(file):\(places[index].line): error: [\(places[index].path)]" : "\(file): error:"
            self.print("\(place) Failed to initialize component [\(connector.lifecycleName)]: \(failure)")
        }
    }

    /// None of a file that cannot be read, which has been told by then.
    private func connectorPlaces(in file: String) -> [ConfigPlace] {
        do { return ServerReferences.connectors(of: try XMLReader().read(file)) } catch { return [] }
    }

    private func references(in file: String) -> [ConfigProblem] {
        do {
            return ServerReferences.problems(
                of: try XMLReader().read(file),
                substitution: PropertySubstitution(.shared)
            )
        } catch {
            return [ConfigProblem(unreadable: error)]
        }
    }

    private func checkDefaultHosts(of server: StandardServer, file: String) {
        for engine in server.services.compactMap(\.engine) where !engine.hasDefaultHost {
            self.print(
                "\(file): warning: [Server/Service/Engine] attribute [defaultHost]: "
                    + "there is no Host of the name [\(engine.defaultHost)]"
            )
        }
    }

    /// Prints what is not there although a start does without it: the hosts' folders, the defaults of applications.
    private func checkFolders(of server: StandardServer, file: String) {
        for host in server.services.flatMap({ $0.engine?.hosts ?? [] }) {
            let folder = DeploymentRules(host).appBase
            guard FileStatus(folder)?.kind != .directory else { continue }
            self.print(
                "\(file): warning: [Server/Service/Engine/Host] attribute [appBase]: "
                    + "there is no directory [\(folder)], and so no application"
            )
        }
        let defaults = Places.resolve("conf/web.xml")
        guard FileStatus(defaults) == nil else { return }
        self.print(
            "\(defaults): warning: No global web.xml found: applications have no default servlet, files are not served"
        )
    }

    private mutating func checkApplications(of server: StandardServer) {
        for service in server.services {
            for host in service.engine?.hosts ?? [] {
                for finding in ApplicationCheck(host).findings() {
                    self.report(finding.problems)
                    guard finding.isFatal else { continue }
                    self.print(
                        "The application [\(finding.application)] of the host [\(host.name)] would not start; "
                            + "the server would run without it."
                    )
                }
            }
        }
    }

    /// Prints problems; default files stand under many applications, and theirs are printed once.
    private mutating func report(_ problems: [ConfigProblem]) {
        for problem in problems where self.printed.insert(problem.description).inserted {
            self.print(problem.description)
        }
    }
}

/// What makes a start fail as a whole.
enum ExitRules {
    /// Whether a connector that cannot be initialised ends the process.
    static var failsWithConnector: Bool {
        SystemProperties.shared.isTrue("org.apache.catalina.startup.EXIT_ON_INIT_FAILURE")
    }
}
