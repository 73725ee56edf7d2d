/// A graph while it is read.
struct GraphBuilder {
    var nodes: [JavaNode] = []
    var blockBytes: [UInt8] = []
    var isTree = true
    private var imports: [JavaGraph] = []
    private var importPositions: [Int: UInt32] = [:]
    /// Where texts and boxes that stand in the stream outside of any graph are in this one, by handle.
    private var leaves: [Int: UInt32] = [:]

    /// A node of this graph or of one that it refers to.
    func node(graph: UInt32, index: UInt32) -> JavaNode {
        graph == 0 ? self.nodes[Int(index)] : self.imports[Int(graph) - 1].nodes[Int(index)]
    }

    /// Adds a node, which is referred to as the slot says.
    mutating func add(_ node: JavaNode) -> JavaSlot {
        self.nodes.append(node)
        return .node(graph: 0, index: UInt32(self.nodes.count - 1))
    }

    /// Refers to a node of an earlier graph of the stream.
    ///
    /// - Throws: ``JavaSerializationError/limitExceeded(_:)`` when too many graphs would hang behind one another.
    mutating func add(
        importing graph: JavaGraph,
        number: Int,
        index: UInt32,
        limits: JavaLimits
    ) throws(JavaSerializationError) -> JavaSlot {
        if !graph.nodes[Int(index)].isImmutable { self.isTree = false }
        if let position = self.importPositions[number] { return .node(graph: position, index: index) }
        guard graph.chainLength < limits.importChainMaximum else { throw .limitExceeded(.nesting) }
        self.imports.append(graph)
        self.importPositions[number] = UInt32(self.imports.count)
        return .node(graph: UInt32(self.imports.count), index: index)
    }

    /// Refers to a text or box that stands outside of any graph.
    mutating func add(leaf node: JavaNode, handle: Int) -> JavaSlot {
        if let index = self.leaves[handle] { return .node(graph: 0, index: index) }
        let slot = self.add(node)
        self.leaves[handle] = UInt32(self.nodes.count - 1)
        return slot
    }

    /// Forgets which handles stand for what; the nodes stay.
    mutating func forgetHandles() { self.leaves.removeAll() }

    /// Marks a text as one that is also a field's type.
    mutating func intern(_ index: UInt32) {
        if case .string(let text, isInterned: false) = self.nodes[Int(index)] {
            self.nodes[Int(index)] = .string(text, isInterned: true)
        }
    }

    /// The graph, of which nothing more is read.
    mutating func finish() -> JavaGraph {
        let graph = JavaGraph(
            nodes: self.nodes,
            blockBytes: self.blockBytes,
            imports: self.imports,
            isTree: self.isTree
        )
        self = GraphBuilder()
        return graph
    }
}
