extension JavaObject {
    /// Makes sure of the object's class.
    ///
    /// - Throws: ``JavaSerializationError/unexpectedClass(found:)``.
    package func expect(className: String) throws(JavaSerializationError) {
        guard self.className == className else { throw .unexpectedClass(found: self.className) }
    }

    /// A field of type `int`; 0 if there is none, as in Java.
    ///
    /// - Throws: ``JavaSerializationError/unexpectedField(_:)`` if the field has another type.
    package func int(_ field: String) throws(JavaSerializationError) -> Int32 {
        switch self.slot(field) {
        case .int(let value): return value
        case nil: return 0
        default: throw .unexpectedField(field)
        }
    }

    /// A field of type `long`; 0 if there is none, as in Java.
    ///
    /// - Throws: ``JavaSerializationError/unexpectedField(_:)`` if the field has another type.
    package func long(_ field: String) throws(JavaSerializationError) -> Int64 {
        switch self.slot(field) {
        case .long(let value): return value
        case nil: return 0
        default: throw .unexpectedField(field)
        }
    }

    /// A field of type `boolean`; false if there is none, as in Java.
    ///
    /// - Throws: ``JavaSerializationError/unexpectedField(_:)`` if the field has another type.
    package func boolean(_ field: String) throws(JavaSerializationError) -> Bool {
        switch self.slot(field) {
        case .boolean(let value): return value
        case nil: return false
        default: throw .unexpectedField(field)
        }
    }

    /// A field that holds text or null.
    ///
    /// - Throws: ``JavaSerializationError/unexpectedField(_:)`` if the field holds something else.
    package func string(_ field: String) throws(JavaSerializationError) -> String? {
        switch self.slot(field).map(self.target) {
        case .some(.some(.string(let text, _))): return text
        case .none, .some(.none): return try self.null(field)
        default: throw .unexpectedField(field)
        }
    }

    /// A field that holds bytes or null.
    ///
    /// - Throws: ``JavaSerializationError/unexpectedField(_:)`` if the field holds something else.
    package func bytes(_ field: String) throws(JavaSerializationError) -> [UInt8]? {
        switch self.slot(field).map(self.target) {
        case .some(.some(.primitives(_, .bytes(let bytes)))): return bytes
        case .none, .some(.none): return try self.null(field)
        default: throw .unexpectedField(field)
        }
    }

    /// A field that holds an object, of whatever class, or null.
    ///
    /// - Throws: ``JavaSerializationError/unexpectedField(_:)`` if the field holds a primitive.
    package func object(_ field: String) throws(JavaSerializationError) -> JavaObject? {
        guard case .node(let graph, let index)? = self.slot(field) else { return try self.null(field) }
        return JavaObject(self.graph, graph, index)
    }

    /// The elements of an array of objects that a field holds; a null element is nil.
    ///
    /// - Throws: ``JavaSerializationError/unexpectedField(_:)`` if the field holds something else.
    package func objects(_ field: String) throws(JavaSerializationError) -> [JavaObject?]? {
        guard let array = try self.object(field) else { return nil }
        guard case .elements(_, let slots) = array.node else { throw .unexpectedField(field) }
        return slots.map { slot in
            guard case .node(let graph, let index) = slot else { return nil }
            return JavaObject(array.graph, graph, index)
        }
    }

    private func target(_ slot: JavaSlot) -> JavaNode? {
        guard case .node(let graph, let index) = slot else { return nil }
        return JavaObject(self.graph, graph, index).node
    }

    private func null<Value>(_ field: String) throws(JavaSerializationError) -> Value? {
        switch self.slot(field) {
        case nil, .null: return nil
        default: throw .unexpectedField(field)
        }
    }
}
