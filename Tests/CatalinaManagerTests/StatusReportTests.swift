import CatalinaCore
import Foundation
import Modeler
import Testing

@testable import CatalinaManager

@Suite struct StatusReportTests {
    private var report: StatusReport {
        var report = StatusReport(memory: .current())
        let worker = StatusReport.Facts([
            "stage": .int(3), "requestProcessingTime": .long(12), "requestBytesSent": .long(5),
            "requestBytesReceived": .long(0), "remoteAddr": .string("127.0.0.1"), "virtualHost": .string("localhost"),
            "method": .string("GET"), "currentUri": .string("/a<b>"), "currentQueryString": .string("x=\"1\"&y='2'"),
            "protocol": .string("HTTP/1.1"),
        ])
        report.connectors = [
            StatusReport.Connector(
                name: "http-nio-8080",
                threads: .init(["maxThreads": .int(200), "currentThreadCount": .int(2), "currentThreadsBusy": .int(1)]),
                requests: .init([
                    "maxTime": .long(9), "processingTime": .long(1234), "requestCount": .long(42),
                    "errorCount": .long(1), "bytesReceived": .long(10), "bytesSent": .long(20),
                ]),
                workers: [.init(facts: worker), .init(facts: .init(["stage": .int(6)]))]
            )
        ]
        return report
    }

    @Test("XML is Tomcat's, from the connectors on")
    func xml() throws {
        let xml = self.report.xml
        #expect(xml.hasPrefix("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<status><jvm><memory free='"))
        let connector = """
            </jvm><connector name='"http-nio-8080"'>\
            <threadInfo  maxThreads="200" currentThreadCount="2" currentThreadsBusy="1" />\
            <requestInfo  maxTime="9" processingTime="1234" requestCount="42" errorCount="1" \
            bytesReceived="10" bytesSent="20" /><workers>\
            <worker  stage="S" requestProcessingTime="12" requestBytesSent="5" requestBytesReceived="0" \
            remoteAddr="127.0.0.1" virtualHost="localhost" method="GET" currentUri="/a&lt;b&gt;" \
            currentQueryString="x=&quot;1&quot;&amp;y=&apos;2&apos;" protocol="HTTP/1.1" />\
            <worker  stage="K" requestProcessingTime="0" requestBytesSent="0" requestBytesReceived="0" \
            remoteAddr="?" virtualHost="?" method="?" currentUri="?" currentQueryString="?" protocol="?" />\
            </workers></connector></status>
            """
        #expect(xml.hasSuffix(connector))
    }

    @Test("JSON is Tomcat's, from the connectors on, and is JSON")
    func json() throws {
        let json = self.report.json
        #expect(
            json.hasSuffix(
                """
                    ]
                  },
                  "connector":[
                    {
                      "name":"http-nio-8080",
                      "threadInfo":{"maxThreads":200,"currentThreadCount":2,"currentThreadsBusy":1},
                      "requestInfo":{"maxTime":9,"processingTime":1234,"requestCount":42,"errorCount":1,\
                "bytesReceived":10,"bytesSent":20}
                    }]}}
                """
            )
        )
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.utf8)) }
    }

    @Test("the complete status tells of every application")
    func complete() async throws {
        let server = try await ManagedServer()
        let report = await StatusReport.read(from: server.server.beans, isComplete: true)
        let names = report.applications.map(\.name).sorted()
        #expect(names == ["/", "/broken", "/manager", "/sx", "/t"].map { "localhost" + $0 })
        let application = try #require(report.applications.first { $0.name == "localhost/t" })
        #expect(application.servlets.map(\.name) == ["default"])
        let parsed = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: [String: Any]]
        #expect((parsed?["tomcat"]?["context"] as? [Any])?.count == 5)
        let html = report.html(in: ManagerFrame(root: "/manager"))
        #expect(html.contains("<h3>localhost&#47;broken</h3>"))
        #expect(html.contains("offers the listener class [no.such.L]"))
        try await server.server.stop()
    }

    @Test(
        "the name of a module has a host and a path",
        arguments: [("//localhost/", "localhost", "/"), ("//h/a##2", "h", "/a##2"), ("\"//h/a,b\"", "h", "/a,b")]
    )
    func modules(name: String, host: String, context: String) {
        let parts = ModuleName(name).parts
        #expect(parts.host == host)
        #expect(parts.context == context)
    }
}
