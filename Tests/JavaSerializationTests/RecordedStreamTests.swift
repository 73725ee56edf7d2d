import NIOCore
import TestSupport
import Testing

@testable import JavaSerialization

@Suite struct RecordedStreamTests {
    /// Above it only some cuts are tried.
    private static let cutsMaximum = 1_000

    @Test("a stream holds what its annotation lists", arguments: RecordedStream.all)
    func holds(stream: RecordedStream) throws {
        #expect(stream.events.contains(StreamEvents(try JavaStream(stream.bytes)).list))
    }

    @Test("a stream that Java wrote comes out byte for byte", arguments: RecordedStream.all)
    func encodesAgain(stream: RecordedStream) throws {
        let encoded = try JavaStream(stream.bytes).encoded()
        #expect([UInt8](encoded.readableBytesView) == stream.bytes)
    }

    @Test("at every cut a stream ends in truncation or between two contents", arguments: RecordedStream.all)
    func ends(stream: RecordedStream) throws {
        let step = max(1, stream.bytes.count / Self.cutsMaximum)
        for cut in stride(from: 0, to: stream.bytes.count, by: step) {
            do throws(JavaSerializationError) {
                let whole = try JavaStream(Array(stream.bytes[..<cut]))
                #expect([UInt8](whole.encoded().readableBytesView) == Array(stream.bytes[..<cut]))
            } catch {
                #expect(error == .truncated, "cut at byte \(cut)")
            }
        }
    }

    @Test("what is read one by one means the same when written again", arguments: RecordedStream.all)
    func meansTheSame(stream: RecordedStream) throws {
        let first = try ReadPiece.all(of: stream.bytes)
        let again = try ReadPiece.all(of: try ReadPiece.written(first))
        #expect(try again.map { try $0.shape } == first.map { try $0.shape })
    }
}

/// A byte of primitive data or an object, as they come one by one.
enum ReadPiece {
    case byte(UInt8)
    case value(JavaValue)

    /// What can be compared between two streams: objects of graphs by what they would be written as.
    var shape: String {
        get throws {
            switch self {
            case .byte(let byte): return "\(byte)"
            case .value(let value):
                guard let object = value.expanded.object else { return "\(value.expanded)" }
                return "\(try JavaValue.object(object).written())"
            }
        }
    }

    static func written(_ pieces: [ReadPiece]) throws(JavaSerializationError) -> [UInt8] {
        var output = JavaObjectOutputStream()
        for piece in pieces {
            switch piece {
            case .byte(let byte): output.writeByte(byte)
            case .value(let value): try output.writeObject(value)
            }
        }
        return [UInt8](output.finish().readableBytesView)
    }

    static func all(of bytes: [UInt8]) throws(JavaSerializationError) -> [ReadPiece] {
        var input = try JavaObjectInputStream(bytes)
        var pieces: [ReadPiece] = []
        while !input.isAtEnd {
            do throws(JavaSerializationError) {
                pieces.append(.value(try input.readObject()))
            } catch .unreadPrimitiveData {
                pieces.append(.byte(try input.readByte()))
            }
        }
        return pieces
    }
}
