import CatalinaCore
import Modeler

/// Everything that `/manager/status` shows, read from the beans at one moment.
///
/// Source: `org.apache.catalina.manager.StatusTransformer`.
struct StatusReport: Sendable {
    /// Some attributes of one bean, by name.
    struct Facts: Sendable {
        private let values: [String: BeanValue]

        init(_ values: [String: BeanValue]) { self.values = values }

        init(_ bean: RegisteredBean?, _ names: [String]) {
            var values: [String: BeanValue] = [:]
            for name in names {
                if let value = try? bean?.get(name) { values[name] = value }
            }
            self.values = values
        }

        /// The value as text; `nil` if it is missing or null.
        func text(_ name: String) -> String? {
            guard let value = self.values[name], value != .null else { return nil }
            return value.text
        }

        /// The value as a whole number; 0 if it is missing.
        func number(_ name: String) -> Int64 { Int64(self.values[name]?.number ?? 0) }
    }

    struct Connector: Sendable {
        /// `http-nio-8080`.
        let name: String
        let threads: Facts
        let requests: Facts
        let workers: [Worker]
    }

    struct Worker: Sendable {
        let facts: Facts

        /// The letter that stands for how far the request has come.
        var stage: Character {
            switch self.facts.number("stage") {
            case 1, 2: "P"
            case 3: "S"
            case 4, 5: "F"
            case 6: "K"
            case 0, 7: "R"
            default: "?"
            }
        }

        /// Whether there is a request to tell of.
        var hasRequest: Bool { self.stage == "S" || self.stage == "F" }
    }

    struct Application: Sendable {
        /// Host and path: `localhost/app`.
        let name: String
        let facts: Facts
        let sessions: Facts
        let servlets: [Servlet]
    }

    struct Servlet: Sendable {
        let name: String
        let mappings: [String]
        let facts: Facts
    }

    var memory: ProcessFacts
    var connectors: [Connector] = []
    /// Empty unless the complete status was asked for.
    var applications: [Application] = []

    static let threadNames = ["maxThreads", "currentThreadCount", "currentThreadsBusy", "keepAliveCount"]
    static let requestNames = [
        "maxTime", "processingTime", "requestCount", "errorCount", "bytesReceived", "bytesSent",
    ]
    static let workerNames = [
        "stage", "requestProcessingTime", "requestBytesSent", "requestBytesReceived", "remoteAddr", "virtualHost",
        "method", "currentUri", "currentQueryString", "protocol",
    ]
    static let applicationNames = ["stateName", "startTime", "startupTime", "tldScanTime", "failure"]
    static let sessionNames = [
        "activeSessions", "sessionCounter", "maxActive", "rejectedSessions", "expiredSessions", "sessionMaxAliveTime",
        "sessionAverageAliveTime", "processingTime",
    ]
    static let servletNames = ["processingTime", "maxTime", "requestCount", "errorCount", "loadTime", "classLoadTime"]

    /// Reads the beans; applications only for the complete status.
    static func read(from beans: BeanRegistry, isComplete: Bool) async -> StatusReport {
        var report = StatusReport(memory: .current())
        for pool in await self.query(beans, [("type", "ThreadPool")]) {
            guard let name = pool.name["name"] else { continue }
            let group = await self.query(beans, [("type", "GlobalRequestProcessor"), ("name", name)])
            let workers = await self.query(beans, [("type", "RequestProcessor"), ("worker", name)])
            report.connectors.append(
                Connector(
                    name: ObjectName.unquote(name) ?? name,
                    threads: Facts(pool, self.threadNames),
                    requests: Facts(group.first { $0.name["Upgrade"] == nil }, self.requestNames),
                    workers: workers.map { Worker(facts: Facts($0, self.workerNames)) }
                )
            )
        }
        guard isComplete else { return report }
        for module in await self.query(beans, [("j2eeType", "WebModule")]) {
            report.applications.append(await self.application(module, beans))
        }
        return report
    }

    private static func application(_ module: RegisteredBean, _ beans: BeanRegistry) async -> Application {
        let (host, context) = ModuleName(module.name["name"] ?? "").parts
        let managers = await self.query(beans, [("type", "Manager"), ("host", host), ("context", context)])
        let servlets = await self.query(beans, [("j2eeType", "Servlet"), ("WebModule", module.name["name"] ?? "")])
        return Application(
            name: host + context,
            facts: Facts(module, self.applicationNames),
            sessions: Facts(managers.first, self.sessionNames),
            servlets: servlets.map { servlet in
                var mappings: [String] = []
                if case .array(_, let items) = try? servlet.get("mappings") { mappings = items.map(\.text) }
                return Servlet(
                    name: servlet.name["name"] ?? "",
                    mappings: mappings,
                    facts: Facts(servlet, self.servletNames)
                )
            }
        )
    }

    private static func query(_ beans: BeanRegistry, _ properties: [(String, String)]) async -> [RegisteredBean] {
        let pattern = properties.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
        guard let name = try? ObjectName("*:\(pattern),*") else { return [] }
        return await beans.query(name)
    }
}

/// The `name` of a `WebModule`: `//localhost/app##2`.
struct ModuleName {
    let text: String

    init(_ text: String) { self.text = ObjectName.unquote(text) ?? text }

    /// Host, and path with version; the root's is `/`.
    var parts: (host: String, context: String) {
        let rest = self.text.drop { $0 == "/" }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        return (String(rest[..<slash]), slash == rest.endIndex ? "/" : String(rest[slash...]))
    }
}
