import NIOCore

extension JavaObjectOutputStream {
    /// Containers within containers that are written.
    static let nestingMaximum = 512
    /// What a hash table of Java begins with and when it grows.
    private static let bucketsMinimum = 16
    private static let loadFactor: Float = 0.75

    /// Writes a value as an object.
    ///
    /// - Throws: ``JavaSerializationError`` for a value that Java's class cannot have.
    package mutating func writeObject(_ value: JavaValue) throws(JavaSerializationError) {
        try self.write(value, depth: 0)
    }

    private mutating func write(_ value: JavaValue, depth: Int) throws(JavaSerializationError) {
        guard depth < Self.nestingMaximum else { throw .limitExceeded(.nesting) }
        switch value {
        case .null: self.writeNull()
        case .string(let text): self.writeString(text)
        case .boolean(let value): self.writeBox(JavaClasses.boolean, .boolean(value))
        case .byte(let value): self.writeBox(JavaClasses.byte, .byte(value))
        case .character(let value): self.writeBox(JavaClasses.character, .character(value))
        case .short(let value): self.writeBox(JavaClasses.short, .short(value))
        case .int(let value): self.writeBox(JavaClasses.integer, .int(value))
        case .long(let value): self.writeBox(JavaClasses.long, .long(value))
        case .float(let value): self.writeBox(JavaClasses.float, .float(value))
        case .double(let value): self.writeBox(JavaClasses.double, .double(value))
        case .atomicInteger(let value): self.writeBox(JavaClasses.atomicInteger, .int(value))
        case .atomicLong(let value): self.writeBox(JavaClasses.atomicLong, .long(value))
        case .atomicBoolean(let value): self.writeBox(JavaClasses.atomicBoolean, .int(value ? 1 : 0))
        case .primitives(let primitives):
            self.writeArrayHeader(primitives.descriptor)
            self.writePrimitives(primitives)
        case .array(let array): try self.write(array.elements, array.descriptor, length: array.elements.count, depth)
        case .list(let list): try self.write(list, depth)
        case .set(let set): try self.write(set, depth)
        case .map(let map): try self.write(map, depth)
        case .enumConstant(let constant):
            self.flushBlock()
            self.buffer.writeInteger(TypeCode.enumConstant)
            self.writeDescriptor(constant.descriptor)
            self.handles.assign()
            self.writeString(constant.name)
        case .object(let object): self.writeGraph(.node(graph: 0, index: UInt32(object.index)), of: object.graph)
        case .classDescription(let descriptor):
            self.flushBlock()
            self.writeDescriptor(descriptor)
        case .date, .timestamp, .time, .bigInteger, .bigDecimal, .uuid, .locale: try self.writeScalar(value)
        }
    }

    private mutating func writeScalar(_ value: JavaValue) throws(JavaSerializationError) {
        guard let descriptor = value.descriptor else { return }
        try self.writeObject(of: descriptor) { (stream) throws(JavaSerializationError) in
            switch value {
            case .date(let milliseconds):
                try stream.writeData { $0.writeLong(milliseconds) }
            case .timestamp(let timestamp):
                try stream.writeData { $0.writeLong(timestamp.milliseconds) }
                stream.writeInt(timestamp.nanoseconds)
            case .time(let time): try time.write(to: &stream)
            case .bigInteger(let integer): try stream.writeFields(of: integer)
            case .bigDecimal(let decimal):
                stream.writeInt(decimal.scale)
                try stream.writeScalar(.bigInteger(decimal.unscaled))
                try stream.writeData { _ in }
            case .uuid(let uuid):
                stream.writeLong(uuid.leastSignificant)
                stream.writeLong(uuid.mostSignificant)
            case .locale(let locale):
                stream.writeInt(-1)
                for text in [locale.country, locale.extensions, locale.language, locale.script, locale.variant] {
                    stream.writeInterned(text)
                }
                try stream.writeData { _ in }
            default: break
            }
        }
    }

    /// The numbers that Java once cached in the object are written as if they had not been computed.
    private mutating func writeFields(of integer: JavaBigInteger) throws(JavaSerializationError) {
        for number: Int32 in [-1, -1, -2, -2, integer.signum] { self.writeInt(number) }
        self.writeArrayHeader(JavaClasses.bytes)
        self.writePrimitives(.bytes(integer.magnitude))
        try self.writeData { _ in }
    }

    private mutating func write(_ list: JavaList, _ depth: Int) throws(JavaSerializationError) {
        let count = Int32(list.elements.count)
        try self.writeObject(of: list.kind.descriptor) { (stream) throws(JavaSerializationError) in
            switch list.kind {
            case .arrayList:
                stream.writeInt(count)
                try stream.writeCounted(list.elements, depth)
            case .linkedList, .arrayDeque, .copyOnWriteArrayList: try stream.writeCounted(list.elements, depth)
            case .immutable, .immutableWithNulls:
                stream.writeInt(list.kind == .immutable ? 1 : 4)
                try stream.writeCounted(list.elements, depth)
            case .vector, .stack:
                stream.writeInt(0)
                stream.writeInt(count)
                var capacity = 10
                while capacity < list.elements.count { capacity *= 2 }
                try stream.write(list.elements, JavaClasses.objectArray, length: capacity, depth)
                try stream.writeData { _ in }
            case .arraysAsList(let array): try stream.write(list.elements, array, length: list.elements.count, depth)
            case .empty: break
            }
        }
    }

    private mutating func write(_ set: JavaSet, _ depth: Int) throws(JavaSerializationError) {
        try self.writeObject(of: set.kind.descriptor) { (stream) throws(JavaSerializationError) in
            switch set.kind {
            case .hashSet, .linkedHashSet:
                try stream.writeData { (stream) throws(JavaSerializationError) in
                    stream.writeInt(Self.buckets(set.elements.count))
                    stream.writeFloat(Self.loadFactor)
                    stream.writeInt(Int32(set.elements.count))
                    for element in set.elements { try stream.write(element, depth: depth + 1) }
                }
            case .treeSet:
                try stream.writeData { (stream) throws(JavaSerializationError) in
                    stream.writeNull()
                    stream.writeInt(Int32(set.elements.count))
                    for element in set.elements { try stream.write(element, depth: depth + 1) }
                }
            case .immutable:
                stream.writeInt(2)
                try stream.writeCounted(set.elements, depth)
            case .empty: break
            }
        }
    }

    private mutating func write(_ map: JavaMap, _ depth: Int) throws(JavaSerializationError) {
        let count = map.entries.count
        try self.writeObject(of: map.kind.descriptor) { (stream) throws(JavaSerializationError) in
            switch map.kind {
            case .hashMap: try stream.writeHashTable(map.entries, Self.buckets(count), depth)
            case .linkedHashMap, .accessOrderedMap:
                try stream.writeHashTable(map.entries, Self.buckets(count), depth)
                stream.writeBoolean(map.kind == .accessOrderedMap)
            case .hashtable:
                var buckets: Int32 = 11
                while Float(count) > Float(buckets) * Self.loadFactor { buckets = buckets * 2 + 1 }
                try stream.writeHashTable(map.entries, buckets, depth)
            case .properties:
                try stream.writeHashTable(map.entries, Self.propertiesLength(count), depth)
                stream.writeNull()
            case .treeMap:
                stream.writeNull()
                try stream.writeData { (stream) throws(JavaSerializationError) in
                    stream.writeInt(Int32(count))
                    try stream.write(map.entries, depth)
                }
            case .concurrentHashMap:
                stream.writeInt(15)
                stream.writeInt(28)
                stream.writeNull()
                try stream.writeData { (stream) throws(JavaSerializationError) in
                    try stream.write(map.entries, depth)
                    stream.writeNull()
                    stream.writeNull()
                }
            case .immutable:
                stream.writeInt(3)
                try stream.writeData { (stream) throws(JavaSerializationError) in
                    stream.writeInt(Int32(count * 2))
                    try stream.write(map.entries, depth)
                }
            case .unmodifiable(let inner): try stream.write(.map(JavaMap(inner, map.entries)), depth: depth + 1)
            case .empty: break
            }
        }
    }

    /// Writes the fields and data of a `HashMap` or `Hashtable`.
    private mutating func writeHashTable(
        _ entries: [JavaMap.Entry],
        _ buckets: Int32,
        _ depth: Int
    ) throws(JavaSerializationError) {
        let isUnused = entries.isEmpty && buckets == Self.bucketsMinimum
        self.writeFloat(Self.loadFactor)
        self.writeInt(isUnused ? 0 : Int32(Float(buckets) * Self.loadFactor))
        try self.writeData { (stream) throws(JavaSerializationError) in
            stream.writeInt(buckets)
            stream.writeInt(Int32(entries.count))
            try stream.write(entries, depth)
        }
    }

    private mutating func write(_ entries: [JavaMap.Entry], _ depth: Int) throws(JavaSerializationError) {
        for entry in entries {
            try self.write(entry.key, depth: depth + 1)
            try self.write(entry.value, depth: depth + 1)
        }
    }

    /// Writes the number of the elements, and the elements, as a class's own data.
    private mutating func writeCounted(_ elements: [JavaValue], _ depth: Int) throws(JavaSerializationError) {
        try self.writeData { (stream) throws(JavaSerializationError) in
            stream.writeInt(Int32(elements.count))
            for element in elements { try stream.write(element, depth: depth + 1) }
        }
    }

    /// Writes an array of objects, filled up with null to its length.
    private mutating func write(
        _ elements: [JavaValue],
        _ descriptor: JavaClassDescriptor,
        length: Int,
        _ depth: Int
    ) throws(JavaSerializationError) {
        self.writeArrayHeader(descriptor)
        self.buffer.writeInteger(Int32(length))
        for element in elements { try self.write(element, depth: depth + 1) }
        for _ in elements.count..<length { self.writeNull() }
    }

    mutating func writeArrayHeader(_ descriptor: JavaClassDescriptor) {
        self.flushBlock()
        self.buffer.writeInteger(TypeCode.array)
        self.writeDescriptor(descriptor)
        self.handles.assign()
    }

    private mutating func writeBox(_ descriptor: JavaClassDescriptor, _ slot: JavaSlot) {
        self.flushBlock()
        self.buffer.writeInteger(TypeCode.object)
        self.writeDescriptor(descriptor)
        self.handles.assign()
        self.writePrimitive(slot)
    }

    /// Buckets that `Properties`, which has none, says it has.
    private static func propertiesLength(_ count: Int) -> Int32 {
        let length = Int(Float(count) / Self.loadFactor) + count / 20 + 3
        return Int32(length > count && length.isMultiple(of: 2) ? length - 1 : length)
    }

    /// Buckets of a hash table that has grown from 16 to so many entries.
    private static func buckets(_ count: Int) -> Int32 {
        var buckets = Self.bucketsMinimum
        while Float(count) > Float(buckets) * Self.loadFactor { buckets *= 2 }
        return Int32(buckets)
    }
}
