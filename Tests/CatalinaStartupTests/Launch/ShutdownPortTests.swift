import CatalinaCore
import Glibc
import Modeler
import TestSupport
import Testing

@testable import CatalinaStartup

@Suite(.timeLimit(.minutes(1))) struct ShutdownPortTests {
    /// Waits on a thread of its own; the stream ends when `wait` has returned.
    private static func waiting(_ port: ShutdownPort) -> AsyncStream<Void> {
        let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
        DetachedThread.run {
            port.wait()
            continuation.finish()
        }
        return ends
    }

    @Test("the command ends the wait and closes the port, anything else does not")
    func command() async throws {
        let port = try ShutdownPort(address: "127.0.0.1", port: 0, command: "SHUTDOWN")
        let number = port.port
        #expect(number > 0)
        let ends = Self.waiting(port)
        try ShutdownPort.send("HELLO", to: "127.0.0.1", port: number)
        try ShutdownPort.send("SHUTDOWN", to: "127.0.0.1", port: number)
        for await _ in ends {}
        #expect(throws: CatalinaCore.FileError.self) {
            try ShutdownPort.send("SHUTDOWN", to: "127.0.0.1", port: number)
        }
        port.stop()
    }

    @Test("a stop ends the wait of another thread, before and while it waits")
    func stop() async throws {
        for isWaiting in [true, false] {
            let port = try ShutdownPort(address: "127.0.0.1", port: 0, command: "SHUTDOWN")
            if !isWaiting { port.stop() }
            let ends = Self.waiting(port)
            if isWaiting {
                for _ in 0..<100 { await Task.yield() }
                port.stop()
            }
            for await _ in ends {}
            port.stop()
        }
    }

    @Test("properties that cannot be read are told, those that are not there are not")
    func properties() throws {
        let files = try FileTree("properties")
        let properties = SystemProperties(["a": "1"])
        #expect(Catalina.loadProperties(files["catalina.properties"], into: properties) == nil)
        try files.write("catalina.properties", "a=2\nb=3\n")
        #expect(Catalina.loadProperties(files["catalina.properties"], into: properties) == nil)
        #expect(properties.all == ["a": "1", "b": "3"])
        let folder = try files.makeDirectory("folder")
        #expect(Catalina.loadProperties(folder, into: properties)?.code == EISDIR)
    }
}
