package import Foundation

/// One JSON value of a vector file, `Sendable` so that a row can be a test argument.
package enum JSONValue: Sendable, Hashable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// - Throws: Foundation's parse error.
    package init(parsing text: some DataProtocol) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text))
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    package var isNull: Bool { self == .null }

    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var double: Double? {
        guard case .number(let value) = self else { return nil }
        return value
    }

    package var int: Int? {
        guard case .number(let value) = self else { return nil }
        return Int(exactly: value)
    }

    package var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    package var object: [String: JSONValue]? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The strings of an array of strings.
    package var strings: [String]? { self.array?.compactMap(\.string) }

    /// A member of an object; `.null` where it is absent or this is no object.
    package subscript(_ key: String) -> JSONValue { self.object?[key] ?? .null }

    /// An element of an array; `.null` where it is absent or this is no array.
    package subscript(_ index: Int) -> JSONValue {
        guard let array = self.array, array.indices.contains(index) else { return .null }
        return array[index]
    }
}
