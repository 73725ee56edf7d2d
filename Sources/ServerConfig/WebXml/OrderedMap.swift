/// Values by key, in the order in which their keys were first set.
///
/// Deployment descriptors need both: a servlet is looked up by name, and servlets with the same
/// `load-on-startup` are loaded in the order of the file.
package struct OrderedMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var positions: [Key: Int] = [:]
    private var items: [(key: Key, value: Value)] = []

    package init() {}

    package var count: Int { self.items.count }
    package var isEmpty: Bool { self.items.isEmpty }
    package var keys: [Key] { self.items.map(\.key) }
    package var values: [Value] { self.items.map(\.value) }

    /// The value of a key; setting one that is present keeps its place.
    package subscript(key: Key) -> Value? {
        get { self.positions[key].map { self.items[$0].value } }
        set {
            switch (self.positions[key], newValue) {
            case (let position?, let value?): self.items[position].value = value
            case (nil, let value?):
                self.positions[key] = self.items.count
                self.items.append((key, value))
            case (let position?, nil):
                self.items.remove(at: position)
                self.positions = Dictionary(uniqueKeysWithValues: self.items.enumerated().map { ($1.key, $0) })
            case (nil, nil): break
            }
        }
    }

    /// Adds what `other` has and this has not.
    package mutating func addMissing(from other: Self) {
        for (key, value) in other where self.positions[key] == nil {
            self[key] = value
        }
    }
}

extension OrderedMap: Sequence {
    package func makeIterator() -> IndexingIterator<[(key: Key, value: Value)]> {
        self.items.makeIterator()
    }
}

extension OrderedMap: Equatable where Value: Equatable {
    /// Order counts.
    package static func == (left: Self, right: Self) -> Bool {
        left.items.elementsEqual(right.items) { $0.key == $1.key && $0.value == $1.value }
    }
}

extension OrderedMap: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (Key, Value)...) {
        for (key, value) in elements { self[key] = value }
    }
}
