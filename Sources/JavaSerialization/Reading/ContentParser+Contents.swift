extension ContentParser {
    /// Reads a content, or opens it if it has parts that are contents themselves.
    mutating func beginContent() throws(JavaSerializationError) -> JavaSlot {
        let code = try self.source.byte()
        switch code {
        case TypeCode.null: return .null
        case TypeCode.reference: return try self.readReference()
        case TypeCode.string: return try self.addText(try self.source.text(Int(self.source.integer(as: UInt16.self))))
        case TypeCode.longString: return try self.addText(try self.source.text(self.readLongLength()))
        case TypeCode.object: return try self.beginBoxOrObject()
        case TypeCode.array: return try self.beginArray()
        case TypeCode.enumConstant: return try self.readEnumConstant()
        case TypeCode.classObject: return try self.addNode(.classObject(try self.readDescriptor()))
        case TypeCode.classDescriptor: return .descriptor(try self.readNewDescriptors())
        case TypeCode.proxyClassDescriptor: throw .proxyClass
        case TypeCode.exception: try self.readAbort()
        default: throw .unexpectedTypeCode(code)
        }
    }

    /// Reads text with its code, which the caller has looked at; no handle is given out.
    mutating func readText() throws(JavaSerializationError) -> ModifiedUTF8.Text {
        let code = try self.source.byte()
        return try self.source.text(
            code == TypeCode.string ? Int(self.source.integer(as: UInt16.self)) : self.readLongLength()
        )
    }

    /// Reads the raw value of a field of a primitive type.
    mutating func readPrimitive(_ kind: JavaField.Kind) throws(JavaSerializationError) -> JavaSlot {
        switch kind {
        case .boolean: .boolean(try self.source.byte() != 0)
        case .byte: .byte(try self.source.integer())
        case .character: .character(try self.source.integer())
        case .short: .short(try self.source.integer())
        case .int: .int(try self.source.integer())
        case .long: .long(try self.source.integer())
        case .float: .float(Float(bitPattern: try self.source.integer()))
        case .double: .double(Double(bitPattern: try self.source.integer()))
        case .object, .array: throw .invalidDescriptor(className: "")
        }
    }

    /// Reads the class description of an object.
    mutating func readObjectDescriptor() throws(JavaSerializationError) -> JavaClassDescriptor {
        let descriptor = try self.readDescriptor()
        let flags = descriptor.flags
        let isExternal = flags.contains(.externalizable)
        guard !flags.contains(.enumeration), descriptor.elementKind == nil,
            isExternal ? flags.contains(.blockData) : flags.contains(.serializable)
        else { throw .invalidDescriptor(className: descriptor.name) }
        return descriptor
    }

    private mutating func beginBoxOrObject() throws(JavaSerializationError) -> JavaSlot {
        let descriptor = try self.readObjectDescriptor()
        guard let kind = descriptor.box else { return try self.beginObject(descriptor) }
        let slot = try self.readPrimitive(kind)
        return try self.addNode(.boxed(slot))
    }

    private mutating func addText(_ text: ModifiedUTF8.Text) throws(JavaSerializationError) -> JavaSlot {
        switch text {
        case .string(let text): try self.addNode(.string(text, isInterned: false))
        case .raw(let bytes): try self.addNode(.rawString(bytes))
        }
    }

    private mutating func readLongLength() throws(JavaSerializationError) -> Int {
        let length = try self.source.integer(as: Int64.self)
        guard length >= 0 else { throw .invalidLength(length) }
        guard length <= Int64(self.source.remaining) else { throw .truncated }
        return Int(length)
    }

    /// Reads a constant, whose name is text with a handle of its own.
    private mutating func readEnumConstant() throws(JavaSerializationError) -> JavaSlot {
        let descriptor = try self.readDescriptor()
        guard descriptor.flags.contains(.enumeration) else { throw .invalidDescriptor(className: descriptor.name) }
        let index = self.builder.nodes.count
        let slot = try self.addNode(.enumConstant(descriptor, name: .null))
        guard let code = self.source.next else { throw .truncated }
        guard [TypeCode.string, TypeCode.longString, TypeCode.reference].contains(code) else {
            throw .unexpectedTypeCode(code)
        }
        let name = try self.beginContent()
        guard case .node(let graph, let position) = name, self.isText(graph, position) else {
            throw .invalidDescriptor(className: descriptor.name)
        }
        self.builder.nodes[index] = .enumConstant(descriptor, name: name)
        return slot
    }

    private func isText(_ graph: UInt32, _ index: UInt32) -> Bool {
        let node = self.builder.node(graph: graph, index: index)
        if case .string = node { return true }
        return false
    }
}
