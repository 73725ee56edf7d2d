/// Makes live values of objects in graphs.
struct LiveDecoder {
    private let allowList: JavaAllowList
    private let nestingMaximum: Int
    /// Whether a shared object is written out wherever it is referred to, or makes its graph stay opaque.
    private let expands: Bool
    /// Values that may still be made while expanding.
    private var budget: Int
    /// Objects that are being made, outermost first.
    private var open: [JavaObject] = []

    init(allowList: JavaAllowList, limits: JavaLimits, expands: Bool = false) {
        self.allowList = allowList
        self.nestingMaximum = limits.liveNestingMaximum
        self.expands = expands
        self.budget = limits.expandedValuesMaximum
    }

    mutating func value(of slot: JavaSlot, in graph: JavaGraph) -> JavaValue {
        guard case .node(let number, let index) = slot else { return JavaValue(primitive: slot) }
        return self.value(of: JavaObject(graph, number, index))
    }

    mutating func value(of object: JavaObject) -> JavaValue {
        let node = object.node
        if self.expands {
            self.budget -= 1
            guard self.budget > 0 else { return .object(object) }
        } else if !node.isImmutable, !object.graph.isTree {
            return .object(object)
        }
        switch node {
        case .string(let text, _): return .string(text)
        case .boxed(let slot): return JavaValue(primitive: slot)
        case .rawString, .classObject: return .object(object)
        case .primitives(_, let primitives): return .primitives(primitives)
        case .enumConstant(let descriptor, let name):
            guard case .string(let name) = self.value(of: name, in: object.graph) else { return .object(object) }
            return .enumConstant(JavaEnumConstant(descriptor, name))
        case .elements(let descriptor, let slots):
            guard self.opens(object) else { return .object(object) }
            defer { self.open.removeLast() }
            return .array(JavaArray(descriptor, slots.map { self.value(of: $0, in: object.graph) }))
        case .object(let descriptor, _, _):
            guard self.allowList.contains(descriptor.name), let decode = LiveClasses.table[descriptor.name],
                self.opens(object)
            else { return .object(object) }
            defer { self.open.removeLast() }
            guard let value = try? decode(object, &self) else { return .object(object) }
            return value
        }
    }

    /// Takes so many objects from what a class wrote by itself.
    mutating func elements(_ count: Int32, from cursor: inout PieceCursor) throws(JavaSerializationError) -> [JavaValue]
    {
        var elements: [JavaValue] = []
        var left = count
        while left > 0 {
            elements.append(self.value(of: try cursor.slot(), in: cursor.graph))
            left -= 1
        }
        return elements
    }

    /// Takes so many pairs of objects from what a class wrote by itself.
    mutating func entries(
        _ count: Int32,
        from cursor: inout PieceCursor
    ) throws(JavaSerializationError) -> [JavaMap.Entry] {
        var entries: [JavaMap.Entry] = []
        var left = count
        while left > 0 {
            let key = self.value(of: try cursor.slot(), in: cursor.graph)
            entries.append(JavaMap.Entry(key, self.value(of: try cursor.slot(), in: cursor.graph)))
            left -= 1
        }
        return entries
    }

    private mutating func opens(_ object: JavaObject) -> Bool {
        guard self.open.count < self.nestingMaximum, !self.expands || !self.open.contains(object) else { return false }
        self.open.append(object)
        return true
    }
}
