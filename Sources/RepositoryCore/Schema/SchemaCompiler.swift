/// Reads schema documents into nodes and follows references among them.
struct SchemaCompiler {
    /// A schema within a document: where it stands and against what its references resolve.
    private struct Place {
        var json: JSONValue
        /// URI of the document it stands in and pointer therein: the key of its node.
        var key: String
        /// Base URI without fragment.
        var base: String
    }

    /// Most nodes of one compilation and deepest nesting of schemas.
    private static let nodesMaximum = 100_000
    private static let depthMaximum = 200

    /// Resources by absolute URI: documents, and schemas with an `id` of their own.
    private var resources: [String: Place] = [:]
    private var nodes: [SchemaNode] = []
    private var numbers: [String: Int] = [:]
    private(set) var unresolved: [String] = []

    init(documents: [String: JSONValue]) {
        self.register(Place(json: Draft4.metaschema, key: Draft4.uri, base: Draft4.uri), uri: Draft4.uri)
        for (uri, json) in documents { self.register(Place(json: json, key: uri, base: uri), uri: uri) }
    }

    mutating func compile(_ json: JSONValue, uri: String) throws(SchemaError) -> [SchemaNode] {
        let place = Place(json: json, key: uri, base: uri)
        self.register(place, uri: uri)
        _ = try self.number(of: Self.entered(place), depth: 0)
        return self.nodes
    }

    // MARK: Resources

    private mutating func register(_ place: Place, uri: String) {
        self.resources[uri] = place
        self.registerIDs(place, depth: 0)
    }

    /// Finds schemas that name themselves; only where a schema may stand, not within `enum` and the like.
    private mutating func registerIDs(_ place: Place, depth: Int) {
        guard depth < Self.depthMaximum else { return }
        let entered = Self.entered(place)
        if place.json["$ref"]?.string == nil, let id = place.json["id"]?.string {
            let uri = URIReference.resolve(id, against: place.base)
            let (document, fragment) = URIReference.split(uri)
            self.resources[fragment.isEmpty ? document : uri] = entered
        }
        for child in Self.children(of: entered) { self.registerIDs(child, depth: depth + 1) }
    }

    /// The place with its own `id` taken for base; beside `$ref` an `id` means nothing.
    private static func entered(_ place: Place) -> Place {
        guard place.json["$ref"]?.string == nil, let id = place.json["id"]?.string else { return place }
        var place = place
        place.base = URIReference.split(URIReference.resolve(id, against: place.base)).document
        return place
    }

    private static func child(_ place: Place, _ json: JSONValue, _ tokens: String...) -> Place {
        let path = tokens.map { "/" + JSONPointer.escape($0) }.joined()
        return Place(
            json: json,
            key: place.key + (place.key.utf8.contains(UInt8(ascii: "#")) ? "" : "#") + path,
            base: place.base
        )
    }

    private static func children(of place: Place) -> [Place] {
        guard let object = place.json.object else { return [] }
        var children: [Place] = []
        for (keyword, value) in object {
            switch keyword {
            case "properties", "patternProperties", "definitions", "dependencies":
                for (name, schema) in value.object ?? [:] { children.append(self.child(place, schema, keyword, name)) }
            case "items", "additionalItems", "additionalProperties", "not", "allOf", "anyOf", "oneOf":
                guard let list = value.array else {
                    children.append(self.child(place, value, keyword))
                    continue
                }
                for (index, schema) in list.enumerated() {
                    children.append(self.child(place, schema, keyword, String(index)))
                }
            default: break
            }
        }
        return children
    }

    /// The schema that a reference names.
    private func resolve(_ reference: String, from base: String) -> Place? {
        let uri = URIReference.resolve(reference, against: base)
        let (document, fragment) = URIReference.split(uri)
        if !fragment.isEmpty, let place = self.resources[uri] { return place }
        guard let root = self.resources[document], let text = URIReference.percentDecoded(fragment),
            let pointer = JSONPointer(parsing: text)
        else { return nil }
        var place = root
        for token in pointer.tokens {
            place = Self.entered(place)
            guard let json = place.json[JSONPointer(tokens: [token])] else { return nil }
            place = Self.child(place, json, token)
        }
        return Self.entered(place)
    }

    // MARK: Nodes

    private mutating func number(of place: Place, depth: Int) throws(SchemaError) -> Int {
        if let number = self.numbers[place.key] { return number }
        guard depth < Self.depthMaximum, self.nodes.count < Self.nodesMaximum else { throw .tooDeep }
        let number = self.nodes.count
        self.numbers[place.key] = number
        self.nodes.append(SchemaNode())
        self.nodes[number] = try self.node(place, depth: depth)
        return number
    }

    private mutating func number(
        _ place: Place,
        _ json: JSONValue,
        at tokens: (String, String?),
        depth: Int
    ) throws(SchemaError) -> Int {
        let child =
            tokens.1.map { Self.child(place, json, tokens.0, $0) } ?? Self.child(place, json, tokens.0)
        return try self.number(of: Self.entered(child), depth: depth + 1)
    }

    private mutating func node(_ place: Place, depth: Int) throws(SchemaError) -> SchemaNode {
        guard let object = place.json.object else {
            throw .notAnObject(pointer: URIReference.split(place.key).fragment)
        }
        var node = SchemaNode()
        node.cordra = object["cordra"]?.object ?? object["net.cnri.repository"]?.object
        if let reference = object["$ref"]?.string {
            if let target = self.resolve(reference, from: place.base) {
                node.reference = .node(try self.number(of: target, depth: depth + 1))
            } else {
                node.reference = .unresolved(reference)
                self.unresolved.append(reference)
            }
            return node
        }
        node.types = object["type"]?.string.map { [$0] } ?? object["type"]?.strings
        node.enumeration = object["enum"]?.array
        node.numbers = Self.numberRules(object)
        node.strings = try Self.stringRules(object, place)
        node.arrays = try self.arrayRules(object, place, depth)
        node.objects = try self.objectRules(object, place, depth)
        node.combination = try self.combination(object, place, depth)
        return node
    }

    private static func numberRules(_ object: JSONObject) -> SchemaNode.NumberRules {
        SchemaNode.NumberRules(
            minimum: object["minimum"]?.number,
            isMinimumExclusive: object["exclusiveMinimum"]?.bool ?? false,
            maximum: object["maximum"]?.number,
            isMaximumExclusive: object["exclusiveMaximum"]?.bool ?? false,
            multipleOf: object["multipleOf"]?.number
        )
    }

    private static func count(_ value: JSONValue?) -> Int? { value?.int64.flatMap { Int(exactly: $0) } }

    private static func stringRules(_ object: JSONObject, _ place: Place) throws(SchemaError) -> SchemaNode.StringRules
    {
        var rules = SchemaNode.StringRules()
        rules.lengthMinimum = self.count(object["minLength"])
        rules.lengthMaximum = self.count(object["maxLength"])
        rules.format = object["format"]?.string.flatMap { SchemaFormat(rawValue: $0) }
        if let text = object["pattern"]?.string { rules.pattern = try self.pattern(text, place) }
        return rules
    }

    private static func pattern(_ text: String, _ place: Place) throws(SchemaError) -> SchemaNode.NamedPattern {
        do throws(ECMAPatternError) {
            return SchemaNode.NamedPattern(text: text, pattern: try ECMAPattern(text))
        } catch {
            throw .badPattern(text, pointer: URIReference.split(place.key).fragment)
        }
    }

    private mutating func additional(
        _ keyword: String,
        _ object: JSONObject,
        _ place: Place,
        _ depth: Int
    ) throws(SchemaError) -> SchemaNode.Additional {
        switch object[keyword] {
        case .bool(false)?: .none
        case .object(let schema)?:
            .schema(try self.number(place, .object(schema), at: (keyword, nil), depth: depth))
        default: .any
        }
    }

    private mutating func arrayRules(
        _ object: JSONObject,
        _ place: Place,
        _ depth: Int
    ) throws(SchemaError) -> SchemaNode.ArrayRules {
        var rules = SchemaNode.ArrayRules()
        rules.countMinimum = Self.count(object["minItems"])
        rules.countMaximum = Self.count(object["maxItems"])
        rules.isUnique = object["uniqueItems"]?.bool ?? false
        rules.additional = try self.additional("additionalItems", object, place, depth)
        switch object["items"] {
        case .object(let schema)?:
            rules.items = .each(try self.number(place, .object(schema), at: ("items", nil), depth: depth))
        case .array(let schemas)?:
            rules.items = .positional(try self.numbers("items", schemas, place, depth))
        default: break
        }
        return rules
    }

    private mutating func numbers(
        _ keyword: String,
        _ schemas: [JSONValue],
        _ place: Place,
        _ depth: Int
    ) throws(SchemaError) -> [Int] {
        var numbers: [Int] = []
        for (index, schema) in schemas.enumerated() {
            numbers.append(try self.number(place, schema, at: (keyword, String(index)), depth: depth))
        }
        return numbers
    }

    private mutating func objectRules(
        _ object: JSONObject,
        _ place: Place,
        _ depth: Int
    ) throws(SchemaError) -> SchemaNode.ObjectRules {
        var rules = SchemaNode.ObjectRules()
        rules.countMinimum = Self.count(object["minProperties"])
        rules.countMaximum = Self.count(object["maxProperties"])
        rules.additional = try self.additional("additionalProperties", object, place, depth)
        for (name, schema) in object["properties"]?.object ?? [:] {
            let node = try self.number(place, schema, at: ("properties", name), depth: depth)
            rules.positions[name] = rules.properties.count
            rules.properties.append((name: name, node: node))
        }
        for (text, schema) in object["patternProperties"]?.object ?? [:] {
            let node = try self.number(place, schema, at: ("patternProperties", text), depth: depth)
            rules.patternProperties.append((pattern: try Self.pattern(text, place), node: node))
        }
        for (name, value) in object["dependencies"]?.object ?? [:] {
            if let names = value.strings {
                rules.dependencies.append((name: name, dependency: .names(names)))
            } else {
                let node = try self.number(place, value, at: ("dependencies", name), depth: depth)
                rules.dependencies.append((name: name, dependency: .schema(node)))
            }
        }
        for (name, schema) in object["properties"]?.object ?? [:] {
            guard let keyword = (schema["cordra"] ?? schema["net.cnri.repository"])?.object,
                keyword["type"]?["autoGeneratedField"] != nil
            else { continue }
            rules.generated.append((name: name, keyword: keyword))
        }
        // What the server fills in no client has to send.
        rules.required = (object["required"]?.strings ?? []).filter { name in
            !rules.generated.contains { $0.name.isIdentical(to: name) }
        }
        return rules
    }

    private mutating func combination(
        _ object: JSONObject,
        _ place: Place,
        _ depth: Int
    ) throws(SchemaError) -> SchemaNode.Combination {
        var rules = SchemaNode.Combination()
        rules.allOf = try self.numbers("allOf", object["allOf"]?.array ?? [], place, depth)
        rules.anyOf = try self.numbers("anyOf", object["anyOf"]?.array ?? [], place, depth)
        rules.oneOf = try self.numbers("oneOf", object["oneOf"]?.array ?? [], place, depth)
        if let schema = object["not"] { rules.not = try self.number(place, schema, at: ("not", nil), depth: depth) }
        return rules
    }
}
