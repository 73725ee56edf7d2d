/// Reads contents of an object stream into graphs, without recursion.
///
/// A content gets its place in the graph before its parts are read, so that a part may refer to it; what is open stands
/// on a stack of frames whose height ``JavaLimits/nestingMaximum`` bounds.
/// Source: Java Object Serialization Specification, §6.4.
struct ContentParser {
    /// What a handle stands for.
    enum Handle {
        case node(graph: UInt32, index: UInt32)
        case descriptor(JavaClassDescriptor)
        /// A description of which not all has been read.
        case pendingDescriptor
        /// Text outside of any graph; a field's type if it is interned.
        case string(String, isInterned: Bool)
        /// A box outside of any graph.
        case boxed(JavaSlot)
    }

    /// A content outside of any other.
    enum Content {
        case slot(JavaSlot)
        case string(String)
        case boxed(JavaSlot)
        /// A node of an earlier content.
        case earlier(graph: Int, index: Int)
    }

    var source: ByteSource
    let limits: JavaLimits
    let classes: JavaClassTable
    var handles: [Handle] = []
    /// Graphs of earlier contents, which handles may lead to.
    private(set) var graphs: [JavaGraph] = []
    var builder = GraphBuilder()
    var stack: [Frame] = []
    private var isAborting = false

    init(source: ByteSource, limits: JavaLimits, classes: JavaClassTable) {
        self.source = source
        self.limits = limits
        self.classes = classes
    }

    /// Number of the graph that is being read.
    private var graphNumber: UInt32 { UInt32(self.graphs.count) }

    /// Reads a content that stands outside of any other; text and boxes become no graph.
    mutating func readTopLevel() throws(JavaSerializationError) -> Content {
        switch self.source.next {
        case TypeCode.string, TypeCode.longString:
            switch try self.readText() {
            case .string(let text):
                try self.assign(.string(text, isInterned: false))
                return .string(text)
            case .raw(let bytes): return .slot(try self.addNode(.rawString(bytes)))
            }
        case TypeCode.reference:
            return try self.readTopLevelReference()
        case TypeCode.object:
            _ = try self.source.byte()
            let descriptor = try self.readObjectDescriptor()
            if let kind = descriptor.box {
                let slot = try self.readPrimitive(kind)
                try self.assign(.boxed(slot))
                return .boxed(slot)
            }
            let slot = try self.beginObject(descriptor)
            try self.run()
            return .slot(slot)
        default:
            let slot = try self.beginContent()
            try self.run()
            return .slot(slot)
        }
    }

    /// Ends the graph that is being read; contents that follow may refer to it.
    mutating func finishGraph() -> JavaGraph {
        let graph = self.builder.finish()
        self.graphs.append(graph)
        return graph
    }

    /// Reads all contents of a stream into one graph.
    mutating func readAll() throws(JavaSerializationError) -> [JavaPiece] {
        var pieces: [JavaPiece] = []
        while let code = self.source.next {
            switch code {
            case TypeCode.blockData, TypeCode.longBlockData: pieces.append(try self.readBlock())
            case TypeCode.reset:
                try self.skipReset()
                pieces.append(.reset)
            default:
                let slot = try self.beginContent()
                try self.run()
                pieces.append(.content(slot))
            }
        }
        return pieces
    }

    /// Forgets all handles, as the writer did.
    mutating func reset() {
        self.handles.removeAll()
        self.graphs.removeAll()
        self.builder.forgetHandles()
    }

    /// Takes the code that says so, and forgets all handles.
    mutating func skipReset() throws(JavaSerializationError) {
        _ = try self.source.byte()
        self.reset()
    }

    /// Reads until nothing is open.
    mutating func run() throws(JavaSerializationError) {
        while !self.stack.isEmpty { try self.step() }
    }

    mutating func assign(_ handle: Handle) throws(JavaSerializationError) {
        guard self.handles.count < self.limits.handlesMaximum else { throw .limitExceeded(.handles) }
        self.handles.append(handle)
    }

    /// Adds a node and gives it the next handle.
    mutating func addNode(_ node: JavaNode) throws(JavaSerializationError) -> JavaSlot {
        try self.assign(.node(graph: self.graphNumber, index: UInt32(self.builder.nodes.count)))
        return self.builder.add(node)
    }

    /// Reads the handle of a back-reference.
    mutating func readHandle() throws(JavaSerializationError) -> (position: Int, wire: UInt32) {
        let wire = try self.source.integer(as: UInt32.self)
        guard wire >= StreamConstants.firstHandle else { throw .unknownHandle(wire) }
        let position = Int(wire - StreamConstants.firstHandle)
        guard position < self.handles.count else { throw .unknownHandle(wire) }
        return (position, wire)
    }

    /// Reads a back-reference to any content.
    mutating func readReference() throws(JavaSerializationError) -> JavaSlot {
        let (position, wire) = try self.readHandle()
        switch self.handles[position] {
        case .node(let graph, let index) where graph == self.graphNumber:
            if !self.builder.nodes[Int(index)].isImmutable { self.builder.isTree = false }
            return .node(graph: 0, index: index)
        case .node(let graph, let index):
            return try self.builder.add(
                importing: self.graphs[Int(graph)],
                number: Int(graph),
                index: index,
                limits: self.limits
            )
        case .descriptor(let descriptor): return .descriptor(descriptor)
        case .pendingDescriptor: throw .wrongHandle(wire)
        case .string(let text, let isInterned):
            return self.builder.add(leaf: .string(text, isInterned: isInterned), handle: position)
        case .boxed(let slot): return self.builder.add(leaf: .boxed(slot), handle: position)
        }
    }

    private mutating func readTopLevelReference() throws(JavaSerializationError) -> Content {
        _ = try self.source.byte()
        let (position, wire) = try self.readHandle()
        switch self.handles[position] {
        case .node(let graph, let index) where graph == self.graphNumber:
            return .slot(.node(graph: 0, index: index))
        case .node(let graph, let index): return .earlier(graph: Int(graph), index: Int(index))
        case .descriptor(let descriptor): return .slot(.descriptor(descriptor))
        case .pendingDescriptor: throw .wrongHandle(wire)
        case .string(let text, _): return .string(text)
        case .boxed(let slot): return .boxed(slot)
        }
    }

    /// Reads the exception that the writer sent in place of the rest of an object, and throws what it says.
    mutating func readAbort() throws(JavaSerializationError) -> Never {
        guard !self.isAborting else { throw .unexpectedTypeCode(TypeCode.exception) }
        self.isAborting = true
        self.stack.removeAll()
        _ = self.builder.finish()
        self.reset()
        let slot = try self.beginContent()
        try self.run()
        let graph = self.builder.finish()
        self.reset()
        self.isAborting = false
        guard case .node(let number, let index) = slot else { throw .writeAborted(className: "", message: nil) }
        let exception = JavaObject(graph, number, index)
        throw .writeAborted(className: exception.className, message: exception.value("detailMessage").string)
    }
}
