import NIOCore

/// What stands before the value of a boxed primitive that is the first of its class in a stream.
struct JavaFlatBox: Sendable {
    enum Kind: Sendable {
        case boolean
        case integer
        case long
    }

    let kind: Kind
    let opening: [UInt8]

    /// The most frequent first.
    ///
    /// Integer and Long share a superclass: of the two only the first is written so.
    static let all = [
        Self(.boolean, JavaClasses.boolean), Self(.integer, JavaClasses.integer), Self(.long, JavaClasses.long),
    ]

    private init(_ kind: Kind, _ descriptor: JavaClassDescriptor) {
        var stream = JavaObjectOutputStream()
        stream.beginObject(of: descriptor)
        self.kind = kind
        self.opening = Array(stream.finish().readableBytesView.dropFirst(JavaFlatStreamWriter.headerSize))
    }
}
