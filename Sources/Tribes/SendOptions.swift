package import Modeler

/// What a sender asks for, as bits that travel in each frame.
///
/// Interceptors have private bits of their own, such as 0x100 for a compressed body.
/// Source: `org.apache.catalina.tribes.Channel`.
package struct SendOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The body is raw bytes of the application, not a Java object stream.
    package static let byteMessage = SendOptions(rawValue: 0x01)
    /// The sender waits for an acknowledgement; alone, of the receipt.
    package static let useAck = SendOptions(rawValue: 0x02)
    /// With ``useAck``: the receiver acknowledges after it has processed the message.
    package static let synchronizedAck = SendOptions(rawValue: 0x04)
    /// The message is queued and the sender goes on.
    package static let asynchronous = SendOptions(rawValue: 0x08)
    /// Defined and unused.
    package static let secure = SendOptions(rawValue: 0x10)
    /// One datagram to the member's UDP port instead of the TCP connection.
    package static let udp = SendOptions(rawValue: 0x20)
    /// One datagram to the group instead of a message to each member.
    package static let multicast = SendOptions(rawValue: 0x40)

    /// Both bits of an acknowledgement after processing.
    package static let synchronous: SendOptions = [.useAck, .synchronizedAck]

    /// The public bits with their names, in order of value.
    private static let names: [(option: SendOptions, names: [String])] = [
        (.byteMessage, ["byte", "byte_message"]),
        (.useAck, ["use_ack"]),
        (.synchronizedAck, ["sync", "synchronized_ack"]),
        (.asynchronous, ["async", "asynchronous"]),
        (.secure, ["secure"]),
        (.udp, ["udp"]),
        (.multicast, ["multicast"]),
    ]

    /// The names of the public bits that are set, highest first: `async, use_ack`.
    package var optionNames: String {
        Self.names.reversed().filter { self.contains($0.option) }.map { $0.names[0] }.joined(separator: ", ")
    }

    /// Whether a receiver answers with an acknowledgement, and when.
    package var acknowledgement: AcknowledgementTime {
        guard self.contains(.useAck) else { return .none }
        return self.contains(.synchronizedAck) ? .afterProcessing : .onReceipt
    }
}

/// When a receiver acknowledges a message.
package enum AcknowledgementTime: Sendable {
    case none
    case onReceipt
    case afterProcessing
}

/// A whole number, or names separated by commas.
extension SendOptions: AttributeConvertible {
    package static var attributeType: AttributeType { .string }

    package init(attributeText: String) throws(ConversionError) {
        if let number = Int32(attributeText) {
            self.init(rawValue: UInt32(bitPattern: number))
            return
        }
        var options: SendOptions = []
        for part in attributeText.split(separator: ",", omittingEmptySubsequences: false) {
            let name = part.trimmingBlanks()
            guard let option = Self.names.first(where: { $0.names.contains(name) })?.option else {
                throw ConversionError(text: attributeText, expected: .words(Self.names.flatMap(\.names)))
            }
            options.insert(option)
        }
        self = options
    }

    package var beanValue: BeanValue { .int(Int(Int32(bitPattern: self.rawValue))) }
}
