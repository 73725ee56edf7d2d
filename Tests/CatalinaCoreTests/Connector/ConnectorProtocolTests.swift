import Coyote
import Testing

@testable import CatalinaCore

@Suite struct ConnectorProtocolTests {
    @Test(
        "what does not speak HTTP/1.1, or has no port, opens none",
        arguments: [
            ("AJP/1.3", 0, "protocol=\"AJP/1.3\": AJP is not there yet"),
            (
                "org.apache.coyote.ajp.AjpNioProtocol", 0,
                "protocol=\"org.apache.coyote.ajp.AjpNioProtocol\": AJP is not there yet"
            ),
            ("HTTP/3", 0, "protocol=\"HTTP/3\" is unknown; there is HTTP/1.1"),
            ("HTTP/1.1", -1, "port out of range:-1"),
        ]
    )
    func refused(name: String, port: Int, problem: String) async {
        var configuration = Connector.Configuration()
        configuration.protocolName = name
        configuration.http11.port = port
        let connector = Connector(configuration: configuration)
        let error = await #expect(throws: (any Error).self) { try await connector.initialize() }
        #expect(((error as? LifecycleError)?.rootCause as? CoyoteError)?.message == problem)
        #expect(!connector.handler.isBound)
    }

    @Test(
        "every name of Tomcat's HTTP/1.1 listens",
        arguments: [
            "HTTP/1.1", "org.apache.coyote.http11.Http11NioProtocol", "org.apache.coyote.http11.Http11Nio2Protocol",
            "org.apache.coyote.http11.Http11AprProtocol",
        ]
    )
    func known(name: String) async throws {
        var configuration = Connector.Configuration()
        configuration.protocolName = name
        configuration.http11.address = "127.0.0.1"
        configuration.http11.port = 0
        let connector = Connector(configuration: configuration)
        try await connector.initialize()
        #expect(connector.handler.isBound)
        try await connector.destroy()
    }
}
