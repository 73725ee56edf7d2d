import CatalinaCore
import Coyote
import Modeler

/// What `vminfo` tells: the process, the system, memory, and what the container runs in them.
///
/// The headings are Tomcat's where the thing exists without a virtual machine.
struct VirtualMachineReport: Sendable {
    let server: StandardServer?

    /// The lines of the answer; blocks on the kernel's files.
    func lines() -> [String] {
        ["OK - VM info", DateText.stamp(milliseconds: WallClock.milliseconds())]
            + Self.runtime() + Self.system() + Self.threads()
            + Self.section("Startup arguments", ProcessFacts.arguments)
            + Self.memory() + self.applications()
            + Self.section("System properties", SystemProperties.shared.shown.map { "\($0.name): \($0.value)" })
    }

    private static func section(_ title: String, _ lines: [String]) -> [String] {
        ["\(title):"] + lines.map { "  " + $0.onOneLine } + [""]
    }

    private static func runtime() -> [String] {
        self.section(
            "Runtime information",
            [
                "vmName: Swift", "vmVersion: \(SystemFacts.runtime)", "vmVendor: \(SystemFacts.vendor)",
                "specName: Jakarta Servlet Specification", "specVersion: 6.0", "specVendor: Eclipse Foundation",
                "name: \(ProcessFacts.processID)@\(SystemFacts.current.hostName)",
                "startTime: \(ProcessFacts.startTime)",
                "uptime: \(WallClock.milliseconds() - ProcessFacts.startTime)",
            ]
        )
    }

    private static func system() -> [String] {
        let system = SystemFacts.current
        return self.section(
            "OS information",
            [
                "name: \(system.name)", "version: \(system.version)", "architecture: \(system.architecture)",
                "availableProcessors: \(SystemFacts.processorCount)",
                "systemLoadAverage: \(ProcessFacts.loadAverage.javaText)",
                "openFileDescriptorCount: \(ProcessFacts.openFileCount)",
                "maxFileDescriptorCount: \(ProcessFacts.openFileMaximum)",
            ]
        )
    }

    private static func threads() -> [String] {
        let count = ProcessFacts.current().threadCount
        return self.section("Thread counts", ["daemon: \(max(0, count - 1))", "total: \(count)"])
    }

    private static func memory() -> [String] {
        let facts = ProcessFacts.current()
        let pools = facts.pools.flatMap { pool in
            self.section(
                "Memory Pool [\(pool.name)]",
                [
                    "getType: \(pool.type)", "current init: \(pool.initial)", "current used: \(pool.used)",
                    "current committed: \(pool.committed)", "current max: \(pool.maximum)", "peak used: \(pool.peak)",
                ]
            )
        }
        let heap = facts.heap
        return self.section(
            "Memory information",
            [
                "heap init: \(heap.initial)", "heap used: \(heap.used)", "heap committed: \(heap.committed)",
                "heap max: \(heap.maximum)", "non-heap init: 0", "non-heap used: \(facts.fileSize)",
                "non-heap committed: \(facts.fileSize)", "non-heap max: -1",
            ]
        ) + pools
    }

    /// Every application: its modules, or why it did not start.
    private func applications() -> [String] {
        let hosts = self.server?.services.compactMap(\.engine).flatMap(\.hosts) ?? []
        let lines = hosts.flatMap { host in
            host.contexts.map { context in
                let modules = context.loader?.moduleNames ?? []
                let detail = context.failure.map { " failed: \($0)" } ?? ""
                let names = modules.isEmpty ? "" : " modules: \(modules.joined(separator: ", "))"
                return "\(host.name)\(context.beanContextName): \(context.state)\(names)\(detail)"
            }
        }
        return Self.section("Applications", lines)
    }
}

/// What `threaddump` tells: threads of the process, connectors, and requests being served.
///
/// A request that waits holds no thread, so it appears by itself.
struct ThreadDumpReport: Sendable {
    /// One connector and its requests.
    struct ConnectorState: Sendable {
        let name: String
        let state: String
        let connections: Int
        let requests: [String]
    }

    let threads: [ProcessThread]
    let connectors: [ConnectorState]

    /// Looks at the process and the server.
    static func current(of server: StandardServer?) async throws -> ThreadDumpReport {
        let threads = try await FileIO.run { ProcessThread.all() }
        var states: [ConnectorState] = []
        for connector in server?.services.flatMap(\.connectors) ?? [] {
            let requests = await connector.handler.requestInfos().map { info in
                let query = info.line.query.map { "?" + $0 } ?? ""
                return
                    "\(info.line.method) \(info.line.path)\(query) \(info.line.protocolName) from \(info.remoteAddress), "
                    + "stage \(info.stage.rawValue), for \(info.requestProcessingTime.milliseconds) ms"
            }
            states.append(
                ConnectorState(
                    name: connector.lifecycleName,
                    state: connector.state.description,
                    connections: connector.openConnections,
                    requests: requests
                )
            )
        }
        return ThreadDumpReport(threads: threads, connectors: states)
    }

    func lines(at milliseconds: Int64) -> [String] {
        var lines = [
            "OK - JVM thread dump", DateText.stamp(milliseconds: milliseconds),
            "Full thread dump \(ServerInfo.name) (\(SystemFacts.runtime)):", "",
        ]
        for thread in self.threads {
            let (processor, user) = (thread.processorTime * 1_000_000, thread.userTime * 1_000_000)
            lines.append("\"\(thread.name)\" Id=\(thread.id) cpu=\(processor) ns usr=\(user) ns")
            lines += ["   java.lang.Thread.State: \(thread.stateText)", ""]
        }
        for connector in self.connectors {
            lines.append("\(connector.name) \(connector.state), connections: \(connector.connections)")
            lines += connector.requests.map { "   " + $0.onOneLine } + [""]
        }
        return lines
    }
}
