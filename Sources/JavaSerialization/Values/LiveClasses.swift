/// How objects of the classes that have a live form become values.
///
/// A decoder answers nil for an object that its live form cannot hold (a comparator, another load factor); it then
/// stays opaque.
enum LiveClasses {
    typealias Decode = @Sendable (JavaObject, inout LiveDecoder) throws(JavaSerializationError) -> JavaValue?

    static let table: [String: Decode] = {
        let entries: [(JavaClassDescriptor, Decode)] = Self.single + Self.lists + Self.sets + Self.maps
        return Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $1) })
    }()

    private static let loadFactor: Float = 0.75

    private static let single: [(JavaClassDescriptor, Decode)] = [
        (
            JavaClasses.atomicInteger,
            { (object, _) throws(JavaSerializationError) in .atomicInteger(try object.int("value")) }
        ),
        (
            JavaClasses.atomicLong,
            { (object, _) throws(JavaSerializationError) in .atomicLong(try object.long("value")) }
        ),
        (
            JavaClasses.atomicBoolean,
            { (object, _) throws(JavaSerializationError) in .atomicBoolean(try object.int("value") != 0) }
        ),
        (
            JavaClasses.bigInteger,
            { (object, _) throws(JavaSerializationError) in .bigInteger(try Self.bigInteger(object)) }
        ),
        (
            JavaClasses.bigDecimal,
            { (object, _) throws(JavaSerializationError) in
                guard let unscaled = try object.object("intVal") else { return nil }
                return .bigDecimal(
                    JavaBigDecimal(unscaled: try Self.bigInteger(unscaled), scale: try object.int("scale"))
                )
            }
        ),
        (
            JavaClasses.date,
            { (object, _) throws(JavaSerializationError) in
                var cursor = try Self.cursor(object, JavaClasses.date)
                return .date(try cursor.integer())
            }
        ),
        (
            JavaClasses.sqlTimestamp,
            { (object, _) throws(JavaSerializationError) in
                var cursor = try Self.cursor(object, JavaClasses.date)
                return .timestamp(
                    JavaTimestamp(milliseconds: try cursor.integer(), nanoseconds: try object.int("nanos"))
                )
            }
        ),
        (
            JavaClasses.uuid,
            { (object, _) throws(JavaSerializationError) in
                .uuid(
                    JavaUUID(
                        mostSignificant: try object.long("mostSigBits"),
                        leastSignificant: try object.long("leastSigBits")
                    )
                )
            }
        ),
        (
            JavaClasses.locale,
            { (object, _) throws(JavaSerializationError) in
                .locale(
                    JavaLocale(
                        language: try object.string("language") ?? "",
                        script: try object.string("script") ?? "",
                        country: try object.string("country") ?? "",
                        variant: try object.string("variant") ?? "",
                        extensions: try object.string("extensions") ?? ""
                    )
                )
            }
        ),
        (
            JavaClasses.time,
            { (object, _) throws(JavaSerializationError) in
                var data = try object.data()
                let time = try JavaTime(from: &data)
                return data.isAtEnd ? .time(time) : nil
            }
        ),
    ]

    private static let lists: [(JavaClassDescriptor, Decode)] = [
        (
            JavaClasses.arrayList,
            { (object, decoder) throws(JavaSerializationError) in
                var cursor = try Self.cursor(object, JavaClasses.arrayList)
                _ = try cursor.integer(as: Int32.self)
                let elements = try decoder.elements(try object.int("size"), from: &cursor)
                return cursor.isAtEnd ? .list(JavaList(.arrayList, elements)) : nil
            }
        ),
        Self.list(.linkedList), Self.list(.arrayDeque), Self.list(.copyOnWriteArrayList), Self.vector(.vector),
        Self.vector(.stack),
        (
            JavaClasses.arraysAsList,
            { (object, decoder) throws(JavaSerializationError) in
                guard let array = try object.object("a"), case .array(let elements) = decoder.value(of: array) else {
                    return nil
                }
                return .list(JavaList(.arraysAsList(elements.descriptor), elements.elements))
            }
        ),
        (JavaClasses.emptyList, { (_, _) in .list(JavaList(.empty, [])) }),
        (
            JavaClasses.immutable,
            { (object, decoder) throws(JavaSerializationError) in
                var cursor = try Self.cursor(object, JavaClasses.immutable)
                let count = try cursor.integer(as: Int32.self)
                switch try object.int("tag") & 0xff {
                case 1: return .list(JavaList(.immutable, try decoder.elements(count, from: &cursor)))
                case 2: return .set(JavaSet(.immutable, try decoder.elements(count, from: &cursor)))
                case 3: return .map(JavaMap(.immutable, try decoder.entries(count / 2, from: &cursor)))
                case 4: return .list(JavaList(.immutableWithNulls, try decoder.elements(count, from: &cursor)))
                default: return nil
                }
            }
        ),
    ]

    private static let sets: [(JavaClassDescriptor, Decode)] = [
        Self.hashSet(.hashSet), Self.hashSet(.linkedHashSet),
        (
            JavaClasses.treeSet,
            { (object, decoder) throws(JavaSerializationError) in
                var cursor = try Self.cursor(object, JavaClasses.treeSet)
                guard try cursor.slot() == .null else { return nil }
                let count = try cursor.integer(as: Int32.self)
                return .set(JavaSet(.treeSet, try decoder.elements(count, from: &cursor)))
            }
        ),
        (JavaClasses.emptySet, { (_, _) in .set(JavaSet(.empty, [])) }),
    ]

    private static let maps: [(JavaClassDescriptor, Decode)] = [
        Self.hashMap(JavaClasses.hashMap, JavaClasses.hashMap) { _ in .hashMap },
        Self.hashMap(JavaClasses.linkedHashMap, JavaClasses.hashMap) { object in
            object.slot("accessOrder") == .boolean(true) ? .accessOrderedMap : .linkedHashMap
        },
        Self.hashMap(JavaClasses.hashtable, JavaClasses.hashtable) { _ in .hashtable },
        Self.hashMap(JavaClasses.properties, JavaClasses.hashtable) { object in
            object.slot("defaults") == .null ? .properties : nil
        },
        (
            JavaClasses.treeMap,
            { (object, decoder) throws(JavaSerializationError) in
                guard object.slot("comparator") == .null else { return nil }
                var cursor = try Self.cursor(object, JavaClasses.treeMap)
                let count = try cursor.integer(as: Int32.self)
                return .map(JavaMap(.treeMap, try decoder.entries(count, from: &cursor)))
            }
        ),
        (
            JavaClasses.concurrentHashMap,
            { (object, decoder) throws(JavaSerializationError) in
                var cursor = try Self.cursor(object, JavaClasses.concurrentHashMap)
                var entries: [JavaMap.Entry] = []
                while true {
                    let key = decoder.value(of: try cursor.slot(), in: cursor.graph)
                    let value = decoder.value(of: try cursor.slot(), in: cursor.graph)
                    guard key != .null else { return .map(JavaMap(.concurrentHashMap, entries)) }
                    entries.append(JavaMap.Entry(key, value))
                }
            }
        ),
        (JavaClasses.emptyMap, { (_, _) in .map(JavaMap(.empty, [])) }),
        (
            JavaClasses.unmodifiableMap,
            { (object, decoder) throws(JavaSerializationError) in
                guard let inner = try object.object("m"), case .map(let map) = decoder.value(of: inner) else {
                    return nil
                }
                return .map(JavaMap(.unmodifiable(map.kind), map.entries))
            }
        ),
    ]

    private static func list(_ kind: JavaList.Kind) -> (JavaClassDescriptor, Decode) {
        (
            kind.descriptor,
            { (object, decoder) throws(JavaSerializationError) in
                var cursor = try Self.cursor(object, kind.descriptor)
                let count = try cursor.integer(as: Int32.self)
                return .list(JavaList(kind, try decoder.elements(count, from: &cursor)))
            }
        )
    }

    private static func vector(_ kind: JavaList.Kind) -> (JavaClassDescriptor, Decode) {
        (
            kind.descriptor,
            { (object, decoder) throws(JavaSerializationError) in
                guard try object.int("capacityIncrement") == 0, let array = try object.object("elementData"),
                    case .array(let elements) = decoder.value(of: array)
                else { return nil }
                let count = Int(try object.int("elementCount"))
                guard 0...elements.elements.count ~= count else { return nil }
                return .list(JavaList(kind, Array(elements.elements.prefix(count))))
            }
        )
    }

    private static func hashSet(_ kind: JavaSet.Kind) -> (JavaClassDescriptor, Decode) {
        (
            kind.descriptor,
            { (object, decoder) throws(JavaSerializationError) in
                var cursor = try Self.cursor(object, JavaClasses.hashSet)
                _ = try cursor.integer(as: Int32.self)
                guard Float(bitPattern: try cursor.integer()) == Self.loadFactor else { return nil }
                let count = try cursor.integer(as: Int32.self)
                return .set(JavaSet(kind, try decoder.elements(count, from: &cursor)))
            }
        )
    }

    private static func hashMap(
        _ descriptor: JavaClassDescriptor,
        _ writer: JavaClassDescriptor,
        _ kind: @escaping @Sendable (JavaObject) -> JavaMap.Kind?
    ) -> (JavaClassDescriptor, Decode) {
        (
            descriptor,
            { (object, decoder) throws(JavaSerializationError) in
                guard object.slot("loadFactor") == .float(Self.loadFactor), let kind = kind(object) else { return nil }
                var cursor = try Self.cursor(object, writer)
                _ = try cursor.integer(as: Int32.self)
                let count = try cursor.integer(as: Int32.self)
                return .map(JavaMap(kind, try decoder.entries(count, from: &cursor)))
            }
        )
    }

    private static func bigInteger(_ object: JavaObject) throws(JavaSerializationError) -> JavaBigInteger {
        try object.expect(className: JavaClasses.bigInteger.name)
        let signum = try object.int("signum")
        guard let magnitude = try object.bytes("magnitude"), -1...1 ~= signum, magnitude.isEmpty == (signum == 0) else {
            throw .invalidValue(className: object.className)
        }
        return JavaBigInteger(signum: signum, magnitude: magnitude)
    }

    private static func cursor(
        _ object: JavaObject,
        _ writer: JavaClassDescriptor
    ) throws(JavaSerializationError) -> PieceCursor {
        guard let pieces = object.pieces(of: writer.name) else { throw .unexpectedClass(found: object.className) }
        return PieceCursor(graph: object.graph, pieces: pieces)
    }
}
