extension ContentParser {
    /// A class description of which the superclass has not been read.
    private struct Open {
        let handle: Int
        let name: String
        let uid: UInt64
        let flags: JavaClassDescriptor.Flags
        let fields: [JavaField]
    }

    /// Reads a class description that must be there: a new one or a reference to one.
    mutating func readDescriptor() throws(JavaSerializationError) -> JavaClassDescriptor {
        let code = try self.source.byte()
        switch code {
        case TypeCode.classDescriptor: return try self.readNewDescriptors()
        case TypeCode.reference: return try self.readDescriptorReference()
        case TypeCode.proxyClassDescriptor: throw .proxyClass
        case TypeCode.exception: try self.readAbort()
        default: throw .unexpectedTypeCode(code)
        }
    }

    /// Reads a new class description and those of its superclasses; the code has been read.
    mutating func readNewDescriptors() throws(JavaSerializationError) -> JavaClassDescriptor {
        var chain = [try self.readClass()]
        var superclass: JavaClassDescriptor?
        reading: while true {
            let code = try self.source.byte()
            switch code {
            case TypeCode.null: break reading
            case TypeCode.reference:
                superclass = try self.readDescriptorReference()
                break reading
            case TypeCode.classDescriptor:
                guard chain.count < self.limits.superclassesMaximum else { throw .limitExceeded(.superclasses) }
                chain.append(try self.readClass())
            case TypeCode.proxyClassDescriptor: throw .proxyClass
            case TypeCode.exception: try self.readAbort()
            default: throw .unexpectedTypeCode(code)
            }
        }
        var descriptor = try self.close(chain.removeLast(), superclass)
        while let open = chain.popLast() { descriptor = try self.close(open, descriptor) }
        return descriptor
    }

    private mutating func readDescriptorReference() throws(JavaSerializationError) -> JavaClassDescriptor {
        let (position, wire) = try self.readHandle()
        guard case .descriptor(let descriptor) = self.handles[position] else { throw .wrongHandle(wire) }
        return descriptor
    }

    private mutating func readClass() throws(JavaSerializationError) -> Open {
        let name = try self.source.shortText()
        let uid = try self.source.integer(as: UInt64.self)
        let handle = self.handles.count
        try self.assign(.pendingDescriptor)
        let flags = JavaClassDescriptor.Flags(rawValue: try self.source.byte())
        let isExternal = flags.contains(.externalizable)
        guard !isExternal || !flags.contains(.serializable) else { throw .invalidDescriptor(className: name) }
        let count = Int(try self.source.integer(as: UInt16.self))
        guard count <= self.limits.fieldsMaximum else { throw .limitExceeded(.fields) }
        var fields: [JavaField] = []
        for _ in 0..<count { fields.append(try self.readField(className: name)) }
        guard let end = self.source.next else { throw .truncated }
        guard end == TypeCode.endBlockData else { throw .annotatedClass(className: name) }
        _ = try self.source.byte()
        return Open(handle: handle, name: name, uid: uid, flags: flags, fields: fields)
    }

    private mutating func readField(className: String) throws(JavaSerializationError) -> JavaField {
        guard let kind = JavaField.Kind(rawValue: try self.source.byte()) else {
            throw .invalidDescriptor(className: className)
        }
        let name = try self.source.shortText()
        guard !kind.isPrimitive else { return JavaField(name, kind) }
        return JavaField(name, kind, signature: try self.readSignature())
    }

    /// Reads a field's type, which is text of which Java has one per stream.
    private mutating func readSignature() throws(JavaSerializationError) -> String {
        guard let code = self.source.next else { throw .truncated }
        switch code {
        case TypeCode.string, TypeCode.longString:
            guard case .string(let text) = try self.readText() else { throw .malformedText }
            try self.assign(.string(text, isInterned: true))
            return text
        case TypeCode.reference:
            _ = try self.source.byte()
            let (position, wire) = try self.readHandle()
            switch self.handles[position] {
            case .string(let text, _): return text
            case .node(let graph, let index):
                guard let text = self.text(graph: Int(graph), index: Int(index)) else { throw .wrongHandle(wire) }
                if Int(graph) == self.graphs.count { self.builder.intern(index) }
                return text
            case .boxed, .descriptor, .pendingDescriptor: throw .wrongHandle(wire)
            }
        case TypeCode.exception:
            _ = try self.source.byte()
            try self.readAbort()
        default: throw .unexpectedTypeCode(code)
        }
    }

    private func text(graph: Int, index: Int) -> String? {
        let nodes = graph == self.graphs.count ? self.builder.nodes : self.graphs[graph].nodes
        guard case .string(let text, _) = nodes[index] else { return nil }
        return text
    }

    /// Makes the description, or takes one made before that equals it.
    private mutating func close(
        _ open: Open,
        _ superclass: JavaClassDescriptor?
    ) throws(JavaSerializationError) -> JavaClassDescriptor {
        guard (superclass?.chainLength ?? 0) < self.limits.superclassesMaximum else {
            throw .limitExceeded(.superclasses)
        }
        if let superclass, superclass.flags.contains(.externalizable), !open.flags.contains(.externalizable) {
            throw .invalidDescriptor(className: open.name)
        }
        let descriptor = self.classes.interned(
            JavaClassDescriptor(
                open.name,
                uid: open.uid,
                flags: open.flags,
                fields: open.fields,
                superclass: superclass
            )
        )
        self.handles[open.handle] = .descriptor(descriptor)
        return descriptor
    }
}
