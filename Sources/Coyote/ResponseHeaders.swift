/// The header fields of a response, in the order in which the application added them.
///
/// Names keep the application's spelling and are compared ignoring case.
package struct ResponseHeaders {
    /// Fields whose presence changes what the encoder adds.
    struct Special: OptionSet {
        let rawValue: UInt8
        static let connection = Self(rawValue: 1)
        static let date = Self(rawValue: 2)
        static let server = Self(rawValue: 4)
        static let keepAlive = Self(rawValue: 8)
        static let transferEncoding = Self(rawValue: 16)
        static let content = Self(rawValue: 32)
    }

    private(set) var fields: [(name: String, value: String)] = []
    /// A superset of the special fields present.
    private(set) var special: Special = []

    package init() {}

    package var count: Int { self.fields.count }
    package var isEmpty: Bool { self.fields.isEmpty }

    package subscript(index: Int) -> (name: String, value: String) { self.fields[index] }

    /// The first value of the field.
    package func value(_ name: String) -> String? {
        self.fields.first { $0.name.equalsIgnoringASCIICase(name) }?.value
    }

    package func values(_ name: String) -> [String] {
        self.fields.filter { $0.name.equalsIgnoringASCIICase(name) }.map(\.value)
    }

    package func contains(_ name: String) -> Bool {
        self.fields.contains { $0.name.equalsIgnoringASCIICase(name) }
    }

    /// The distinct names as first spelt, in order.
    package var names: [String] {
        var names: [String] = []
        for field in self.fields where !names.contains(where: { $0.equalsIgnoringASCIICase(field.name) }) {
            names.append(field.name)
        }
        return names
    }

    package mutating func add(_ name: String, _ value: String) {
        self.special.formUnion(Special(name))
        self.fields.append((name, value))
    }

    /// Replaces every field with this name by one, at the place of the first.
    package mutating func set(_ name: String, _ value: String) {
        guard let index = self.fields.firstIndex(where: { $0.name.equalsIgnoringASCIICase(name) }) else {
            return self.add(name, value)
        }
        self.fields[index].value = value
        for later in self.fields.indices.reversed()
        where later > index && self.fields[later].name.equalsIgnoringASCIICase(name) {
            self.fields.remove(at: later)
        }
    }

    package mutating func remove(_ name: String) {
        self.fields.removeAll { $0.name.equalsIgnoringASCIICase(name) }
    }

    package mutating func removeAll() {
        self.fields.removeAll(keepingCapacity: true)
        self.special = []
    }
}

extension ResponseHeaders.Special {
    /// The class of a name; empty for all but a handful.
    init(_ name: String) {
        switch name.utf8.count {
        case 4 where name.equalsIgnoringASCIICase("Date"): self = .date
        case 6 where name.equalsIgnoringASCIICase("Server"): self = .server
        case 10 where name.equalsIgnoringASCIICase("Connection"): self = .connection
        case 10 where name.equalsIgnoringASCIICase("Keep-Alive"): self = .keepAlive
        case 12 where name.equalsIgnoringASCIICase("Content-Type"): self = .content
        case 14 where name.equalsIgnoringASCIICase("Content-Length"): self = .content
        case 16 where name.equalsIgnoringASCIICase("Content-Language"): self = .content
        case 17 where name.equalsIgnoringASCIICase("Transfer-Encoding"): self = .transferEncoding
        default: self = []
        }
    }
}
