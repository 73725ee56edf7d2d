import NIOCore

/// The header fields of a request, in order of arrival.
///
/// A field is a pair of ranges in the retained head; text is made only for the fields that are asked for.
/// Bytes above 0x7F are ISO-8859-1. Names are compared ignoring case.
///
/// Isolation: the request's task.
/// Tomcat counterpart: `org.apache.tomcat.util.http.MimeHeaders`.
package final class MimeHeaders {
    /// One field: offsets from the start of the head, or a place in `texts` for a field that a valve added.
    struct Field {
        var nameStart: UInt32
        var nameLength: UInt32
        var valueStart: UInt32
        var valueLength: UInt32
        /// Index into `texts`, or -1 when the ranges above hold.
        var text: Int32 = -1

        init(name: Range<Int>, value: Range<Int>) {
            self.nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
            self.nameLength = UInt32(truncatingIfNeeded: name.count)
            self.valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
            self.valueLength = UInt32(truncatingIfNeeded: value.count)
        }

        init(text: Int) {
            self.init(name: 0..<0, value: 0..<0)
            self.text = Int32(truncatingIfNeeded: text)
        }
    }

    /// The head that the fields are ranges of.
    var head: ByteBuffer {
        get { self.received ?? ByteBuffer() }
        set { self.received = newValue }
    }
    private var received: ByteBuffer?
    var fields: [Field] = []
    private var texts: [(name: String, value: String)] = []

    package init() {}

    /// Fields given as text, for requests that no connection carries.
    package convenience init(_ pairs: [(name: String, value: String)]) {
        self.init()
        self.replaceAll(pairs)
    }

    /// Puts fields given as text in the place of all there are.
    package func replaceAll(_ pairs: [(name: String, value: String)]) {
        self.removeAll()
        for pair in pairs { self.add(pair.name, pair.value) }
    }

    /// Lends the octets of the head.
    func withHead<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        guard let received = self.received else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return try received.withUnsafeReadableBytes(body)
    }

    package var count: Int { self.fields.count }

    /// The value of the first field with this name.
    package func first(_ name: String) -> String? {
        guard let index = self.firstIndex(name) else { return nil }
        return self.value(at: index)
    }

    package func contains(_ name: String) -> Bool {
        self.firstIndex(name) != nil
    }

    /// The values of every field with this name, in order of arrival.
    package func all(_ name: String) -> [String] {
        var values: [String] = []
        for index in self.fields.indices where self.isName(at: index, name) {
            values.append(self.value(at: index))
        }
        return values
    }

    /// The distinct names in lower case, in order of first arrival.
    package var names: [String] {
        var names: [String] = []
        for index in self.fields.indices {
            let name = self.name(at: index)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The name of a field, in lower case.
    package func name(at index: Int) -> String {
        let field = self.fields[index]
        if field.text >= 0 { return self.texts[Int(field.text)].name.lowercased() }
        return self.withHead { bytes in
            String(asciiLowercased: bytes[Int(field.nameStart)..<Int(field.nameStart + field.nameLength)])
        }
    }

    package func value(at index: Int) -> String {
        let field = self.fields[index]
        if field.text >= 0 { return self.texts[Int(field.text)].value }
        return self.withHead { bytes in
            String(latin1: bytes[Int(field.valueStart)..<Int(field.valueStart + field.valueLength)])
        }
    }

    /// Lends the bytes of a value without making text of it.
    package func withValueBytes<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let field = self.fields[index]
        if field.text >= 0 {
            return self.texts[Int(field.text)].value.latin1Bytes.withUnsafeBytes(body)
        }
        return self.withHead { bytes in
            body(.init(rebasing: bytes[Int(field.valueStart)..<Int(field.valueStart + field.valueLength)]))
        }
    }

    /// The place of the first field with this name.
    package func firstIndex(_ name: String) -> Int? {
        self.fields.indices.first { self.isName(at: $0, name) }
    }

    /// Whether a comma list in any field with this name holds a token; case is ignored.
    package func hasToken(_ name: String, _ token: String) -> Bool {
        for index in self.fields.indices where self.isName(at: index, name) {
            if self.withValueBytes(at: index, { TokenList.contains(token, in: Span(_unsafeBytes: $0)) }) { return true }
        }
        return false
    }

    func nameLength(at index: Int) -> Int {
        let field = self.fields[index]
        return field.text < 0 ? Int(field.nameLength) : self.texts[Int(field.text)].name.utf8.count
    }

    package func add(_ name: String, _ value: String) {
        self.texts.append((name, value))
        self.fields.append(Field(text: self.texts.count - 1))
    }

    /// Replaces every field with this name by one, at the place of the first.
    package func set(_ name: String, _ value: String) {
        guard let index = self.firstIndex(name) else { return self.add(name, value) }
        self.texts.append((name, value))
        self.fields[index].text = Int32(self.texts.count - 1)
        for later in self.fields.indices.reversed() where later > index && self.isName(at: later, name) {
            self.fields.remove(at: later)
        }
    }

    package func remove(_ name: String) {
        for index in self.fields.indices.reversed() where self.isName(at: index, name) {
            self.fields.remove(at: index)
        }
    }

    /// Forgets the fields and the head; keeps the room that they took.
    package func removeAll() {
        self.fields.removeAll(keepingCapacity: true)
        if !self.texts.isEmpty { self.texts.removeAll() }
        self.received = nil
    }

    /// Whether a field has this name.
    package func isName(at index: Int, _ name: String) -> Bool {
        let field = self.fields[index]
        if field.text >= 0 { return self.texts[Int(field.text)].name.equalsIgnoringASCIICase(name) }
        guard Int(field.nameLength) == name.utf8.count else { return false }
        let start = Int(field.nameStart)
        return self.withHead { bytes in
            let octets = Span<UInt8>(_unsafeBytes: bytes[start..<(start + Int(field.nameLength))])
            return octets.equalsIgnoringCase(name.utf8.span)
        }
    }
}

extension MimeHeaders: CustomStringConvertible {
    package var description: String {
        self.fields.indices.map { "\(self.name(at: $0)): \(self.value(at: $0))" }.joined(separator: "\n")
    }
}
