/// The members of a JSON object in the order in which they were written.
///
/// Clients of a repository see what they stored, so the order has to survive a round trip. Up to a dozen
/// members are searched in line; a larger object carries an index.
package struct JSONObject: Sendable {
    /// Count of members from which an index pays for itself.
    private static let indexThreshold = 12

    package private(set) var keys: [String] = []
    package private(set) var values: [JSONValue] = []
    private var positions: [ExactString: Int] = [:]

    package init() {}

    package init(_ members: some Sequence<(key: String, value: JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    package var count: Int { self.keys.count }
    package var isEmpty: Bool { self.keys.isEmpty }

    /// The member's value; setting `nil` removes it, setting an existing one keeps its place.
    package subscript(key: String) -> JSONValue? {
        get { self.position(of: key).map { self.values[$0] } }
        set {
            switch (self.position(of: key), newValue) {
            case (let position?, let value?): self.values[position] = value
            case (let position?, nil): self.remove(at: position)
            case (nil, let value?): self.append(key, value)
            case (nil, nil): break
            }
        }
    }

    private func position(of key: String) -> Int? {
        guard self.keys.count <= Self.indexThreshold else { return self.positions[ExactString(text: key)] }
        return self.keys.firstIndex { $0.isIdentical(to: key) }
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        self.keys.append(key)
        self.values.append(value)
        if self.keys.count > Self.indexThreshold + 1 {
            self.positions[ExactString(text: key)] = self.keys.count - 1
        } else if self.keys.count > Self.indexThreshold {
            self.rebuildIndex()
        }
    }

    private mutating func remove(at position: Int) {
        self.keys.remove(at: position)
        self.values.remove(at: position)
        self.rebuildIndex()
    }

    private mutating func rebuildIndex() {
        self.positions.removeAll(keepingCapacity: true)
        guard self.keys.count > Self.indexThreshold else { return }
        for (position, key) in self.keys.enumerated() { self.positions[ExactString(text: key)] = position }
    }

    /// The same members, those named first in the given order, the others after them as they were.
    package func reordered(first names: [String]) -> JSONObject {
        var result = JSONObject()
        for name in names {
            if let value = self[name] { result[name] = value }
        }
        for (key, value) in self where result[key] == nil { result[key] = value }
        return result
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> Zip2Sequence<[String], [JSONValue]>.Iterator {
        zip(self.keys, self.values).makeIterator()
    }
}

extension JSONObject: Hashable {
    /// Whether both hold the same members in the same order.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.keys.elementsEqual(right.keys) { $0.isIdentical(to: $1) } && left.values == right.values
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.keys)
        hasher.combine(self.values)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }
}

/// A string that equals another only scalar by scalar; Swift's own `==` takes canonically equivalent
/// texts for equal, which JSON does not.
private struct ExactString: Hashable {
    let text: String

    static func == (left: ExactString, right: ExactString) -> Bool { left.text.isIdentical(to: right.text) }

    func hash(into hasher: inout Hasher) {
        var text = self.text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Whether both hold the same scalars.
    package func isIdentical(to other: String) -> Bool {
        self.utf8.count == other.utf8.count && self.utf8.elementsEqual(other.utf8)
    }
}
