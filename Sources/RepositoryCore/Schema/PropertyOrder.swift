extension JSONSchema {
    /// The instance with the members of its objects in the order in which the schema lists them, others last.
    package func ordered(_ value: JSONValue) -> JSONValue {
        self.ordered(value, by: [0])
    }

    private func ordered(_ value: JSONValue, by roots: [Int]) -> JSONValue {
        switch value {
        case .object(let object):
            let nodes = self.applicable(roots)
            var result = JSONObject()
            for (key, member) in object.reordered(first: nodes.flatMap { $0.objects.properties.map(\.name) }) {
                result[key] = self.ordered(member, by: nodes.compactMap { Self.property(key, $0) })
            }
            return .object(result)
        case .array(let elements):
            let nodes = self.applicable(roots)
            return .array(
                elements.enumerated().map { index, element in
                    self.ordered(element, by: nodes.compactMap { Self.item(index, $0) })
                }
            )
        default:
            return value
        }
    }

    private static func property(_ name: String, _ node: SchemaNode) -> Int? {
        if let position = node.objects.positions[name] { return node.objects.properties[position].node }
        guard case .schema(let number) = node.objects.additional else { return nil }
        return number
    }

    private static func item(_ index: Int, _ node: SchemaNode) -> Int? {
        switch node.arrays.items {
        case .each(let number)?: return number
        case .positional(let numbers)?: return index < numbers.count ? numbers[index] : nil
        case nil: return nil
        }
    }

    /// The schemas at hand and all that they combine or refer to.
    private func applicable(_ roots: [Int]) -> [SchemaNode] {
        var seen: Set<Int> = []
        var result: [SchemaNode] = []
        var open = Array(roots.reversed())
        while let number = open.popLast() {
            guard seen.insert(number).inserted else { continue }
            let node = self.nodes[number]
            result.append(node)
            if case .node(let target)? = node.reference { open.append(target) }
            let combination = node.combination
            open += (combination.allOf + combination.anyOf + combination.oneOf).reversed()
        }
        return result
    }
}
