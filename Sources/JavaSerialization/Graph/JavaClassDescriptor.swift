/// One field that a class writes.
package struct JavaField: Sendable, Equatable {
    /// The JVM's letter for the field's type.
    package enum Kind: UInt8, Sendable {
        case byte = 0x42
        case character = 0x43
        case double = 0x44
        case float = 0x46
        case int = 0x49
        case long = 0x4a
        case short = 0x53
        case boolean = 0x5a
        case object = 0x4c
        case array = 0x5b

        /// Whether the field's value is raw bytes, not a content.
        package var isPrimitive: Bool { self != .object && self != .array }
    }

    package let name: String
    package let kind: Kind
    /// The JVM's type signature of an object or array (`Ljava/lang/String;`, `[B`); empty for a primitive.
    package let signature: String

    package init(_ name: String, _ kind: Kind, signature: String = "") {
        self.name = name
        self.kind = kind
        self.signature = signature
    }

    package static func byte(_ name: String) -> JavaField { JavaField(name, .byte) }
    package static func character(_ name: String) -> JavaField { JavaField(name, .character) }
    package static func double(_ name: String) -> JavaField { JavaField(name, .double) }
    package static func float(_ name: String) -> JavaField { JavaField(name, .float) }
    package static func int(_ name: String) -> JavaField { JavaField(name, .int) }
    package static func long(_ name: String) -> JavaField { JavaField(name, .long) }
    package static func short(_ name: String) -> JavaField { JavaField(name, .short) }
    package static func boolean(_ name: String) -> JavaField { JavaField(name, .boolean) }
    package static func string(_ name: String) -> JavaField { .object(name, "Ljava/lang/String;") }
    package static func bytes(_ name: String) -> JavaField { .array(name, "[B") }

    package static func object(_ name: String, _ signature: String) -> JavaField {
        JavaField(name, .object, signature: signature)
    }

    package static func array(_ name: String, _ signature: String) -> JavaField {
        JavaField(name, .array, signature: signature)
    }

    /// Compares texts byte by byte: to Swift, U+212A and `K` would be the same.
    package static func == (one: JavaField, other: JavaField) -> Bool {
        one.kind == other.kind && one.name.utf8.elementsEqual(other.name.utf8)
            && one.signature.utf8.elementsEqual(other.signature.utf8)
    }
}

/// What a stream says about a class: its name, version, how its objects are written, and its fields.
///
/// A description made once (`static let`) is written once per stream and referred to afterwards; so is every other
/// description that equals it.
/// Source: Java Object Serialization Specification, §4.3.
package final class JavaClassDescriptor: Sendable {
    /// How objects of the class are written.
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// After the fields comes data of the class's own (`writeObject`).
        package static let writeMethod = Flags(rawValue: 0x01)
        package static let serializable = Flags(rawValue: 0x02)
        /// Nothing but data of the class's own (`writeExternal`).
        package static let externalizable = Flags(rawValue: 0x04)
        /// The external data is in blocks, so that a reader that does not know the class can skip it.
        package static let blockData = Flags(rawValue: 0x08)
        package static let enumeration = Flags(rawValue: 0x10)

        /// `0c`, as Java writes every `Externalizable` class since version 1.2.
        package static let external: Flags = [.externalizable, .blockData]
    }

    /// With dots; arrays as the JVM names them (`[B`, `[Ljava.lang.String;`).
    package let name: String
    package let serialVersionUID: Int64
    package let flags: Flags
    /// Primitives first, then objects and arrays, each group ascending by name, if Java wrote it.
    package let fields: [JavaField]
    package let superclass: JavaClassDescriptor?
    /// Classes from this one to its topmost superclass.
    let chainLength: Int
    /// Superclasses that write something into an object of this class, topmost first.
    let inheritedLevels: [JavaClassDescriptor]
    /// Fields that those write.
    let inheritedFieldCount: Int
    /// The primitive's letter if this is one of the eight boxes of `java.lang`.
    let box: JavaField.Kind?

    /// Describes a class.
    ///
    /// Fields are written in the order given: primitives first, then the others, each group ascending by name.
    package convenience init(
        _ name: String,
        uid: UInt64,
        flags: Flags = .serializable,
        fields: [JavaField] = [],
        superclass: JavaClassDescriptor? = nil
    ) {
        self.init(name, uid: uid, flags: flags, fields: fields, superclass: superclass, box: nil)
    }

    /// Describes a box of `java.lang`, whose one field is the primitive.
    convenience init(box name: String, uid: UInt64, field: JavaField, superclass: JavaClassDescriptor? = nil) {
        self.init(name, uid: uid, flags: .serializable, fields: [field], superclass: superclass, box: field.kind)
    }

    private init(
        _ name: String,
        uid: UInt64,
        flags: Flags,
        fields: [JavaField],
        superclass: JavaClassDescriptor?,
        box: JavaField.Kind?
    ) {
        self.name = name
        self.serialVersionUID = Int64(bitPattern: uid)
        self.flags = flags
        self.fields = fields
        self.superclass = superclass
        self.box = box
        self.chainLength = 1 + (superclass?.chainLength ?? 0)
        guard let superclass, !flags.contains(.externalizable) else {
            self.inheritedLevels = []
            self.inheritedFieldCount = 0
            return
        }
        self.inheritedLevels = superclass.inheritedLevels + (superclass.isLevel ? [superclass] : [])
        self.inheritedFieldCount = superclass.inheritedFieldCount + superclass.writtenFieldCount
    }

    /// Whether the two describe the same class in the same way.
    package func equals(_ other: JavaClassDescriptor) -> Bool {
        var one: JavaClassDescriptor? = self
        var two: JavaClassDescriptor? = other
        while let first = one, let second = two, first !== second {
            guard first.serialVersionUID == second.serialVersionUID, first.flags == second.flags,
                first.name.utf8.elementsEqual(second.name.utf8), first.fields == second.fields
            else { return false }
            one = first.superclass
            two = second.superclass
        }
        return one === two
    }

    /// Whether the class or one of its superclasses has that name.
    package func inherits(from name: String) -> Bool {
        var level: JavaClassDescriptor? = self
        while let current = level {
            if current.name == name { return true }
            level = current.superclass
        }
        return false
    }

    /// Whether data of the class's own follows its fields.
    var writesData: Bool { !self.flags.isDisjoint(with: [.writeMethod, .externalizable]) }

    /// Fields of this class whose values stand in an object; none if the class writes itself.
    var writtenFieldCount: Int { self.flags.contains(.externalizable) ? 0 : self.fields.count }

    /// Classes that write something into an object of this class.
    var levelCount: Int { self.inheritedLevels.count + (self.isLevel ? 1 : 0) }

    /// A class that writes something into an object of this class; they are counted from the topmost.
    func level(_ index: Int) -> JavaClassDescriptor {
        index < self.inheritedLevels.count ? self.inheritedLevels[index] : self
    }

    private var isLevel: Bool { !self.fields.isEmpty || self.writesData }

    /// The element's letter if this describes an array.
    var elementKind: JavaField.Kind? {
        let name = self.name.utf8
        guard name.count > 1, name.first == JavaField.Kind.array.rawValue else { return nil }
        guard let kind = JavaField.Kind(rawValue: name[name.index(after: name.startIndex)]) else { return nil }
        return name.count == 2 || !kind.isPrimitive ? kind : nil
    }
}

extension JavaClassDescriptor: Equatable {
    package static func == (one: JavaClassDescriptor, other: JavaClassDescriptor) -> Bool { one.equals(other) }
}
