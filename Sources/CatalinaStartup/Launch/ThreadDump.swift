import CatalinaCore

/// What the server is doing, printed on SIGQUIT.
///
/// In the place of a JVM's thread dump: threads of the process, connectors, contexts.
enum ThreadDump {
    static func print(_ server: StandardServer) {
        var lines = ["Full thread dump \(ServerInfo.name):", ""]
        for thread in FileIO.names(in: "/proc/self/task") ?? [] {
            let name = (try? FileIO.pseudoFileText("/proc/self/task/\(thread)/comm")) ?? "?"
            lines.append("\"\(name)\" #\(thread)")
        }
        lines.append("")
        for service in server.services {
            for connector in service.connectors {
                lines.append("\(connector.lifecycleName) \(connector.state) connections=\(connector.openConnections)")
            }
            for host in service.engine?.hosts ?? [] {
                for context in host.contexts {
                    lines.append(
                        "Context [\(host.name)\(context.path)] \(context.state) requests=\(context.statistics.requestCount)"
                    )
                }
            }
        }
        StandardStreams.output(lines.joined(separator: "\n"))
    }
}
