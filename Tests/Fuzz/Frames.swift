import JavaSerialization
import NIOCore

@testable import Tribes

/// Largest frame, and largest body after decompression, of a node under test.
private let sizeMaximum = 1 << 16

/// What a member may write to a receiver, and send to the group: frames, records and everything inside them.
func fuzzFrames(_ bytes: [UInt8], _ cut: Int) {
    expectSame(decodeFrames([bytes[...]]), decodeFrames([bytes[..<cut], bytes[cut...]]))
    if let member = try? MemberRecord.decode(ByteBuffer(bytes: bytes)) {
        expectSame("\(MemberRecord.encode(member).readableBytesView.elementsEqual(bytes))", "true")
    }
    if let message = try? ChannelData.decode(ByteBuffer(bytes: bytes)) { fuzzMessage(message) }
}

/// The payloads of a stream, or why it is none.
private func decodeFrames(_ pieces: [ArraySlice<UInt8>]) -> String {
    let decoder = PackageDecoder(maximumPayloadSize: sizeMaximum)
    var (buffer, text) = (ByteBuffer(), "")
    do throws(WireError) {
        for piece in pieces {
            buffer.writeBytes(piece)
            while buffer.readableBytes > 0, let payload = try decoder.decode(buffer: &buffer) {
                text += "\(payload.readableBytes) "
                if Acknowledgement(payload: payload) != nil { continue }
                let message = try ChannelData.decode(payload)
                expectSame("\(ChannelData.encode(message).readableBytes <= 18 + payload.readableBytes)", "true")
                fuzzMessage(message)
            }
        }
        return text + "\(buffer.readableBytes)"
    } catch {
        return text + "\(error)"
    }
}

/// What the layers of a channel do with a message's body.
private func fuzzMessage(_ message: ChannelMessage) {
    if let coordination = try? CoordinationMessage(message.body) {
        expectSame("\(coordination.encoded == message.body)", "true")
    }
    _ = ConfirmationBody.decode(message.body)
    _ = DuplicateFilter.Key(message)
    if let plain = try? GzipCodec().decompress(message.body, maximumSize: sizeMaximum) {
        expectSame("\(plain.readableBytes <= sizeMaximum)", "true")
    }
    var piece = message
    if piece.popLast(as: UInt8.self) == 1, let fragment = try? Fragment(takenFrom: &piece) {
        var assembler = FragmentAssembler()
        let key = FragmentAssembler.Key(sender: message.sender, uniqueID: message.uniqueID)
        _ = try? assembler.add(fragment, of: key, at: .uptimeNanoseconds(0), maximumBytes: sizeMaximum)
    }
    var numbered = message
    if let number = numbered.popLast(as: Int32.self) {
        var reorderer = Reorderer<ChannelMessage>()
        _ = reorderer.accept(numbered, size: 1, number: number, at: .uptimeNanoseconds(0))
        _ = reorderer.release(olderThan: .zero, at: .uptimeNanoseconds(1), maximumCount: 0)
        expectSame("\(reorderer.count) \(reorderer.bytes)", "0 0")
    }
    if let received = try? ReceivedMessage(message), let object = received.object {
        _ = try? MemberMessage(object)
        if let payload = received.rpc?.payload as? JavaValue { _ = try? MemberMessage(payload) }
    }
}
