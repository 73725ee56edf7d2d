import CatalinaCore
import Modeler

extension StatusReport {
    /// The report as `?XML=true` answers it: one line behind the declaration.
    var xml: String {
        let memory = self.memory.heap
        var xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<status><jvm>"
        xml += "<memory free='\(memory.committed - memory.used)' total='\(memory.committed)' max='\(memory.maximum)'/>"
        for pool in self.memory.pools {
            xml += "<memorypool name='\(pool.name)' type='\(pool.type)' usageInit='\(pool.initial)' "
            xml += "usageCommitted='\(pool.committed)' usageMax='\(pool.maximum)' usageUsed='\(pool.used)'/>"
        }
        xml += "</jvm>"
        for connector in self.connectors { xml += Self.xml(connector) }
        return xml + "</status>"
    }

    private static func xml(_ connector: Connector) -> String {
        let threads = Self.threadNames.prefix(3).map { "\($0)=\"\(connector.threads.number($0))\"" }
        let requests = Self.requestNames.map { "\($0)=\"\(connector.requests.number($0))\"" }
        return "<connector name='\"\(XMLEscape.attribute(connector.name.onOneLine))\"'>"
            + "<threadInfo  \(threads.joined(separator: " ")) />"
            + "<requestInfo  \(requests.joined(separator: " ")) />"
            + "<workers>" + connector.workers.map(self.xml).joined() + "</workers></connector>"
    }

    private static func xml(_ worker: Worker) -> String {
        var xml = "<worker  stage=\"\(worker.stage)\""
        for name in Self.workerNames.dropFirst() {
            let isNumber = ["requestProcessingTime", "requestBytesSent", "requestBytesReceived"].contains(name)
            let value: String
            if isNumber {
                value = worker.hasRequest ? String(worker.facts.number(name)) : "0"
            } else {
                let text = worker.hasRequest ? worker.facts.text(name) ?? "" : ""
                value = text.isEmpty ? "?" : XMLEscape.attribute(text.onOneLine)
            }
            xml += " \(name)=\"\(value)\""
        }
        return xml + " />"
    }
}
