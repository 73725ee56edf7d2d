import CatalinaCore
import Modeler
import TestSupport
import Testing

@testable import CatalinaStartup

@Suite struct AnnouncementTests {
    private static let open = Announcement.PortReport(address: "http://localhost:8080/", name: "c1", failure: nil)
    private static let taken = Announcement.PortReport(
        address: "https://localhost:8443/",
        name: "c2",
        failure: "Address already in use"
    )
    private static let socket = Announcement.PortReport(address: nil, name: "c3", failure: "no such folder")

    @Test(
        "only addresses that answer are promised",
        arguments: [
            ([open], nil, "up\nhttp://localhost:8080/\n"),
            ([], nil, "up\n"),
            ([taken], nil, "down\nNothing answers at https://localhost:8443/: Address already in use\n"),
            (
                [open, socket], nil,
                "up\nhttp://localhost:8080/\nNothing answers at c3: no such folder\n"
            ),
            (
                [open], "8005 is taken",
                "down\nhttp://localhost:8080/\n"
                    + "The server stops again, because its shutdown port cannot be opened: 8005 is taken\n"
            ),
        ] as [([Announcement.PortReport], String?, String)]
    )
    func promises(ports: [Announcement.PortReport], shutdownFailure: String?, text: String) {
        #expect(Announcement.text(ports, shutdownFailure: shutdownFailure) == text)
    }

    @Test(
        "addresses are those that a browser on this machine can use",
        arguments: [
            (#"port="8080""#, "http://localhost:8080/"),
            (#"port="8080" address="0.0.0.0""#, "http://localhost:8080/"),
            (#"port="8443" SSLEnabled="true" address="example.org""#, "https://example.org:8443/"),
            (#"port="81" address="fd00::1""#, "http://[fd00::1]:81/"),
            (#"port="81" protocol="org.apache.coyote.http11.Http11Nio2Protocol""#, "http://localhost:81/"),
            (#"port="8009" protocol="AJP/1.3""#, nil),
            (#"port="0""#, nil),
            (#"port="1" unixDomainSocketPath="/tmp/s""#, nil),
        ] as [(String, String?)]
    )
    func addresses(connector: String, address: String?) throws {
        let files = try FileTree("connectors")
        try files.write("server.xml", "<Server><Service><Connector \(connector)/><Engine/></Service></Server>")
        let connectors = Catalina.connectors(files["server.xml"])
        #expect(connectors.map(\.browserAddress) == [address])
        let page = address.map { $0 + "shop/hello" } ?? "/shop/hello at your server's address"
        #expect(NewWebapp.address("Shop", connectors) == page)
    }
}
