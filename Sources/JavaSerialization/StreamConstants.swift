/// The first byte of everything in an object stream.
///
/// Source: Java Object Serialization Specification, §6.4.2 | `java.io.ObjectStreamConstants`.
enum TypeCode {
    static let null: UInt8 = 0x70
    static let reference: UInt8 = 0x71
    static let classDescriptor: UInt8 = 0x72
    static let object: UInt8 = 0x73
    static let string: UInt8 = 0x74
    static let array: UInt8 = 0x75
    static let classObject: UInt8 = 0x76
    static let blockData: UInt8 = 0x77
    static let endBlockData: UInt8 = 0x78
    static let reset: UInt8 = 0x79
    static let longBlockData: UInt8 = 0x7a
    static let exception: UInt8 = 0x7b
    static let longString: UInt8 = 0x7c
    static let proxyClassDescriptor: UInt8 = 0x7d
    static let enumConstant: UInt8 = 0x7e
}

/// Numbers that both directions share.
enum StreamConstants {
    /// Magic number and version.
    static let header: UInt32 = 0xaced_0005
    /// The handle that is given out first.
    static let firstHandle: UInt32 = 0x007e_0000
    /// Java's writer collects this many bytes of primitive data into one block.
    static let blockSize = 1_024
}
