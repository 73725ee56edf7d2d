package import NIOCore

/// The body that releases a held message: start mark, the message's unique id, end mark; 48 bytes.
///
/// Source: `org.apache.catalina.tribes.group.interceptors.TwoPhaseCommitInterceptor`.
package enum ConfirmationBody {
    private static let start = UniqueID(high: 0x7101_c602_dec4_4bb2, low: 0x9bf4_20e3_206f_d804)
    private static let end = UniqueID(high: 0x36f3_5a6e_2fe1_4be8, low: 0xafe3_2434_c64d_9238)

    package static func encode(_ uniqueID: UniqueID) -> ByteBuffer {
        var body = ByteBufferAllocator().buffer(capacity: 48)
        for id in [Self.start, uniqueID, Self.end] { body.writeUniqueID(id) }
        return body
    }

    /// The id of the message that is confirmed; nil if the body is none of a confirmation.
    package static func decode(_ body: ByteBuffer) -> UniqueID? {
        var body = body
        guard body.readableBytes == 48, body.readUniqueID() == Self.start, let id = body.readUniqueID(),
            body.readUniqueID() == Self.end
        else { return nil }
        return id
    }
}
