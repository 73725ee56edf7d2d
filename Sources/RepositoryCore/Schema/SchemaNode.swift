/// One schema of a compiled document: keywords read, patterns compiled, subschemas by number.
struct SchemaNode: Sendable {
    /// `$ref`: the schema that counts instead; all other keywords are ignored then.
    var reference: Reference?
    /// Names of `type`; nil admits all.
    var types: [String]?
    var enumeration: [JSONValue]?
    var numbers = NumberRules()
    var strings = StringRules()
    var arrays = ArrayRules()
    var objects = ObjectRules()
    var combination = Combination()
    /// The repository's own keyword.
    var cordra: JSONObject?

    enum Reference: Sendable {
        case node(Int)
        case unresolved(String)
    }

    struct NumberRules: Sendable {
        var minimum: JSONNumber?
        var isMinimumExclusive = false
        var maximum: JSONNumber?
        var isMaximumExclusive = false
        var multipleOf: JSONNumber?

        var isEmpty: Bool { self.minimum == nil && self.maximum == nil && self.multipleOf == nil }
    }

    struct StringRules: Sendable {
        var lengthMinimum: Int?
        var lengthMaximum: Int?
        var pattern: NamedPattern?
        var format: SchemaFormat?
    }

    struct NamedPattern: Sendable {
        let text: String
        let pattern: ECMAPattern
    }

    struct ArrayRules: Sendable {
        enum Items: Sendable {
            case each(Int)
            case positional([Int])
        }

        var items: Items?
        /// Schema of items beyond the positional ones.
        var additional: Additional = .any
        var countMinimum: Int?
        var countMaximum: Int?
        var isUnique = false
    }

    /// What is allowed beyond what is listed.
    enum Additional: Sendable {
        case any
        case none
        case schema(Int)
    }

    struct ObjectRules: Sendable {
        var properties: [(name: String, node: Int)] = []
        var positions: [String: Int] = [:]
        var patternProperties: [(pattern: NamedPattern, node: Int)] = []
        var additional: Additional = .any
        var required: [String] = []
        var countMinimum: Int?
        var countMaximum: Int?
        var dependencies: [(name: String, dependency: Dependency)] = []
        /// Properties that the server fills in, with the repository's keyword of each.
        var generated: [(name: String, keyword: JSONObject)] = []
    }

    enum Dependency: Sendable {
        case names([String])
        case schema(Int)
    }

    struct Combination: Sendable {
        var allOf: [Int] = []
        var anyOf: [Int] = []
        var oneOf: [Int] = []
        var not: Int?
    }
}

/// Why a text is no JSON Schema.
package enum SchemaError: Error, Equatable, Sendable {
    case notAnObject(pointer: String)
    case badPattern(String, pointer: String)
    case unresolvable(reference: String)
    case tooDeep
    /// A keyword's value is not what the draft's own schema asks for.
    case invalid(SchemaViolation)

    package var description: String {
        switch self {
        case .notAnObject(let pointer): "schema at \"\(pointer)\" is not an object"
        case .badPattern(let pattern, let pointer): "\"\(pattern)\" at \"\(pointer)\" is no ECMA 262 regular expression"
        case .unresolvable(let reference): "\"$ref\" to \"\(reference)\" leads nowhere"
        case .tooDeep: "schema is nested too deeply"
        case .invalid(let violation): violation.description
        }
    }
}

/// The first rule that an instance breaks.
package struct SchemaViolation: Error, Equatable, Sendable, CustomStringConvertible {
    /// Place in the instance.
    package let pointer: JSONPointer
    package let keyword: String
    package let message: String

    package init(pointer: JSONPointer, keyword: String, message: String) {
        self.pointer = pointer
        self.keyword = keyword
        self.message = message
    }

    package var description: String { "\(self.pointer): \(self.message)" }
}
