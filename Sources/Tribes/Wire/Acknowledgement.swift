package import NIOCore

/// The answer to a message that asked for one.
///
/// It carries no id: answers come in the order of the messages on one connection.
/// Shape: a package with the three bytes `06 02 03` or `0b 00 05`.
/// Source: `org.apache.catalina.tribes.transport.Constants`.
package enum Acknowledgement: Sendable, CaseIterable {
    /// Received or, if the message asked for it, processed.
    case accepted
    /// The receiving application failed.
    case failed

    private static let acceptedBytes: [UInt8] = [0x06, 0x02, 0x03]
    private static let failedBytes: [UInt8] = [0x0b, 0x00, 0x05]
    private static let acceptedPackage = Self.makePackage(Self.acceptedBytes)
    private static let failedPackage = Self.makePackage(Self.failedBytes)

    /// The answer that a payload is; nil if it is none.
    package init?(payload: ByteBuffer) {
        if payload.readableBytesView.elementsEqual(Self.acceptedBytes) {
            self = .accepted
        } else if payload.readableBytesView.elementsEqual(Self.failedBytes) {
            self = .failed
        } else {
            return nil
        }
    }

    /// The whole package of 21 bytes.
    package var package: ByteBuffer {
        switch self {
        case .accepted: Self.acceptedPackage
        case .failed: Self.failedPackage
        }
    }

    private static func makePackage(_ bytes: [UInt8]) -> ByteBuffer {
        PackageEncoder.package(size: bytes.count) { $0.writeBytes(bytes) }
    }
}
