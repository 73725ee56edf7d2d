/// What a stream may refer back to.
struct HandleTable {
    private struct NodeKey: Hashable {
        let graph: ObjectIdentifier
        let index: Int
    }

    /// Handles given out.
    private(set) var count: UInt32 = 0
    private var descriptors: [ObjectIdentifier: UInt32] = [:]
    private var descriptorsByName: [String: [(descriptor: JavaClassDescriptor, handle: UInt32)]] = [:]
    private var interned: [[UInt8]: UInt32] = [:]
    private var nodes: [NodeKey: UInt32] = [:]
    /// Keeps what the keys are made of alive, so that no other object takes its address.
    private var graphs: [JavaGraph] = []
    private var equivalents: [JavaClassDescriptor] = []

    /// Gives out a handle to which nothing will refer.
    mutating func assign() { self.count += 1 }

    mutating func assign(to descriptor: JavaClassDescriptor) {
        self.descriptors[ObjectIdentifier(descriptor)] = self.count
        self.descriptorsByName[descriptor.name, default: []].append((descriptor, self.count))
        self.count += 1
    }

    mutating func assign(toInterned text: String) {
        self.interned[[UInt8](text.utf8)] = self.count
        self.count += 1
    }

    mutating func assign(toNode index: Int, of graph: JavaGraph) {
        if self.graphs.last !== graph { self.graphs.append(graph) }
        self.nodes[NodeKey(graph: ObjectIdentifier(graph), index: index)] = self.count
        self.count += 1
    }

    /// The handle of a description that equals this one.
    mutating func handle(of descriptor: JavaClassDescriptor) -> UInt32? {
        if let handle = self.descriptors[ObjectIdentifier(descriptor)] { return handle }
        let candidates = self.descriptorsByName[descriptor.name] ?? []
        guard let match = candidates.first(where: { $0.descriptor.equals(descriptor) }) else { return nil }
        self.equivalents.append(descriptor)
        self.descriptors[ObjectIdentifier(descriptor)] = match.handle
        return match.handle
    }

    func handle(ofInterned text: String) -> UInt32? { self.interned[[UInt8](text.utf8)] }

    func handle(ofNode index: Int, of graph: JavaGraph) -> UInt32? {
        self.nodes[NodeKey(graph: ObjectIdentifier(graph), index: index)]
    }

    /// Makes a node's handle one that a text of the same content already has.
    mutating func alias(node index: Int, of graph: JavaGraph, to handle: UInt32) {
        if self.graphs.last !== graph { self.graphs.append(graph) }
        self.nodes[NodeKey(graph: ObjectIdentifier(graph), index: index)] = handle
    }
}
