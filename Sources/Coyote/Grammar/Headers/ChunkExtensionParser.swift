/// Reads what follows the size of a chunk, up to and including the end of its line, octet by octet.
///
/// Extensions are checked and thrown away.
/// Source: RFC 9112 §7.1.1 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.ChunkExtension`.
package struct ChunkExtensionParser: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        /// The line goes on.
        case more
        /// The octet was the line feed at the end.
        case end
        /// The octet has no place here; the message gets 400.
        case invalid
    }

    private enum State {
        case afterSize
        case beforeName
        case name
        case afterName
        case beforeValue
        case value
        case quotedValue
        case escape
        case afterValue
        case lineEnd
    }

    private var state = State.afterSize

    package init() {}

    package mutating func accept(_ byte: UInt8) -> Step {
        guard let next = self.state(after: byte) else {
            return self.state == .lineEnd && byte == ASCII.lineFeed ? .end : .invalid
        }
        self.state = next
        return .more
    }

    /// The state that an octet leads to, nil if it is not allowed, or ends the line.
    private func state(after byte: UInt8) -> State? {
        switch self.state {
        case .afterSize:
            switch byte {
            case ASCII.semicolon: .beforeName
            case ASCII.carriageReturn: .lineEnd
            default: byte.isBlank ? .afterSize : nil
            }
        case .beforeName: byte.isBlank ? .beforeName : ByteSet.token.contains(byte) ? .name : nil
        case .name: ByteSet.token.contains(byte) ? .name : Self.afterName(byte)
        case .afterName: Self.afterName(byte)
        case .beforeValue:
            byte.isBlank
                ? .beforeValue : byte == ASCII.quote ? .quotedValue : ByteSet.token.contains(byte) ? .value : nil
        case .value: ByteSet.token.contains(byte) ? .value : Self.afterValue(byte)
        case .quotedValue:
            switch byte {
            case ASCII.quote: .afterValue
            case ASCII.backslash: .escape
            default: ByteSet.fieldContent.contains(byte) ? .quotedValue : nil
            }
        case .escape: ByteSet.fieldContent.contains(byte) ? .quotedValue : nil
        case .afterValue: Self.afterValue(byte)
        case .lineEnd: nil
        }
    }

    private static func afterName(_ byte: UInt8) -> State? {
        byte == ASCII.equals ? .beforeValue : byte.isBlank ? .afterName : self.afterValue(byte)
    }

    private static func afterValue(_ byte: UInt8) -> State? {
        switch byte {
        case ASCII.semicolon: .beforeName
        case ASCII.carriageReturn: .lineEnd
        default: byte.isBlank ? .afterValue : nil
        }
    }
}
