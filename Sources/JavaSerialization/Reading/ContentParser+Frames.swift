extension ContentParser {
    /// An object or array of which not all has been read.
    struct Frame {
        enum Phase {
            case fields
            case data
            case elements
        }

        let node: Int
        let descriptor: JavaClassDescriptor
        var phase: Phase
        /// Which of the classes that write something is being read.
        var level = 0
        /// The next field of that class, or the elements that are still to come.
        var position = 0
        var values: [JavaSlot] = []
        var data: [[JavaPiece]] = []
        var pieces: [JavaPiece] = []
    }

    /// Goes on with the innermost open content until it is complete or another one opens within it.
    mutating func step() throws(JavaSerializationError) {
        let top = self.stack.count - 1
        switch self.stack[top].phase {
        case .fields: try self.stepFields(top)
        case .data: try self.stepData(top)
        case .elements: try self.stepElements(top)
        }
    }

    private mutating func stepFields(_ top: Int) throws(JavaSerializationError) {
        let index = self.stack[top].level
        guard index < self.stack[top].descriptor.levelCount else { return self.finishObject() }
        let level = self.stack[top].descriptor.level(index)
        while self.stack[top].position < level.fields.count {
            let kind = level.fields[self.stack[top].position].kind
            self.stack[top].position += 1
            let value = try kind.isPrimitive ? self.readPrimitive(kind) : self.beginContent()
            self.stack[top].values.append(value)
            if self.stack.count - 1 > top { return }
        }
        self.stack[top].position = 0
        if level.flags.contains(.writeMethod) {
            self.stack[top].phase = .data
        } else {
            self.stack[top].level += 1
        }
    }

    private mutating func stepData(_ top: Int) throws(JavaSerializationError) {
        while let code = self.source.next {
            switch code {
            case TypeCode.blockData, TypeCode.longBlockData:
                self.stack[top].pieces.append(try self.readBlock())
            case TypeCode.endBlockData:
                _ = try self.source.byte()
                self.stack[top].data.append(self.stack[top].pieces)
                self.stack[top].pieces = []
                self.stack[top].level += 1
                self.stack[top].phase = .fields
                return
            default:
                let value = try self.beginContent()
                self.stack[top].pieces.append(.content(value))
                if self.stack.count - 1 > top { return }
            }
        }
        throw .truncated
    }

    private mutating func stepElements(_ top: Int) throws(JavaSerializationError) {
        while self.stack[top].position > 0 {
            self.stack[top].position -= 1
            let value = try self.beginContent()
            self.stack[top].values.append(value)
            if self.stack.count - 1 > top { return }
        }
        guard let frame = self.stack.popLast() else { return }
        self.builder.nodes[frame.node] = .elements(frame.descriptor, frame.values)
    }

    private mutating func finishObject() {
        guard let frame = self.stack.popLast() else { return }
        self.builder.nodes[frame.node] = .object(frame.descriptor, values: frame.values, data: frame.data)
    }

    /// Reads one block of primitive data, the next byte being its code.
    mutating func readBlock() throws(JavaSerializationError) -> JavaPiece {
        let count = try self.readBlockLength()
        let offset = self.builder.blockBytes.count
        guard let position = UInt32(exactly: offset), let length = UInt32(exactly: count) else {
            throw .limitExceeded(.streamSize)
        }
        try self.source.append(count, to: &self.builder.blockBytes)
        return .block(offset: position, count: length)
    }

    /// Reads the code and length of a block.
    mutating func readBlockLength() throws(JavaSerializationError) -> Int {
        if try self.source.byte() == TypeCode.blockData { return Int(try self.source.byte()) }
        let length = try self.source.integer(as: Int32.self)
        guard length >= 0 else { throw .invalidLength(Int64(length)) }
        return Int(length)
    }

    /// Opens an object.
    ///
    /// - Throws: ``JavaSerializationError/limitExceeded(_:)`` when too many are open.
    mutating func beginObject(_ descriptor: JavaClassDescriptor) throws(JavaSerializationError) -> JavaSlot {
        guard self.stack.count < self.limits.nestingMaximum else { throw .limitExceeded(.nesting) }
        var frame = Frame(node: self.builder.nodes.count, descriptor: descriptor, phase: .fields)
        if descriptor.flags.contains(.externalizable) { frame.phase = .data }
        let slot = try self.addNode(.object(descriptor, values: [], data: []))
        self.stack.append(frame)
        return slot
    }

    /// Reads an array of a primitive type, or opens one of objects.
    mutating func beginArray() throws(JavaSerializationError) -> JavaSlot {
        let descriptor = try self.readDescriptor()
        guard let kind = descriptor.elementKind else { throw .invalidDescriptor(className: descriptor.name) }
        let index = self.builder.nodes.count
        let slot = try self.addNode(.elements(descriptor, []))
        let length = try self.source.integer(as: Int32.self)
        guard length >= 0 else { throw .invalidLength(Int64(length)) }
        guard Int(length) <= self.source.remaining else { throw .truncated }
        if kind.isPrimitive {
            self.builder.nodes[index] = .primitives(descriptor, try self.readPrimitives(kind, Int(length)))
        } else if length > 0 {
            guard self.stack.count < self.limits.nestingMaximum else { throw .limitExceeded(.nesting) }
            var frame = Frame(node: index, descriptor: descriptor, phase: .elements)
            frame.position = Int(length)
            self.stack.append(frame)
        }
        return slot
    }

    private mutating func readPrimitives(
        _ kind: JavaField.Kind,
        _ count: Int
    ) throws(JavaSerializationError) -> JavaPrimitives {
        switch kind {
        case .boolean: .booleans(try self.source.bytes(count).map { $0 != 0 })
        case .byte: .bytes(try self.source.bytes(count))
        case .character: .characters(try self.source.integers(count))
        case .short: .shorts(try self.source.integers(count))
        case .int: .ints(try self.source.integers(count))
        case .long: .longs(try self.source.integers(count))
        case .float: .floats(try self.source.integers(count).map { Float(bitPattern: $0) })
        case .double: .doubles(try self.source.integers(count).map { Double(bitPattern: $0) })
        case .object, .array: throw .invalidDescriptor(className: "")
        }
    }
}
