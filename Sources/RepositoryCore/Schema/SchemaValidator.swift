/// One walk over an instance with a compiled schema; stops at the first rule that is broken.
struct SchemaValidator {
    /// Schemas applied within one another, references included; a reference that leads back to itself ends here.
    private static let depthMaximum = 500

    let schema: JSONSchema
    private(set) var annotations: [SchemaAnnotation] = []
    private var path: [String]
    private var depth = 0

    /// `path` is the place of what is validated, for pointers.
    init(schema: JSONSchema, path: [String] = []) {
        self.schema = schema
        self.path = path
    }

    private func violation(_ keyword: String, _ message: String) -> SchemaViolation {
        SchemaViolation(pointer: JSONPointer(tokens: self.path), keyword: keyword, message: message)
    }

    mutating func validate(_ value: JSONValue, node number: Int) throws(SchemaViolation) {
        guard self.depth < Self.depthMaximum else { throw self.violation("$ref", "schema applies itself without end") }
        self.depth += 1
        defer { self.depth -= 1 }
        let node = self.schema.nodes[number]
        if let cordra = node.cordra {
            self.annotations.append(SchemaAnnotation(pointer: JSONPointer(tokens: self.path), keyword: cordra))
        }
        switch node.reference {
        case .node(let number)?: return try self.validate(value, node: number)
        case .unresolved(let reference)?: throw self.violation("$ref", "\"$ref\" to \"\(reference)\" leads nowhere")
        case nil: break
        }
        try self.checkType(value, node)
        switch value {
        case .number(let number): try self.check(number, node.numbers)
        case .string(let text): try self.check(text, node.strings)
        case .array(let elements): try self.check(elements, node.arrays)
        case .object(let object): try self.check(object, node.objects, value)
        case .null, .bool: break
        }
        try self.check(value, node.combination)
    }

    private mutating func validate(_ value: JSONValue, node: Int, at token: String) throws(SchemaViolation) {
        self.path.append(token)
        defer { self.path.removeLast() }
        try self.validate(value, node: node)
    }

    private func checkType(_ value: JSONValue, _ node: SchemaNode) throws(SchemaViolation) {
        if let types = node.types {
            let name = value.typeName
            guard types.contains(name) || (name == "integer" && types.contains("number")) else {
                let allowed = JSONValue(strings: types.sorted()).serialized()
                throw self.violation(
                    "type",
                    "instance type (\(name)) does not match any allowed primitive type (allowed: \(allowed))"
                )
            }
        }
        if let enumeration = node.enumeration, !enumeration.contains(where: { $0.isEquivalent(to: value) }) {
            let values = JSONValue.array(enumeration).serialized()
            throw self.violation(
                "enum",
                "instance value (\(value.serialized())) not found in enum (possible values: \(values))"
            )
        }
    }

    private func check(_ number: JSONNumber, _ rules: SchemaNode.NumberRules) throws(SchemaViolation) {
        guard !rules.isEmpty else { return }
        let value = number.decimal
        if let minimum = rules.minimum,
            value < minimum.decimal || (rules.isMinimumExclusive && value == minimum.decimal)
        {
            let word = rules.isMinimumExclusive ? "not strictly greater than" : "lower than"
            throw self.violation(
                "minimum",
                "numeric instance is \(word) the required minimum (minimum: \(minimum.text), found: \(number.text))"
            )
        }
        if let maximum = rules.maximum,
            maximum.decimal < value || (rules.isMaximumExclusive && value == maximum.decimal)
        {
            let word = rules.isMaximumExclusive ? "not strictly lower than" : "greater than"
            throw self.violation(
                "maximum",
                "numeric instance is \(word) the required maximum (maximum: \(maximum.text), found: \(number.text))"
            )
        }
        if let divisor = rules.multipleOf, !value.isMultiple(of: divisor.decimal) {
            throw self.violation("multipleOf", "numeric instance (\(number.text)) is not a multiple of \(divisor.text)")
        }
    }

    private func check(_ text: String, _ rules: SchemaNode.StringRules) throws(SchemaViolation) {
        if let minimum = rules.lengthMinimum, text.unicodeScalars.count < minimum {
            let length = text.unicodeScalars.count
            throw self.violation(
                "minLength",
                "string \(Self.quoted(text)) is too short (length: \(length), required minimum: \(minimum))"
            )
        }
        if let maximum = rules.lengthMaximum, text.unicodeScalars.count > maximum {
            let length = text.unicodeScalars.count
            throw self.violation(
                "maxLength",
                "string \(Self.quoted(text)) is too long (length: \(length), maximum allowed: \(maximum))"
            )
        }
        if let pattern = rules.pattern, try !self.isFound(pattern, in: text, keyword: "pattern") {
            throw self.violation(
                "pattern",
                "ECMA 262 regex \(Self.quoted(pattern.text)) does not match input string \(Self.quoted(text))"
            )
        }
        if let format = rules.format, !format.admits(text) {
            throw self.violation("format", format.message(for: Self.quoted(text)))
        }
    }

    private static func quoted(_ text: String) -> String { JSONValue.string(text).serialized() }

    private func isFound(
        _ pattern: SchemaNode.NamedPattern,
        in text: String,
        keyword: String
    ) throws(SchemaViolation) -> Bool {
        do throws(ECMAPatternError) {
            return try pattern.pattern.isFound(in: text)
        } catch {
            throw self.violation(keyword, "ECMA 262 regex \(Self.quoted(pattern.text)) takes too long to match")
        }
    }
}

extension SchemaValidator {
    private mutating func check(_ elements: [JSONValue], _ rules: SchemaNode.ArrayRules) throws(SchemaViolation) {
        if let minimum = rules.countMinimum, elements.count < minimum {
            throw self.violation(
                "minItems",
                "array is too short: must have at least \(minimum) elements but instance has \(elements.count) elements"
            )
        }
        if let maximum = rules.countMaximum, elements.count > maximum {
            throw self.violation(
                "maxItems",
                "array is too long: must have at most \(maximum) elements but instance has \(elements.count) elements"
            )
        }
        if rules.isUnique, Self.hasDuplicates(elements) {
            throw self.violation("uniqueItems", "array must not contain duplicate elements")
        }
        switch rules.items {
        case .each(let node)?:
            for (index, element) in elements.enumerated() { try self.validate(element, node: node, at: String(index)) }
        case .positional(let nodes)?:
            for (index, element) in elements.enumerated() {
                try self.validatePositional(element, index, nodes, rules.additional, elements.count)
            }
        case nil: break
        }
    }

    private mutating func validatePositional(
        _ element: JSONValue,
        _ index: Int,
        _ nodes: [Int],
        _ additional: SchemaNode.Additional,
        _ count: Int
    ) throws(SchemaViolation) {
        if index < nodes.count { return try self.validate(element, node: nodes[index], at: String(index)) }
        switch additional {
        case .any: break
        case .schema(let node): try self.validate(element, node: node, at: String(index))
        case .none:
            throw self.violation(
                "additionalItems",
                "array must not contain more than \(nodes.count) elements but has \(count)"
            )
        }
    }

    /// Equal values have equal canonical texts, except that arrays would become bags: hence the second look.
    private static func hasDuplicates(_ elements: [JSONValue]) -> Bool {
        var seen: [String: [JSONValue]] = [:]
        for element in elements {
            let key = element.canonicalText
            if seen[key]?.contains(where: { $0.isEquivalent(to: element) }) ?? false { return true }
            seen[key, default: []].append(element)
        }
        return false
    }

    private mutating func check(
        _ object: JSONObject,
        _ rules: SchemaNode.ObjectRules,
        _ value: JSONValue
    ) throws(SchemaViolation) {
        let missing = rules.required.filter { object[$0] == nil }
        guard missing.isEmpty else {
            let names = JSONValue(strings: missing.sorted()).serialized()
            throw self.violation("required", "object has missing required properties (\(names))")
        }
        if let minimum = rules.countMinimum, object.count < minimum {
            throw self.violation(
                "minProperties",
                "object has too few properties (found \(object.count) but schema requires at least \(minimum))"
            )
        }
        if let maximum = rules.countMaximum, object.count > maximum {
            throw self.violation(
                "maxProperties",
                "object has too many properties (found \(object.count) but schema requires at most \(maximum))"
            )
        }
        for (name, keyword) in rules.generated where object[name] == nil {
            let pointer = JSONPointer(tokens: self.path + [name])
            self.annotations.append(SchemaAnnotation(pointer: pointer, keyword: keyword))
        }
        try self.checkMembers(of: object, rules)
        for (name, dependency) in rules.dependencies where object[name] != nil {
            switch dependency {
            case .schema(let node): try self.validate(value, node: node)
            case .names(let names):
                let missing = names.filter { object[$0] == nil }
                guard !missing.isEmpty else { continue }
                let list = JSONValue(strings: missing.sorted()).serialized()
                throw self.violation(
                    "dependencies",
                    "property \(Self.quoted(name)) requires missing properties \(list)"
                )
            }
        }
    }

    private mutating func checkMembers(of object: JSONObject, _ rules: SchemaNode.ObjectRules) throws(SchemaViolation) {
        var unwanted: [String] = []
        for (name, member) in object {
            var isListed = false
            if let position = rules.positions[name], rules.properties[position].name.isIdentical(to: name) {
                isListed = true
                try self.validate(member, node: rules.properties[position].node, at: name)
            }
            for (pattern, node) in rules.patternProperties
            where try self.isFound(pattern, in: name, keyword: "patternProperties") {
                isListed = true
                try self.validate(member, node: node, at: name)
            }
            guard !isListed else { continue }
            switch rules.additional {
            case .any: break
            case .schema(let node): try self.validate(member, node: node, at: name)
            case .none: unwanted.append(name)
            }
        }
        guard !unwanted.isEmpty else { return }
        let names = JSONValue(strings: unwanted.sorted()).serialized()
        throw self.violation(
            "additionalProperties",
            "object instance has properties which are not allowed by the schema: \(names)"
        )
    }
}

extension SchemaValidator {
    private mutating func check(_ value: JSONValue, _ rules: SchemaNode.Combination) throws(SchemaViolation) {
        for node in rules.allOf { try self.validate(value, node: node) }
        if !rules.anyOf.isEmpty, self.countOfMatches(value, rules.anyOf) == 0 {
            throw self.violation(
                "anyOf",
                "instance failed to match at least one required schema among \(rules.anyOf.count)"
            )
        }
        if !rules.oneOf.isEmpty {
            let matches = self.countOfMatches(value, rules.oneOf)
            guard matches == 1 else {
                throw self.violation(
                    "oneOf",
                    "instance failed to match exactly one schema (matched \(matches) out of \(rules.oneOf.count))"
                )
            }
        }
        if let node = rules.not {
            let count = self.annotations.count
            let isMatch = self.matches(value, node)
            self.annotations.removeLast(self.annotations.count - count)
            guard !isMatch else { throw self.violation("not", "instance matched a schema which it should not have") }
        }
    }

    private mutating func countOfMatches(_ value: JSONValue, _ nodes: [Int]) -> Int {
        nodes.reduce(0) { count, node in count + (self.matches(value, node) ? 1 : 0) }
    }

    /// Whether the instance fits; what a schema said that did not fit is forgotten.
    private mutating func matches(_ value: JSONValue, _ node: Int) -> Bool {
        let count = self.annotations.count
        do throws(SchemaViolation) {
            try self.validate(value, node: node)
            return true
        } catch {
            self.annotations.removeLast(self.annotations.count - count)
            return false
        }
    }
}
