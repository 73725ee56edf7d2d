import CatalinaCore
import Coyote

extension StatusReport {
    /// The report as `?JSON=true` answers it.
    var json: String {
        let memory = self.memory.heap
        let pools = self.memory.pools.map { pool in
            "      {\"name\":\"\(pool.name)\",\"type\":\"\(pool.type)\",\"usageInit\":\(pool.initial),"
                + "\"usageCommitted\":\(pool.committed),\"usageMax\":\(pool.maximum),\"usageUsed\":\(pool.used)}"
        }
        var json = "{\"tomcat\":{\n  \"jvm\":{\n"
        json += "    \"memory\":{\"free\":\(memory.committed - memory.used),\"total\":\(memory.committed),"
        json += "\"max\":\(memory.maximum)},\n    \"memorypool\":[\n"
        json += pools.joined(separator: ",\n") + "\n    ]\n  },\n  \"connector\":[\n"
        json += self.connectors.map(Self.json).joined(separator: ",\n") + "]"
        if !self.applications.isEmpty {
            json += ",\n  \"context\":[\n" + self.applications.map(Self.json).joined(separator: ",\n") + "\n  ]\n"
        }
        return json + "}}"
    }

    private static func json(_ connector: Connector) -> String {
        """
            {
              "name":"\(JSONText.escape(connector.name))",
              "threadInfo":{\(self.numbers(connector.threads, Array(self.threadNames.prefix(3))))},
              "requestInfo":{\(self.numbers(connector.requests, self.requestNames))}
            }
        """
    }

    private static func json(_ application: Application) -> String {
        let facts = application.facts
        let started = DateText.java(milliseconds: facts.number("startTime"))
        let servlets = application.servlets.map { servlet in
            "        {\"servletName\":\"\(JSONText.escape(servlet.name))\","
                + self.numbers(servlet.facts, self.servletNames) + "}"
        }
        let failure = facts.text("failure").map { ",\"failure\":\"\(JSONText.escape($0))\"" } ?? ""
        return """
                {
                  "name":"\(JSONText.escape(application.name))","state":"\(facts.text("stateName") ?? "")",\
            "startTime":"\(started)",\(self.numbers(facts, ["startupTime", "tldScanTime"]))\(failure),
                  "manager":{\(self.numbers(application.sessions, self.sessionNames))},
                  "jsp":{"jspCount":0,"jspReloadCount":0},
                  "wrapper":[
            \(servlets.joined(separator: ",\n"))
                  ]
                }
            """
    }

    private static func numbers(_ facts: Facts, _ names: [String]) -> String {
        names.map { "\"\($0)\":\(facts.number($0))" }.joined(separator: ",")
    }
}
