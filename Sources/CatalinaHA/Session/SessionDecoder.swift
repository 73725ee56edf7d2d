import JavaSerialization

/// Reads a `Decodable` type out of values of Java's library.
struct SessionDecoder: Decoder {
    let value: JavaValue
    let depth: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let entries = self.value.entries else { throw SessionCodingError.mismatch }
        var values: [String: JavaValue] = [:]
        for entry in entries {
            guard let key = entry.key.string else { throw SessionCodingError.mismatch }
            values[key] = entry.value
        }
        return KeyedDecodingContainer(Keyed<Key>(values: values, depth: self.depth))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = self.value.elements else { throw SessionCodingError.mismatch }
        return Unkeyed(elements: elements, depth: self.depth)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        Single(value: self.value, depth: self.depth)
    }

    /// A number of any class, if it fits; a `Float` is not taken for a `Double`'s approximation.
    static func number<Number: FixedWidthInteger>(_ value: JavaValue, as type: Number.Type) throws -> Number {
        let number: Int64
        switch value {
        case .byte(let value): number = Int64(value)
        case .short(let value): number = Int64(value)
        case .int(let value): number = Int64(value)
        case .long(let value): number = value
        default: throw SessionCodingError.mismatch
        }
        guard let fitting = Number(exactly: number) else { throw SessionCodingError.mismatch }
        return fitting
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let values: [String: JavaValue]
        let depth: Int
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { self.values.keys.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { self.values[key.stringValue] != nil }
        func decodeNil(forKey key: Key) throws -> Bool { self.values[key.stringValue]?.isNull ?? true }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try CodableValue.decode(try self.value(key), as: type, depth: self.depth + 1)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type,
            forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> {
            try SessionDecoder(value: try self.value(key), depth: self.depth + 1).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try SessionDecoder(value: try self.value(key), depth: self.depth + 1).unkeyedContainer()
        }

        func superDecoder() throws -> any Decoder {
            guard let value = self.values["super"] else { throw SessionCodingError.mismatch }
            return SessionDecoder(value: value, depth: self.depth + 1)
        }

        func superDecoder(forKey key: Key) throws -> any Decoder {
            SessionDecoder(value: try self.value(key), depth: self.depth + 1)
        }

        private func value(_ key: Key) throws -> JavaValue {
            guard let value = self.values[key.stringValue] else { throw SessionCodingError.mismatch }
            return value
        }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        let elements: [JavaValue]
        let depth: Int
        var currentIndex = 0
        var codingPath: [any CodingKey] { [] }
        var count: Int? { self.elements.count }
        var isAtEnd: Bool { self.currentIndex >= self.elements.count }

        mutating func decodeNil() throws -> Bool {
            guard !self.isAtEnd, self.elements[self.currentIndex].isNull else { return false }
            self.currentIndex += 1
            return true
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            let value = try CodableValue.decode(try self.peek(), as: type, depth: self.depth + 1)
            self.currentIndex += 1
            return value
        }

        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> {
            try self.next().container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try self.next().unkeyedContainer()
        }

        mutating func superDecoder() throws -> any Decoder { try self.next() }

        private func peek() throws -> JavaValue {
            guard !self.isAtEnd else { throw SessionCodingError.mismatch }
            return self.elements[self.currentIndex]
        }

        private mutating func next() throws -> SessionDecoder {
            let decoder = SessionDecoder(value: try self.peek(), depth: self.depth + 1)
            self.currentIndex += 1
            return decoder
        }
    }

    private struct Single: SingleValueDecodingContainer {
        let value: JavaValue
        let depth: Int
        var codingPath: [any CodingKey] { [] }

        func decodeNil() -> Bool { self.value.isNull }

        func decode(_ type: Bool.Type) throws -> Bool { try self.exactly(self.value.boolean) }
        func decode(_ type: String.Type) throws -> String { try self.exactly(self.value.string) }
        func decode(_ type: Int.Type) throws -> Int { try SessionDecoder.number(self.value, as: type) }
        func decode(_ type: Int8.Type) throws -> Int8 { try SessionDecoder.number(self.value, as: type) }
        func decode(_ type: Int16.Type) throws -> Int16 { try SessionDecoder.number(self.value, as: type) }
        func decode(_ type: Int32.Type) throws -> Int32 { try SessionDecoder.number(self.value, as: type) }
        func decode(_ type: Int64.Type) throws -> Int64 { try SessionDecoder.number(self.value, as: type) }
        func decode(_ type: UInt.Type) throws -> UInt { try SessionDecoder.number(self.value, as: type) }
        func decode(_ type: UInt8.Type) throws -> UInt8 { try SessionDecoder.number(self.value, as: type) }
        func decode(_ type: UInt16.Type) throws -> UInt16 { try SessionDecoder.number(self.value, as: type) }
        func decode(_ type: UInt32.Type) throws -> UInt32 { try SessionDecoder.number(self.value, as: type) }
        func decode(_ type: UInt64.Type) throws -> UInt64 { try SessionDecoder.number(self.value, as: type) }

        func decode(_ type: Double.Type) throws -> Double {
            switch self.value {
            case .double(let number): number
            case .float(let number): Double(number)
            default: throw SessionCodingError.mismatch
            }
        }

        func decode(_ type: Float.Type) throws -> Float {
            guard case .float(let number) = self.value else { throw SessionCodingError.mismatch }
            return number
        }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try CodableValue.decode(self.value, as: type, depth: self.depth + 1)
        }

        private func exactly<Value>(_ value: Value?) throws -> Value {
            guard let value else { throw SessionCodingError.mismatch }
            return value
        }
    }
}
