import JavaSerialization
import NIOCore
import Testing
import Tribes

@testable import CatalinaHA

@Suite struct FarmMessageTests {
    @Test("a piece of an archive is read and written as Tomcat's", arguments: [("farm-file-1", 1), ("farm-file-2", 2)])
    func file(name: String, number: Int) throws {
        let recording = try Recording(name)
        let message = try FarmFileMessage(try recording.object)
        #expect(message.number == number && message.total == 2)
        #expect(message.contextName == "/farmed" && message.fileName == "farmed.war")
        #expect(message.bytes.count == (number == 1 ? FarmFileMessage.pieceSize : 6188))
        let written = [UInt8](try message.stream().readableBytesView)
        #expect(written.count == recording.body.count)
        let again = try FarmFileMessage(try Self.object(written))
        #expect(again == message)
        // What lies behind the bytes that count is whatever Tomcat had there.
        if number == 1 { #expect(written == recording.body) }
    }

    @Test("an undeployment is read and written as Tomcat's")
    func undeploy() throws {
        let recording = try Recording("farm-undeploy")
        let message = try FarmUndeployMessage(try recording.object)
        #expect(message.contextName == "/farmed")
        #expect(message.uniqueID == "Undeploy:/farmed:\(message.timestamp)")
        #expect(message.sender?.port == 14_000)
        #expect([UInt8](try message.stream().readableBytesView) == recording.body)
    }

    @Test("numbers that no file has are refused")
    func rejects() throws {
        for (number, total) in [(0, 1), (2, 1), (1, 0)] {
            let message = FarmFileMessage(number: number, total: total, contextName: "/a", fileName: "a.war", bytes: [])
            let object = try Self.object([UInt8](try message.stream().readableBytesView))
            #expect(throws: JavaSerializationError.self) { try FarmFileMessage(object) }
        }
    }

    @Test("a file has one piece more than it has full ones", arguments: [(0, 1), (1, 1), (10_240, 2), (10_241, 2)])
    func total(size: Int64, pieces: Int) {
        #expect(FarmFileMessage.total(size: size) == pieces)
    }

    private static func object(_ bytes: [UInt8]) throws -> JavaObject {
        var stream = try JavaObjectInputStream(bytes)
        return try #require(try stream.readObject().object)
    }
}

@Suite struct FarmTransferTests {
    private func piece(_ number: Int, of total: Int = 3, _ bytes: [UInt8]? = nil) -> FarmFileMessage {
        FarmFileMessage(
            number: number,
            total: total,
            contextName: "/a",
            fileName: "a.war",
            bytes: bytes ?? [UInt8(number)]
        )
    }

    @Test(
        "pieces are written in order, however they come",
        arguments: [[1, 2, 3], [3, 2, 1], [2, 3, 1], [1, 1, 3, 3, 2], [2, 2, 1, 1, 3]]
    )
    func orders(numbers: [Int]) {
        var transfer = FarmTransfer(self.piece(numbers[0]), now: 0)
        var written: [UInt8] = []
        var finished = 0
        for number in numbers {
            switch transfer.accept(self.piece(number), now: 5) {
            case .write(let bytes): written += bytes
            case .finish(let bytes):
                written += bytes
                finished += 1
            case .wait: break
            case .giveUp: Issue.record("given up")
            }
        }
        #expect(written == [1, 2, 3] && finished == 1)
        #expect(transfer.lastUsed == 5)
    }

    @Test("a transfer whose pieces do not belong together is given up")
    func giveUp() {
        var transfer = FarmTransfer(self.piece(1), now: 0)
        #expect(transfer.accept(self.piece(1), now: 0) == .write([1]))
        #expect(transfer.accept(self.piece(2, of: 4), now: 0) == .giveUp)
        var late = FarmTransfer(self.piece(2, of: 9), now: 0)
        let large = [UInt8](repeating: 0, count: FarmTransfer.waitingMaximum / 2 + 1)
        #expect(late.accept(self.piece(2, of: 9, large), now: 0) == .wait)
        #expect(late.accept(self.piece(3, of: 9, large), now: 0) == .giveUp)
    }

    @Test("a first piece that comes again begins another transfer")
    func replaced() {
        var transfer = FarmTransfer(self.piece(2), now: 0)
        _ = transfer.accept(self.piece(2), now: 0)
        #expect(!transfer.isReplaced(by: self.piece(1)))
        #expect(transfer.accept(self.piece(1), now: 0) == .write([1, 2]))
        #expect(!transfer.isReplaced(by: self.piece(3)))
        #expect(transfer.isReplaced(by: self.piece(1)))
    }

    @Test("a file is reported when it has settled, when it changes and when it goes")
    func watch() {
        var watch = FarmWatch()
        #expect(watch.look(at: ["a.war": 1_000], now: 2_000) == .init())
        #expect(watch.look(at: ["a.war": 1_000], now: 3_000) == .init(modified: ["a.war"]))
        #expect(watch.look(at: ["a.war": 1_000], now: 9_000) == .init())
        #expect(watch.look(at: ["a.war": 5_000, "b.war": 6_000], now: 9_000) == .init(modified: ["a.war", "b.war"]))
        #expect(watch.look(at: ["b.war": 6_000], now: 9_000) == .init(removed: ["a.war"]))
    }

    @Test(
        "a name that leads elsewhere is none of an archive",
        arguments: [
            ("a.war", true), ("A.WAR", true), ("a#b##2.war", true), ("../a.war", false), ("a/b.war", false),
            (".war", false), ("..war", false), ("a.jar", false), ("a.war\0", false),
        ]
    )
    func names(name: String, isArchive: Bool) {
        #expect(FarmWorker.isArchive(name) == isArchive)
    }
}
