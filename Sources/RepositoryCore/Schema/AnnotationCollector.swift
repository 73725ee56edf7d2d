/// What a schema says of an instance that breaks it: a walk that no broken rule ends.
///
/// Secrets have to be found in content that is not valid, too. Of alternatives those count that fit, as in valid
/// content; where none fits all of them do, so that the one that was meant is not missed.
/// Bound: each schema is applied once at each place of the instance, references that lead back included.
struct AnnotationCollector {
    private struct Visit: Hashable {
        let path: [String]
        let node: Int
    }

    /// Schemas applied within one another; the strict walk refuses what needs more.
    private static let depthMaximum = 500

    let schema: JSONSchema
    private(set) var annotations: [SchemaAnnotation] = []
    private var path: [String] = []
    private var visited: Set<Visit> = []
    private var depth = 0

    init(schema: JSONSchema) { self.schema = schema }

    mutating func collect(_ value: JSONValue, node number: Int) {
        guard self.depth < Self.depthMaximum,
            self.visited.insert(Visit(path: self.path, node: number)).inserted
        else { return }
        self.depth += 1
        defer { self.depth -= 1 }
        let node = self.schema.nodes[number]
        if let cordra = node.cordra { self.add(cordra, at: self.path) }
        switch node.reference {
        case .node(let number)?: return self.collect(value, node: number)
        case .unresolved?: return
        case nil: break
        }
        switch value {
        case .array(let elements): self.collect(elements, node.arrays)
        case .object(let object): self.collect(object, node.objects, value)
        case .null, .bool, .number, .string: break
        }
        for node in node.combination.allOf { self.collect(value, node: node) }
        self.collect(value, alternatives: node.combination.anyOf)
        self.collect(value, alternatives: node.combination.oneOf)
    }

    private mutating func add(_ keyword: JSONObject, at path: [String]) {
        self.annotations.append(SchemaAnnotation(pointer: JSONPointer(tokens: path), keyword: keyword))
    }

    private mutating func collect(_ value: JSONValue, node: Int, at token: String) {
        self.path.append(token)
        defer { self.path.removeLast() }
        self.collect(value, node: node)
    }

    private mutating func collect(_ elements: [JSONValue], _ rules: SchemaNode.ArrayRules) {
        for (index, element) in elements.enumerated() {
            switch rules.items {
            case .each(let node)?: self.collect(element, node: node, at: String(index))
            case .positional(let nodes)? where index < nodes.count:
                self.collect(element, node: nodes[index], at: String(index))
            case .positional?:
                if case .schema(let node) = rules.additional { self.collect(element, node: node, at: String(index)) }
            case nil: break
            }
        }
    }

    private mutating func collect(_ object: JSONObject, _ rules: SchemaNode.ObjectRules, _ value: JSONValue) {
        for (name, keyword) in rules.generated where object[name] == nil { self.add(keyword, at: self.path + [name]) }
        for (name, member) in object {
            for node in self.schemas(of: name, rules) { self.collect(member, node: node, at: name) }
        }
        for (name, dependency) in rules.dependencies where object[name] != nil {
            if case .schema(let node) = dependency { self.collect(value, node: node) }
        }
    }

    /// The schemas that apply to a member of an object.
    private func schemas(of name: String, _ rules: SchemaNode.ObjectRules) -> [Int] {
        var nodes: [Int] = []
        if let position = rules.positions[name], rules.properties[position].name.isIdentical(to: name) {
            nodes.append(rules.properties[position].node)
        }
        for (pattern, node) in rules.patternProperties where Self.mayBeFound(pattern.pattern, in: name) {
            nodes.append(node)
        }
        if nodes.isEmpty, case .schema(let node) = rules.additional { nodes.append(node) }
        return nodes
    }

    /// Whether a name may match; a pattern that takes too long is taken to, as a secret must not be missed.
    private static func mayBeFound(_ pattern: ECMAPattern, in name: String) -> Bool {
        do throws(ECMAPatternError) {
            return try pattern.isFound(in: name)
        } catch {
            return true
        }
    }

    private mutating func collect(_ value: JSONValue, alternatives nodes: [Int]) {
        var fitting: [SchemaAnnotation] = []
        var isAnyFitting = false
        for node in nodes {
            var validator = SchemaValidator(schema: self.schema, path: self.path)
            do throws(SchemaViolation) {
                try validator.validate(value, node: node)
                fitting += validator.annotations
                isAnyFitting = true
            } catch {
                continue
            }
        }
        if isAnyFitting {
            self.annotations += fitting
            return
        }
        for node in nodes { self.collect(value, node: node) }
    }
}
