/// An array of objects.
package struct JavaArray: Sendable, Equatable {
    /// The array's own class, `[Ljava.lang.String;`.
    package let descriptor: JavaClassDescriptor
    package var elements: [JavaValue]

    package init(_ descriptor: JavaClassDescriptor = JavaClasses.objectArray, _ elements: [JavaValue]) {
        self.descriptor = descriptor
        self.elements = elements
    }
}

/// A list, and which of Java's it is.
package struct JavaList: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case arrayList
        case linkedList
        case vector
        case stack
        case arrayDeque
        case copyOnWriteArrayList
        /// `Collections.emptyList()`.
        case empty
        /// `List.of`.
        case immutable
        /// A list of `Stream.toList` and the like, which may hold null.
        case immutableWithNulls
        /// `Arrays.asList`, with the class of its array.
        case arraysAsList(JavaClassDescriptor)

        var descriptor: JavaClassDescriptor {
            switch self {
            case .arrayList: JavaClasses.arrayList
            case .linkedList: JavaClasses.linkedList
            case .vector: JavaClasses.vector
            case .stack: JavaClasses.stack
            case .arrayDeque: JavaClasses.arrayDeque
            case .copyOnWriteArrayList: JavaClasses.copyOnWriteArrayList
            case .empty: JavaClasses.emptyList
            case .immutable, .immutableWithNulls: JavaClasses.immutable
            case .arraysAsList: JavaClasses.arraysAsList
            }
        }
    }

    package let kind: Kind
    package var elements: [JavaValue]

    package init(_ kind: Kind, _ elements: [JavaValue]) {
        self.kind = kind
        self.elements = elements
    }
}

/// A set in the order in which Java wrote it, and which of Java's it is.
package struct JavaSet: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case hashSet
        case linkedHashSet
        /// Ascending; without a comparator.
        case treeSet
        /// `Set.of`.
        case immutable
        /// `Collections.emptySet()`.
        case empty

        var descriptor: JavaClassDescriptor {
            switch self {
            case .hashSet: JavaClasses.hashSet
            case .linkedHashSet: JavaClasses.linkedHashSet
            case .treeSet: JavaClasses.treeSet
            case .immutable: JavaClasses.immutable
            case .empty: JavaClasses.emptySet
            }
        }
    }

    package let kind: Kind
    package var elements: [JavaValue]

    package init(_ kind: Kind, _ elements: [JavaValue]) {
        self.kind = kind
        self.elements = elements
    }
}

/// A map in the order in which Java wrote it, and which of Java's it is.
package struct JavaMap: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let key: JavaValue
        package var value: JavaValue

        package init(_ key: JavaValue, _ value: JavaValue) {
            self.key = key
            self.value = value
        }
    }

    package indirect enum Kind: Sendable, Equatable {
        case hashMap
        /// In the order of insertion.
        case linkedHashMap
        /// In the order of the last access.
        case accessOrderedMap
        /// Ascending; without a comparator.
        case treeMap
        case hashtable
        /// Without defaults.
        case properties
        case concurrentHashMap
        /// `Map.of`.
        case immutable
        /// `Collections.emptyMap()`.
        case empty
        /// `Collections.unmodifiableMap`.
        case unmodifiable(Kind)

        var descriptor: JavaClassDescriptor {
            switch self {
            case .hashMap: JavaClasses.hashMap
            case .linkedHashMap, .accessOrderedMap: JavaClasses.linkedHashMap
            case .treeMap: JavaClasses.treeMap
            case .hashtable: JavaClasses.hashtable
            case .properties: JavaClasses.properties
            case .concurrentHashMap: JavaClasses.concurrentHashMap
            case .immutable: JavaClasses.immutable
            case .empty: JavaClasses.emptyMap
            case .unmodifiable: JavaClasses.unmodifiableMap
            }
        }
    }

    package let kind: Kind
    package var entries: [Entry]

    package init(_ kind: Kind, _ entries: [Entry]) {
        self.kind = kind
        self.entries = entries
    }

    /// The value of the first entry whose key is that text.
    package subscript(_ key: String) -> JavaValue? {
        self.entries.first { $0.key == .string(key) }?.value
    }
}

/// A constant of an enumeration.
package struct JavaEnumConstant: Sendable, Equatable {
    package let descriptor: JavaClassDescriptor
    package let name: String

    package init(_ descriptor: JavaClassDescriptor, _ name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    package var className: String { self.descriptor.name }
}
