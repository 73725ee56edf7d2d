package import Modeler

/// The parts of a channel that are started or stopped, as bits.
///
/// They start in order of value and stop in the opposite order.
/// Source: `org.apache.catalina.tribes.Channel`.
package struct StartLevels: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The receiver: its port is open.
    package static let receiver = StartLevels(rawValue: 1)
    /// The sender.
    package static let sender = StartLevels(rawValue: 2)
    /// Listening for other members.
    package static let membershipReceive = StartLevels(rawValue: 4)
    /// Announcing this member.
    package static let membershipSend = StartLevels(rawValue: 8)

    package static let all: StartLevels = [.receiver, .sender, .membershipReceive, .membershipSend]
    package static let membership: StartLevels = [.membershipReceive, .membershipSend]
}

extension StartLevels: AttributeConvertible {
    package static var attributeType: AttributeType { .int }

    package init(attributeText: String) throws(ConversionError) {
        self.init(rawValue: UInt32(bitPattern: Int32(try Int(attributeText: attributeText))))
    }

    package var beanValue: BeanValue { .int(Int(Int32(bitPattern: self.rawValue))) }
}
