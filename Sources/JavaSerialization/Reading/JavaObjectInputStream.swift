package import NIOCore

/// Reads an object stream from its beginning: primitive data and objects in the order in which they were written.
///
/// Text and boxed primitives are plain values. Every other object becomes a graph of its own, which refers to those
/// read before it where the stream does, so that keeping one object of a large stream keeps little else.
/// - Throws: ``JavaSerializationError`` from every method; hostile input ends in one, never in a trap.
/// Source: Java Object Serialization Specification | `java.io.ObjectInputStream`.
package struct JavaObjectInputStream: JavaObjectInput {
    private var parser: ContentParser
    private let allowList: JavaAllowList
    /// Bytes that are left of the block that is being read.
    private var blockRemaining = 0
    /// The live form of each graph's root, for those that are referred to again.
    private var roots: [Int: (index: Int, value: JavaValue)] = [:]

    /// Checks the header of a stream.
    ///
    /// - Throws: ``JavaSerializationError/badHeader``, or `limitExceeded` if the stream is too large.
    package init(
        _ buffer: ByteBuffer,
        allowList: JavaAllowList = .standard,
        limits: JavaLimits = JavaLimits()
    ) throws(JavaSerializationError) {
        self.parser = try ContentParser(stream: buffer, limits: limits)
        self.allowList = allowList
    }

    /// Checks the header of a stream.
    ///
    /// - Throws: ``JavaSerializationError/badHeader``, or `limitExceeded` if the stream is too large.
    package init(
        _ bytes: [UInt8],
        allowList: JavaAllowList = .standard,
        limits: JavaLimits = JavaLimits()
    ) throws(JavaSerializationError) {
        try self.init(ByteBuffer(bytes: bytes), allowList: allowList, limits: limits)
    }

    package var isAtEnd: Bool { self.blockRemaining == 0 && self.parser.source.remaining == 0 }

    package mutating func readInteger<T: FixedWidthInteger>(as type: T.Type) throws(JavaSerializationError) -> T {
        let size = MemoryLayout<T>.size
        if self.blockRemaining == 0 { try self.openBlock() }
        if self.blockRemaining >= size {
            self.blockRemaining -= size
            return try self.parser.source.integer()
        }
        return try self.readBytes(size).reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }

    package mutating func readBytes(_ count: Int) throws(JavaSerializationError) -> [UInt8] {
        guard count >= 0 else { throw .invalidLength(Int64(count)) }
        var bytes: [UInt8] = []
        while bytes.count < count {
            if self.blockRemaining == 0 { try self.openBlock() }
            let taken = min(self.blockRemaining, count - bytes.count)
            try self.parser.source.append(taken, to: &bytes)
            self.blockRemaining -= taken
        }
        return bytes
    }

    package mutating func readObject() throws(JavaSerializationError) -> JavaValue {
        try self.skipToContent()
        switch try self.parser.readTopLevel() {
        case .string(let text): return .string(text)
        case .boxed(let slot): return JavaValue(primitive: slot)
        case .earlier(let graph, let index):
            if let root = self.roots[graph], root.index == index { return root.value }
            return self.part(JavaObject(self.parser.graphs[graph], 0, UInt32(index)))
        case .slot(.node(let number, let index)):
            let position = self.parser.graphs.count
            let graph = self.parser.finishGraph()
            var decoder = LiveDecoder(allowList: self.allowList, limits: self.parser.limits)
            let value = decoder.value(of: .node(graph: number, index: index), in: graph)
            self.roots[position] = (Int(index), value)
            return value
        case .slot(let slot): return JavaValue(primitive: slot)
        }
    }

    /// An object within an earlier one; what can be changed stays an object, so that many references cost little.
    private func part(_ object: JavaObject) -> JavaValue {
        guard object.node.isImmutable else { return .object(object) }
        var decoder = LiveDecoder(allowList: self.allowList, limits: self.parser.limits)
        return decoder.value(of: object)
    }

    /// Opens the next block that is not empty.
    private mutating func openBlock() throws(JavaSerializationError) {
        while self.blockRemaining == 0 {
            switch self.parser.source.next {
            case TypeCode.blockData, TypeCode.longBlockData: self.blockRemaining = try self.parser.readBlockLength()
            case TypeCode.reset: try self.reset()
            case nil: throw .truncated
            default: throw .noPrimitiveData
            }
        }
    }

    private mutating func skipToContent() throws(JavaSerializationError) {
        while true {
            guard self.blockRemaining == 0 else { throw .unreadPrimitiveData(self.blockRemaining) }
            switch self.parser.source.next {
            case TypeCode.blockData, TypeCode.longBlockData: self.blockRemaining = try self.parser.readBlockLength()
            case TypeCode.reset: try self.reset()
            default: return
            }
        }
    }

    private mutating func reset() throws(JavaSerializationError) {
        try self.parser.skipReset()
        self.roots.removeAll()
    }
}

extension ContentParser {
    /// Checks the header of a stream.
    ///
    /// - Throws: ``JavaSerializationError/badHeader``, or `limitExceeded` if the stream is too large.
    init(stream buffer: ByteBuffer, limits: JavaLimits) throws(JavaSerializationError) {
        guard buffer.readableBytes <= limits.streamSizeMaximum else { throw .limitExceeded(.streamSize) }
        var source = ByteSource(buffer)
        guard try source.integer(as: UInt32.self) == StreamConstants.header else { throw .badHeader }
        self.init(source: source, limits: limits, classes: JavaClassTable.standard)
    }
}
