/// Any JSON text as a value: numbers keep their spelling and objects the order of their members.
///
/// `==` compares what was written (`1` differs from `1.0`); ``isEquivalent(to:)`` compares what it means.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var number: JSONNumber? {
        guard case .number(let value) = self else { return nil }
        return value
    }

    package var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    package var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The integer that this number is exactly, however it is spelt.
    package var int64: Int64? { self.number?.int64 }

    /// The member of an object; nil for anything else.
    package subscript(key: String) -> JSONValue? {
        get { self.object?[key] }
        set {
            guard case .object(var object) = self else { return }
            self = .null  // Gives up this reference, so that the object is changed in place.
            object[key] = newValue
            self = .object(object)
        }
    }

    /// Whether both mean the same: numbers by value, objects whatever the order of their members.
    package func isEquivalent(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            return left.decimal == right.decimal
        case (.string(let left), .string(let right)):
            return left.isIdentical(to: right)
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            return left.allSatisfy { key, value in right[key].map { $0.isEquivalent(to: value) } ?? false }
        default:
            return self == other
        }
    }

    /// The array of strings that this value is, or nil where it is anything else.
    package var strings: [String]? {
        guard let array = self.array else { return nil }
        var strings: [String] = []
        for element in array {
            guard let string = element.string else { return nil }
            strings.append(string)
        }
        return strings
    }

    /// The JSON type's name as JSON Schema spells it; `integer` for numbers without fraction part.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number(let number): number.isSpeltAsInteger ? "integer" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.isIdentical(to: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
    }

    /// An array of strings.
    package init(strings: some Sequence<String>) { self = .array(strings.map { .string($0) }) }
    package init(_ value: Int64) { self = .number(JSONNumber(value)) }
    package init(_ value: Int) { self = .number(JSONNumber(Int64(value))) }
}
