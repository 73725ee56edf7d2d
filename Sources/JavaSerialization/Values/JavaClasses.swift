/// The classes of the JDK that Caracal knows: each described once.
///
/// Source: the JDK's declared and computed `serialVersionUID`s, as Java 17 writes them.
package enum JavaClasses {
    package typealias Descriptor = JavaClassDescriptor
    private static let objects = "[Ljava/lang/Object;"
    private static let written: Descriptor.Flags = [.serializable, .writeMethod]

    // Boxes
    package static let number = Descriptor("java.lang.Number", uid: 0x86ac_951d_0b94_e08b)
    package static let integer = Self.box("Integer", 0x12e2_a0a4_f781_8738, .int("value"), Self.number)
    package static let long = Self.box("Long", 0x3b8b_e490_cc8f_23df, .long("value"), Self.number)
    package static let short = Self.box("Short", 0x684d_3713_3460_da52, .short("value"), Self.number)
    package static let byte = Self.box("Byte", 0x9c4e_6084_ee50_f51c, .byte("value"), Self.number)
    package static let float = Self.box("Float", 0xdaed_c9a2_db3c_f0ec, .float("value"), Self.number)
    package static let double = Self.box("Double", 0x80b3_c24a_296b_fb04, .double("value"), Self.number)
    package static let boolean = Self.box("Boolean", 0xcd20_7280_d59c_faee, .boolean("value"))
    package static let character = Self.box("Character", 0x348b_47d9_6b1a_2678, .character("value"))
    package static let enumeration = Descriptor("java.lang.Enum", uid: 0, flags: [.serializable, .enumeration])

    // Numbers
    package static let atomicInteger = Descriptor(
        "java.util.concurrent.atomic.AtomicInteger",
        uid: 0x563f_5ecc_8c6c_168a,
        fields: [.int("value")],
        superclass: Self.number
    )
    package static let atomicLong = Descriptor(
        "java.util.concurrent.atomic.AtomicLong",
        uid: 0x1ac0_fab4_7700_1718,
        fields: [.long("value")],
        superclass: Self.number
    )
    package static let atomicBoolean = Descriptor(
        "java.util.concurrent.atomic.AtomicBoolean",
        uid: 0x4098_b70a_4f3f_fc33,
        fields: [.int("value")]
    )
    package static let bigInteger = Descriptor(
        "java.math.BigInteger",
        uid: 0x8cfc_9f1f_a93b_fb1d,
        flags: Self.written,
        fields: [
            .int("bitCount"), .int("bitLength"), .int("firstNonzeroByteNum"), .int("lowestSetBit"), .int("signum"),
            .bytes("magnitude"),
        ],
        superclass: Self.number
    )
    package static let bigDecimal = Descriptor(
        "java.math.BigDecimal",
        uid: 0x54c7_1557_f981_284f,
        flags: Self.written,
        fields: [.int("scale"), .object("intVal", "Ljava/math/BigInteger;")],
        superclass: Self.number
    )

    // Other single values
    package static let date = Descriptor("java.util.Date", uid: 0x686a_8101_4b59_7419, flags: Self.written)
    package static let sqlTimestamp = Descriptor(
        "java.sql.Timestamp",
        uid: 0x2618_d5c8_0153_bf65,
        fields: [.int("nanos")],
        superclass: Self.date
    )
    package static let uuid = Descriptor(
        "java.util.UUID",
        uid: 0xbc99_03f7_986d_852f,
        fields: [.long("leastSigBits"), .long("mostSigBits")]
    )
    package static let locale = Descriptor(
        "java.util.Locale",
        uid: 0x7ef8_1160_9c30_f9ec,
        flags: Self.written,
        fields: [
            .int("hashcode"), .string("country"), .string("extensions"), .string("language"), .string("script"),
            .string("variant"),
        ]
    )
    package static let time = Descriptor("java.time.Ser", uid: 0x955d_84ba_1b22_48b2, flags: .external)

    // Lists
    package static let arrayList = Descriptor(
        "java.util.ArrayList",
        uid: 0x7881_d21d_99c7_619d,
        flags: Self.written,
        fields: [.int("size")]
    )
    package static let linkedList = Descriptor("java.util.LinkedList", uid: 0x0c29_535d_4a60_8822, flags: Self.written)
    package static let vector = Descriptor(
        "java.util.Vector",
        uid: 0xd997_7d5b_803b_af01,
        flags: Self.written,
        fields: [.int("capacityIncrement"), .int("elementCount"), .array("elementData", Self.objects)]
    )
    package static let stack = Descriptor("java.util.Stack", uid: 0x10fe_2ac2_bb09_861d, superclass: Self.vector)
    package static let arraysAsList = Descriptor(
        "java.util.Arrays$ArrayList",
        uid: 0xd9a4_3cbe_cd88_06d2,
        fields: [.array("a", Self.objects)]
    )
    package static let arrayDeque = Descriptor("java.util.ArrayDeque", uid: 0x207c_da2e_240d_a08b, flags: Self.written)
    package static let copyOnWriteArrayList = Descriptor(
        "java.util.concurrent.CopyOnWriteArrayList",
        uid: 0x785d_9fd5_46ab_90c3,
        flags: Self.written
    )
    package static let emptyList = Descriptor("java.util.Collections$EmptyList", uid: 0x7ab8_17b4_3ca7_9ede)
    /// `List.of`, `Set.of` and `Map.of`.
    package static let immutable = Descriptor(
        "java.util.CollSer",
        uid: 0x578e_abb6_3a1b_a811,
        flags: Self.written,
        fields: [.int("tag")]
    )

    // Sets
    package static let hashSet = Descriptor("java.util.HashSet", uid: 0xba44_8595_96b8_b734, flags: Self.written)
    package static let linkedHashSet = Descriptor(
        "java.util.LinkedHashSet",
        uid: 0xd86c_d75a_95dd_2a1e,
        superclass: Self.hashSet
    )
    package static let treeSet = Descriptor("java.util.TreeSet", uid: 0xdd98_5093_95ed_875b, flags: Self.written)
    package static let emptySet = Descriptor("java.util.Collections$EmptySet", uid: 0x15f5_721d_b403_cb28)

    // Maps
    package static let hashMap = Descriptor(
        "java.util.HashMap",
        uid: 0x0507_dac1_c316_60d1,
        flags: Self.written,
        fields: [.float("loadFactor"), .int("threshold")]
    )
    package static let linkedHashMap = Descriptor(
        "java.util.LinkedHashMap",
        uid: 0x34c0_4e5c_106c_c0fb,
        fields: [.boolean("accessOrder")],
        superclass: Self.hashMap
    )
    package static let treeMap = Descriptor(
        "java.util.TreeMap",
        uid: 0x0cc1_f63e_2d25_6ae6,
        flags: Self.written,
        fields: [.object("comparator", "Ljava/util/Comparator;")]
    )
    package static let hashtable = Descriptor(
        "java.util.Hashtable",
        uid: 0x13bb_0f25_214a_e4b8,
        flags: Self.written,
        fields: [.float("loadFactor"), .int("threshold")]
    )
    package static let properties = Descriptor(
        "java.util.Properties",
        uid: 0x3912_d07a_7036_3e98,
        fields: [.object("defaults", "Ljava/util/Properties;")],
        superclass: Self.hashtable
    )
    package static let concurrentHashMap = Descriptor(
        "java.util.concurrent.ConcurrentHashMap",
        uid: 0x6499_de12_9d87_293d,
        flags: Self.written,
        fields: [
            .int("segmentMask"), .int("segmentShift"),
            .array("segments", "[Ljava/util/concurrent/ConcurrentHashMap$Segment;"),
        ]
    )
    package static let emptyMap = Descriptor("java.util.Collections$EmptyMap", uid: 0x5936_1485_5adc_e7d0)
    package static let unmodifiableMap = Descriptor(
        "java.util.Collections$UnmodifiableMap",
        uid: 0xf1a5_a8fe_74f5_0742,
        fields: [.object("m", "Ljava/util/Map;")]
    )

    // Arrays
    package static let bytes = Descriptor("[B", uid: 0xacf3_17f8_0608_54e0)
    package static let ints = Descriptor("[I", uid: 0x4dba_6026_76ea_b2a5)
    package static let longs = Descriptor("[J", uid: 0x7820_04b5_12b1_7593)
    package static let doubles = Descriptor("[D", uid: 0x3ea6_8c14_ab63_5a1e)
    package static let booleans = Descriptor("[Z", uid: 0x578f_2039_14b8_5de2)
    package static let characters = Descriptor("[C", uid: 0xb026_66b0_e25d_84ac)
    package static let shorts = Descriptor("[S", uid: 0xef83_2e06_e55d_b0fa)
    package static let floats = Descriptor("[F", uid: 0x0b9c_8189_22e0_0c42)
    package static let stringArray = Descriptor("[Ljava.lang.String;", uid: 0xadd2_56e7_e91d_7b47)
    package static let objectArray = Descriptor("[Ljava.lang.Object;", uid: 0x90ce_589f_1073_296c)
    package static let integerArray = Descriptor("[Ljava.lang.Integer;", uid: 0xfe97_ada0_0183_e21b)

    static let all: [Descriptor] = [
        Self.number, Self.integer, Self.long, Self.short, Self.byte, Self.float, Self.double, Self.boolean,
        Self.character, Self.enumeration, Self.atomicInteger, Self.atomicLong, Self.atomicBoolean, Self.bigInteger,
        Self.bigDecimal, Self.date, Self.sqlTimestamp, Self.uuid, Self.locale, Self.time, Self.arrayList,
        Self.linkedList, Self.vector, Self.stack, Self.arraysAsList, Self.arrayDeque, Self.copyOnWriteArrayList,
        Self.emptyList, Self.immutable, Self.hashSet, Self.linkedHashSet, Self.treeSet, Self.emptySet, Self.hashMap,
        Self.linkedHashMap, Self.treeMap, Self.hashtable, Self.properties, Self.concurrentHashMap, Self.emptyMap,
        Self.unmodifiableMap, Self.bytes, Self.ints, Self.longs, Self.doubles, Self.booleans, Self.characters,
        Self.shorts, Self.floats, Self.stringArray, Self.objectArray, Self.integerArray,
    ]

    /// Describes a constant's class.
    package static func enumeration(_ name: String) -> Descriptor {
        Descriptor(name, uid: 0, flags: [.serializable, .enumeration], superclass: Self.enumeration)
    }

    static func box(_ slot: JavaSlot) -> Descriptor? {
        switch slot {
        case .boolean: Self.boolean
        case .byte: Self.byte
        case .character: Self.character
        case .short: Self.short
        case .int: Self.integer
        case .long: Self.long
        case .float: Self.float
        case .double: Self.double
        case .null, .node, .descriptor: nil
        }
    }

    private static func box(
        _ name: String,
        _ uid: UInt64,
        _ field: JavaField,
        _ superclass: Descriptor? = nil
    ) -> Descriptor {
        Descriptor(box: "java.lang." + name, uid: uid, field: field, superclass: superclass)
    }
}

/// Known descriptions by class name, so that a stream's become the same instances.
struct JavaClassTable: Sendable {
    static let standard = JavaClassTable(JavaClasses.all)

    private let byName: [String: JavaClassDescriptor]

    init(_ descriptors: [JavaClassDescriptor]) {
        self.byName = Dictionary(descriptors.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The known description that equals this one, or this one.
    func interned(_ descriptor: JavaClassDescriptor) -> JavaClassDescriptor {
        guard let known = self.byName[descriptor.name], known.equals(descriptor) else { return descriptor }
        return known
    }
}
