import NIOCore

/// A class whose objects are nothing but data of their own, as part of an object that is written field by field.
package struct JavaFlatExternal: Sendable {
    /// Data that an object may have here: a block of the short kind.
    package static let sizeMaximum = Int(UInt8.max)

    let first: JavaFlatDescription

    /// A class that writes itself; classes with a superclass in common are told that one's, so that they share its
    /// description.
    package init(_ descriptor: JavaClassDescriptor, superclass: JavaFlatExternal? = nil) {
        self.first = JavaFlatDescription(descriptor, superclass: superclass?.first)
    }
}

/// What a stream says about one class without fields when it first occurs, up to its superclass.
final class JavaFlatDescription: Sendable {
    let bytes: ByteBuffer
    let superclass: JavaFlatDescription?

    init(_ descriptor: JavaClassDescriptor, superclass: JavaFlatDescription?) {
        let alone = JavaClassDescriptor(
            descriptor.name,
            uid: UInt64(bitPattern: descriptor.serialVersionUID),
            flags: descriptor.flags,
            fields: descriptor.fields
        )
        var bytes = JavaFlatOpening { $0.writeDescriptor(alone) }.bytes
        // the null in place of a superclass
        bytes.moveWriterIndex(to: bytes.writerIndex - 1)
        self.bytes = bytes
        self.superclass = superclass
    }
}

/// What an object that is written field by field may refer back to.
struct JavaFlatHandles {
    /// Handles given out.
    var count: UInt32
    /// The description of arrays of bytes.
    var bytes: UInt32?
    private var first: (description: JavaFlatDescription, handle: UInt32)?
    private var others: [(description: JavaFlatDescription, handle: UInt32)] = []

    init(_ count: UInt32) { self.count = count }

    func handle(of description: JavaFlatDescription) -> UInt32? {
        if let first = self.first, first.description === description { return first.handle }
        return self.others.first { $0.description === description }?.handle
    }

    mutating func assign(to description: JavaFlatDescription) {
        if self.first == nil {
            self.first = (description, self.count)
        } else {
            self.others.append((description, self.count))
        }
        self.count += 1
    }
}
