/// One value inside a graph: a primitive, or where the object stands.
enum JavaSlot: Sendable, Equatable {
    case boolean(Bool)
    case byte(Int8)
    case character(UInt16)
    case short(Int16)
    case int(Int32)
    case long(Int64)
    case float(Float)
    case double(Double)
    case null
    /// Graph 0 is the slot's own, the others are ``JavaGraph/imports`` from 1.
    case node(graph: UInt32, index: UInt32)
    /// A class description written as an object of its own.
    case descriptor(JavaClassDescriptor)
}

/// One piece of what a class writes by itself: primitive data or an object.
enum JavaPiece: Sendable, Equatable {
    /// One block, as the writer cut it: a range of ``JavaGraph/blockBytes``.
    case block(offset: UInt32, count: UInt32)
    case content(JavaSlot)
    /// Here the writer forgot all handles; only between the contents of a whole stream.
    case reset
}

/// The elements of an array of a primitive type.
package enum JavaPrimitives: Sendable, Equatable {
    case booleans([Bool])
    case bytes([UInt8])
    case characters([UInt16])
    case shorts([Int16])
    case ints([Int32])
    case longs([Int64])
    case floats([Float])
    case doubles([Double])
}

/// Everything that has an identity in a stream.
enum JavaNode: Sendable {
    /// Interned: the same text as a field's type, which Java writes once per stream.
    case string(String, isInterned: Bool)
    /// Text that no Swift string holds (a lone surrogate) or that Java would encode otherwise.
    case rawString([UInt8])
    /// An object of one of the eight boxes of `java.lang`; the slot is the primitive in it.
    case boxed(JavaSlot)
    /// Values of all classes of the chain, topmost first; own data of each class that has some, in the same order.
    case object(JavaClassDescriptor, values: [JavaSlot], data: [[JavaPiece]])
    case primitives(JavaClassDescriptor, JavaPrimitives)
    case elements(JavaClassDescriptor, [JavaSlot])
    case enumConstant(JavaClassDescriptor, name: JavaSlot)
    case classObject(JavaClassDescriptor)

    /// Whether nobody can tell two equal ones apart by changing one.
    var isImmutable: Bool {
        switch self {
        case .string, .rawString, .boxed, .enumConstant, .classObject: true
        case .object, .primitives, .elements: false
        }
    }
}

/// Java objects with their references to each other, shared and cyclic ones too, as an immutable value.
///
/// Nodes live side by side in one array and refer to each other by position, so that cycles do not leak and a graph of
/// any depth is freed without recursion. A graph read from a stream may refer to graphs read from it before.
package final class JavaGraph: Sendable {
    let nodes: [JavaNode]
    /// All primitive data of the graph's objects.
    let blockBytes: [UInt8]
    /// Graphs of earlier contents of the same stream that this one refers to.
    let imports: [JavaGraph]
    /// Whether no changeable object is referred to twice.
    let isTree: Bool
    /// Graphs from this one to the last that is imported by an import.
    let chainLength: Int

    init(nodes: [JavaNode], blockBytes: [UInt8], imports: [JavaGraph], isTree: Bool) {
        self.nodes = nodes
        self.blockBytes = blockBytes
        self.imports = imports
        self.isTree = isTree
        self.chainLength = 1 + (imports.map(\.chainLength).max() ?? 0)
    }

    /// The graph and position of a node as seen from this graph.
    func resolve(graph: UInt32, index: UInt32) -> (graph: JavaGraph, index: Int) {
        (graph == 0 ? self : self.imports[Int(graph) - 1], Int(index))
    }
}
