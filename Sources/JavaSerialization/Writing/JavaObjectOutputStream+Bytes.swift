import NIOCore

extension JavaObjectOutputStream {
    /// The stream's bytes as an array; nothing may be written afterwards.
    package mutating func finishedBytes() -> [UInt8] { [UInt8](self.finish().readableBytesView) }
}
