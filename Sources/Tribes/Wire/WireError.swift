/// Why bytes of a peer are no Tribes frame, member or message.
///
/// On a connection the only answer is to close it.
package enum WireError: Error, Hashable, Sendable {
    case badHeader
    case badFooter
    /// More bytes than this node accepts in one frame.
    case oversizedPayload(size: Int)
    /// A field that ends behind the end of what holds it.
    case truncated(field: Field)
    /// The marks around a member record.
    case badMemberMark
    /// A value that the field cannot have.
    case badValue(field: Field, Int)
    /// Bytes behind the last field.
    case trailingBytes(Int)

    package enum Field: String, Hashable, Sendable {
        case options
        case timestamp
        case uniqueID
        case member
        case aliveTime
        case port
        case securePort
        case udpPort
        case host
        case command
        case domain
        case payload
        case body
    }
}
