/// The attributes of a session.
///
/// Most sessions have a few: then looking at each name takes less time than hashing one, and a list takes less memory than
/// a table.
package struct NamedValues: Sendable, Sequence {
    package typealias Element = (key: String, value: any Sendable)

    /// Values that are kept as a list.
    static let listMaximum = 12

    /// A pair, looked at without copying its value as one of ``Element`` would be.
    private struct Entry {
        let key: String
        var value: any Sendable
    }

    private var list: [Entry] = []
    /// All values, once there are more than the list may hold.
    private var table: [String: any Sendable] = [:]

    package init() {}

    package var isEmpty: Bool { self.list.isEmpty && self.table.isEmpty }
    package var count: Int { self.list.count + self.table.count }
    package var keys: [String] { self.map(\.key) }

    package subscript(name: String) -> (any Sendable)? {
        get {
            if let place = self.place(of: name) { return self.list[place].value }
            return self.table.isEmpty ? nil : self.table[name]
        }
        set {
            if let newValue { self.updateValue(newValue, forKey: name) } else { self.removeValue(forKey: name) }
        }
    }

    /// Stores a value.
    ///
    /// - Returns: the value that was stored under the name before.
    @discardableResult
    package mutating func updateValue(_ value: any Sendable, forKey name: String) -> (any Sendable)? {
        if let place = self.place(of: name) {
            let old = self.list[place].value
            self.list[place].value = value
            return old
        }
        if self.table.isEmpty {
            guard self.list.count == Self.listMaximum else {
                self.list.append(Entry(key: name, value: value))
                return nil
            }
            for entry in self.list { self.table[entry.key] = entry.value }
            self.list = []
        }
        return self.table.updateValue(value, forKey: name)
    }

    /// Removes a value.
    ///
    /// - Returns: the value that was stored under the name.
    @discardableResult
    package mutating func removeValue(forKey name: String) -> (any Sendable)? {
        guard let place = self.place(of: name) else { return self.table.removeValue(forKey: name) }
        return self.list.remove(at: place).value
    }

    package mutating func removeAll() {
        self.list = []
        self.table = [:]
    }

    package func makeIterator() -> AnyIterator<Element> {
        guard self.table.isEmpty else { return AnyIterator(self.table.makeIterator()) }
        return AnyIterator(self.list.lazy.map { (key: $0.key, value: $0.value) }.makeIterator())
    }

    private func place(of name: String) -> Int? {
        // By index: a search of elements would copy each with its value.
        for place in self.list.indices where self.list[place].key == name { return place }
        return nil
    }
}
