import NIOCore

extension JavaObjectOutputStream {
    /// An object or array of which not all has been written.
    private struct Frame {
        let object: JavaObject
        /// Which of the classes that write something is being written.
        var level = 0
        /// Fields of that class that are still to be written.
        var fieldsLeft = 0
        /// The next of the node's values.
        var value = 0
        /// The next of the node's lists of pieces, and the next in it.
        var list = 0
        var piece = 0
    }

    /// Writes the contents of a whole stream.
    mutating func writeContents(_ pieces: [JavaPiece], of graph: JavaGraph) {
        for piece in pieces {
            self.write(piece, of: graph) { stream, slot in stream.writeGraph(slot, of: graph) }
        }
    }

    /// Writes an object of a graph and what it refers to, without recursion.
    mutating func writeGraph(_ slot: JavaSlot, of graph: JavaGraph) {
        self.flushBlock()
        var stack: [Frame] = []
        self.begin(slot, of: graph, &stack)
        while let top = stack.indices.last { self.step(top, &stack) }
    }

    /// Writes a whole content, or opens it if it has parts.
    private mutating func begin(_ slot: JavaSlot, of graph: JavaGraph, _ stack: inout [Frame]) {
        switch slot {
        case .node(let number, let index): self.begin(JavaObject(graph, number, index), &stack)
        case .descriptor(let descriptor): self.writeDescriptor(descriptor)
        case .null: self.buffer.writeInteger(TypeCode.null)
        case .boolean, .byte, .character, .short, .int, .long, .float, .double: self.writePrimitive(slot)
        }
    }

    private mutating func begin(_ object: JavaObject, _ stack: inout [Frame]) {
        let (graph, index) = (object.graph, object.index)
        if let handle = self.handles.handle(ofNode: index, of: graph) { return self.writeReference(handle) }
        switch object.node {
        case .string(let text, isInterned: true):
            if let handle = self.handles.handle(ofInterned: text) {
                self.handles.alias(node: index, of: graph, to: handle)
                return self.writeReference(handle)
            }
            self.handles.assign(toInterned: text)
            if let handle = self.handles.handle(ofInterned: text) {
                self.handles.alias(node: index, of: graph, to: handle)
            }
            self.writeText(text)
        case .string(let text, isInterned: false):
            self.handles.assign(toNode: index, of: graph)
            self.writeText(text)
        case .rawString(let bytes):
            self.handles.assign(toNode: index, of: graph)
            self.writeTextHeader(bytes.count)
            self.buffer.writeBytes(bytes)
        case .boxed(let slot):
            guard let descriptor = JavaClasses.box(slot) else { return }
            self.writeHeader(TypeCode.object, descriptor, object)
            self.writePrimitive(slot)
        case .object(let descriptor, _, _):
            self.writeHeader(TypeCode.object, descriptor, object)
            var frame = Frame(object: object)
            frame.fieldsLeft = descriptor.levelCount > 0 ? descriptor.level(0).writtenFieldCount : 0
            stack.append(frame)
        case .primitives(let descriptor, let primitives):
            self.writeHeader(TypeCode.array, descriptor, object)
            self.writePrimitives(primitives)
        case .elements(let descriptor, let slots):
            self.writeHeader(TypeCode.array, descriptor, object)
            self.buffer.writeInteger(Int32(slots.count))
            stack.append(Frame(object: object))
        case .enumConstant(let descriptor, let name):
            self.writeHeader(TypeCode.enumConstant, descriptor, object)
            self.begin(name, of: graph, &stack)
        case .classObject(let descriptor): self.writeHeader(TypeCode.classObject, descriptor, object)
        }
    }

    private mutating func writeHeader(_ code: UInt8, _ descriptor: JavaClassDescriptor, _ object: JavaObject) {
        self.buffer.writeInteger(code)
        self.writeDescriptor(descriptor)
        self.handles.assign(toNode: object.index, of: object.graph)
    }

    /// Goes on with the innermost open object until it is complete or another one opens within it.
    private mutating func step(_ top: Int, _ stack: inout [Frame]) {
        let object = stack[top].object
        switch object.node {
        case .elements(_, let slots):
            while stack[top].value < slots.count {
                stack[top].value += 1
                self.begin(slots[stack[top].value - 1], of: object.graph, &stack)
                if stack.count - 1 > top { return }
            }
        case .object(let descriptor, let values, let data):
            while stack[top].level < descriptor.levelCount {
                let level = descriptor.level(stack[top].level)
                while stack[top].fieldsLeft > 0 {
                    stack[top].fieldsLeft -= 1
                    stack[top].value += 1
                    self.begin(values[stack[top].value - 1], of: object.graph, &stack)
                    if stack.count - 1 > top { return }
                }
                if level.writesData {
                    let pieces = data[stack[top].list]
                    while stack[top].piece < pieces.count {
                        stack[top].piece += 1
                        self.write(pieces[stack[top].piece - 1], of: object.graph) { stream, slot in
                            stream.begin(slot, of: object.graph, &stack)
                        }
                        if stack.count - 1 > top { return }
                    }
                    self.buffer.writeInteger(TypeCode.endBlockData)
                    stack[top].list += 1
                    stack[top].piece = 0
                }
                stack[top].level += 1
                if stack[top].level < descriptor.levelCount {
                    stack[top].fieldsLeft = descriptor.level(stack[top].level).writtenFieldCount
                }
            }
        default: break
        }
        stack.removeLast()
    }

    private mutating func write(
        _ piece: JavaPiece,
        of graph: JavaGraph,
        content: (inout JavaObjectOutputStream, JavaSlot) -> Void
    ) {
        switch piece {
        case .block(let offset, let count):
            self.writeBlock(graph.blockBytes[Int(offset)..<Int(offset) + Int(count)])
        case .content(let slot): content(&self, slot)
        case .reset:
            self.buffer.writeInteger(TypeCode.reset)
            self.handles = HandleTable()
        }
    }

    /// Writes the raw value of a field of a primitive type.
    mutating func writePrimitive(_ slot: JavaSlot) {
        switch slot {
        case .boolean(let value): self.buffer.writeInteger(value ? 1 : 0, as: UInt8.self)
        case .byte(let value): self.buffer.writeInteger(value)
        case .character(let value): self.buffer.writeInteger(value)
        case .short(let value): self.buffer.writeInteger(value)
        case .int(let value): self.buffer.writeInteger(value)
        case .long(let value): self.buffer.writeInteger(value)
        case .float(let value): self.buffer.writeInteger(value.bitPattern)
        case .double(let value): self.buffer.writeInteger(value.bitPattern)
        case .null, .node, .descriptor: break
        }
    }

    /// Writes the length and elements of an array of a primitive type.
    mutating func writePrimitives(_ primitives: JavaPrimitives) {
        switch primitives {
        case .booleans(let values): self.writeElements(values) { $0 ? UInt8(1) : 0 }
        case .bytes(let values):
            self.buffer.writeInteger(Int32(values.count))
            self.buffer.writeBytes(values)
        case .characters(let values): self.writeElements(values) { $0 }
        case .shorts(let values): self.writeElements(values) { $0 }
        case .ints(let values): self.writeElements(values) { $0 }
        case .longs(let values): self.writeElements(values) { $0 }
        case .floats(let values): self.writeElements(values, \.bitPattern)
        case .doubles(let values): self.writeElements(values, \.bitPattern)
        }
    }

    private mutating func writeElements<Element, Wire: FixedWidthInteger>(
        _ elements: [Element],
        _ wire: (Element) -> Wire
    ) {
        self.buffer.writeInteger(Int32(elements.count))
        for element in elements { self.buffer.writeInteger(wire(element)) }
    }
}
