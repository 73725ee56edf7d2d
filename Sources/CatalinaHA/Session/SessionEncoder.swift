import JavaSerialization

/// Turns an `Encodable` value into values of Java's library.
///
/// Isolation: one call of ``CodableValue/encode(_:depth:)``.
final class SessionEncoder: Encoder {
    /// What was written so far at one place.
    final class Box {
        enum Content {
            case empty
            case value(JavaValue)
            case map([(key: String, box: Box)])
            case list([Box])
        }

        var content = Content.empty

        func value() throws -> JavaValue {
            switch self.content {
            case .empty: throw SessionCodingError.empty
            case .value(let value): return value
            case .map(let entries):
                let entries = try entries.map { JavaMap.Entry(.string($0.key), try $0.box.value()) }
                return .map(JavaMap(.linkedHashMap, entries))
            case .list(let boxes): return .arrayList(try boxes.map { try $0.value() })
            }
        }

        /// The place of a key's value, or of the next element.
        func child(_ key: String? = nil) -> Box {
            let box = Box()
            switch (self.content, key) {
            case (.map(var entries), let key?):
                entries.removeAll { $0.key == key }
                self.content = .map(entries + [(key, box)])
            case (_, let key?): self.content = .map([(key, box)])
            case (.list(let boxes), nil): self.content = .list(boxes + [box])
            case (_, nil): self.content = .list([box])
            }
            return box
        }

        var count: Int { if case .list(let boxes) = self.content { boxes.count } else { 0 } }
    }

    let box: Box
    let depth: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(depth: Int, box: Box = Box()) {
        self.depth = depth
        self.box = box
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .empty = self.box.content { self.box.content = .map([]) }
        return KeyedEncodingContainer(Keyed<Key>(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .empty = self.box.content { self.box.content = .list([]) }
        return Unkeyed(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }

    private func put(_ value: some Encodable, in box: Box) throws {
        box.content = .value(try CodableValue.encode(value, depth: self.depth + 1))
    }

    private func nested(_ box: Box) -> SessionEncoder { SessionEncoder(depth: self.depth + 1, box: box) }

    private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let encoder: SessionEncoder
        var codingPath: [any CodingKey] { [] }

        func encodeNil(forKey key: Key) throws { self.encoder.box.child(key.stringValue).content = .value(.null) }

        func encode(_ value: some Encodable, forKey key: Key) throws {
            try self.encoder.put(value, in: self.encoder.box.child(key.stringValue))
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy keyType: Nested.Type,
            forKey key: Key
        ) -> KeyedEncodingContainer<Nested> {
            self.encoder.nested(self.encoder.box.child(key.stringValue)).container(keyedBy: keyType)
        }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            self.encoder.nested(self.encoder.box.child(key.stringValue)).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { self.encoder.nested(self.encoder.box.child("super")) }
        func superEncoder(forKey key: Key) -> any Encoder {
            self.encoder.nested(self.encoder.box.child(key.stringValue))
        }
    }

    private struct Unkeyed: UnkeyedEncodingContainer {
        let encoder: SessionEncoder
        var codingPath: [any CodingKey] { [] }
        var count: Int { self.encoder.box.count }

        func encodeNil() throws { self.encoder.box.child().content = .value(.null) }
        func encode(_ value: some Encodable) throws { try self.encoder.put(value, in: self.encoder.box.child()) }

        func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
            self.encoder.nested(self.encoder.box.child()).container(keyedBy: keyType)
        }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
            self.encoder.nested(self.encoder.box.child()).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { self.encoder.nested(self.encoder.box.child()) }
    }

    private struct Single: SingleValueEncodingContainer {
        let encoder: SessionEncoder
        var codingPath: [any CodingKey] { [] }

        func encodeNil() throws { self.encoder.box.content = .value(.null) }
        func encode(_ value: some Encodable) throws { try self.encoder.put(value, in: self.encoder.box) }
    }
}
