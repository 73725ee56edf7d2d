/// What an object stream holds, as far as it means something to a Swift program.
///
/// A session holds one for each attribute: what is larger than two words is held indirectly.
/// Objects of unknown classes, and those in which parts are shared, stay ``object(_:)``: unchanged, they are written
/// back as Java wrote them.
package enum JavaValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    case byte(Int8)
    case character(UInt16)
    case short(Int16)
    case int(Int32)
    case long(Int64)
    case float(Float)
    case double(Double)
    case string(String)
    case primitives(JavaPrimitives)
    case array(JavaArray)
    case list(JavaList)
    case set(JavaSet)
    case map(JavaMap)
    indirect case enumConstant(JavaEnumConstant)
    /// Milliseconds since 1970.
    case date(Int64)
    case timestamp(JavaTimestamp)
    indirect case time(JavaTime)
    case bigInteger(JavaBigInteger)
    indirect case bigDecimal(JavaBigDecimal)
    case uuid(JavaUUID)
    indirect case locale(JavaLocale)
    case atomicInteger(Int32)
    case atomicLong(Int64)
    case atomicBoolean(Bool)
    /// A class's description written as an object of its own.
    case classDescription(JavaClassDescriptor)
    case object(JavaObject)

    /// A primitive as its box.
    init(primitive slot: JavaSlot) {
        switch slot {
        case .boolean(let value): self = .boolean(value)
        case .byte(let value): self = .byte(value)
        case .character(let value): self = .character(value)
        case .short(let value): self = .short(value)
        case .int(let value): self = .int(value)
        case .long(let value): self = .long(value)
        case .float(let value): self = .float(value)
        case .double(let value): self = .double(value)
        case .descriptor(let descriptor): self = .classDescription(descriptor)
        case .null, .node: self = .null
        }
    }

    package static func bytes(_ bytes: [UInt8]) -> JavaValue { .primitives(.bytes(bytes)) }

    package static func arrayList(_ elements: [JavaValue]) -> JavaValue { .list(JavaList(.arrayList, elements)) }

    package static func hashMap(_ entries: [JavaMap.Entry]) -> JavaValue { .map(JavaMap(.hashMap, entries)) }

    package static func strings(_ strings: [String?]) -> JavaValue {
        .array(JavaArray(JavaClasses.stringArray, strings.map { $0.map { .string($0) } ?? .null }))
    }

    /// Text, or null for nil.
    package static func string(orNull text: String?) -> JavaValue { text.map { .string($0) } ?? .null }
}

/// Looking into a value without caring how it was shared in its stream.
extension JavaValue {
    package var isNull: Bool { self == .null }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var int: Int32? {
        guard case .int(let value) = self else { return nil }
        return value
    }

    package var long: Int64? {
        guard case .long(let value) = self else { return nil }
        return value
    }

    package var boolean: Bool? {
        guard case .boolean(let value) = self else { return nil }
        return value
    }

    package var object: JavaObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    package var bytes: [UInt8]? {
        guard case .primitives(.bytes(let bytes)) = self.expanded else { return nil }
        return bytes
    }

    /// Elements of a list, set or array of objects, of whatever class.
    package var elements: [JavaValue]? {
        switch self.expanded {
        case .list(let list): list.elements
        case .set(let set): set.elements
        case .array(let array): array.elements
        default: nil
        }
    }

    /// Entries of a map of whatever class.
    package var entries: [JavaMap.Entry]? {
        guard case .map(let map) = self.expanded else { return nil }
        return map.entries
    }

    /// The value with shared parts written out wherever they stand.
    package var expanded: JavaValue {
        guard case .object(let object) = self else { return self }
        return object.expanded()
    }

    /// The name of the Java class; nil for null.
    package var className: String? {
        switch self {
        case .null: nil
        case .string: "java.lang.String"
        case .object(let object): object.className
        case .classDescription: "java.io.ObjectStreamClass"
        default: self.descriptor?.name
        }
    }

    /// The description under which the value is written.
    var descriptor: JavaClassDescriptor? {
        switch self {
        case .boolean: JavaClasses.boolean
        case .byte: JavaClasses.byte
        case .character: JavaClasses.character
        case .short: JavaClasses.short
        case .int: JavaClasses.integer
        case .long: JavaClasses.long
        case .float: JavaClasses.float
        case .double: JavaClasses.double
        case .primitives(let primitives): primitives.descriptor
        case .array(let array): array.descriptor
        case .list(let list): list.kind.descriptor
        case .set(let set): set.kind.descriptor
        case .map(let map): map.kind.descriptor
        case .enumConstant(let constant): constant.descriptor
        case .date: JavaClasses.date
        case .timestamp: JavaClasses.sqlTimestamp
        case .time: JavaClasses.time
        case .bigInteger: JavaClasses.bigInteger
        case .bigDecimal: JavaClasses.bigDecimal
        case .uuid: JavaClasses.uuid
        case .locale: JavaClasses.locale
        case .atomicInteger: JavaClasses.atomicInteger
        case .atomicLong: JavaClasses.atomicLong
        case .atomicBoolean: JavaClasses.atomicBoolean
        case .object(let object): object.descriptor
        case .null, .string, .classDescription: nil
        }
    }
}

extension JavaPrimitives {
    var descriptor: JavaClassDescriptor {
        switch self {
        case .booleans: JavaClasses.booleans
        case .bytes: JavaClasses.bytes
        case .characters: JavaClasses.characters
        case .shorts: JavaClasses.shorts
        case .ints: JavaClasses.ints
        case .longs: JavaClasses.longs
        case .floats: JavaClasses.floats
        case .doubles: JavaClasses.doubles
        }
    }
}
