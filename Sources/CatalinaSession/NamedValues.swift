/// The attributes of a session.
///
/// Most sessions have a few: then looking at each name takes less time than hashing one, and a list takes less memory than
/// a table.
///
/// Public, though no application sees it: what is only the package's is not specialized for the values of other targets,
/// and costs there several times as much.
@frozen public struct NamedValues<Value>: Sequence {
    /// A value under its name.
    public typealias Element = (key: String, value: Value)

    /// Values that are kept as a list.
    @inlinable public static var listMaximum: Int { 12 }

    /// A pair, looked at without copying its value as one of ``Element`` would be.
    @usableFromInline struct Entry {
        @usableFromInline let key: String
        @usableFromInline var value: Value

        @inlinable init(key: String, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// A table once there are more values than a list may hold.
    @usableFromInline enum Storage {
        case list([Entry])
        case table([String: Value])
    }

    @usableFromInline var storage: Storage

    /// None yet.
    @inlinable public init() { self.storage = .list([]) }

    /// How many there are.
    @inlinable public var count: Int {
        switch self.storage {
        case .list(let list): list.count
        case .table(let table): table.count
        }
    }

    /// Whether there is none.
    @inlinable public var isEmpty: Bool { self.count == 0 }

    /// The names; in the order in which they were stored first, while they are few.
    @inlinable public var keys: [String] {
        switch self.storage {
        case .list(let list):
            var keys: [String] = []
            keys.reserveCapacity(list.count)
            var place = 0
            while place < list.count {
                keys.append(list[place].key)
                place += 1
            }
            return keys
        case .table(let table): return Array(table.keys)
        }
    }

    /// The value of a name, nil for none.
    @inlinable public subscript(name: String) -> Value? {
        @inline(__always) get {
            switch self.storage {
            case .list(let list):
                guard let place = Self.place(of: name, in: list) else { return nil }
                return list[place].value
            case .table(let table): return table[name]
            }
        }
        set {
            if let newValue { self.updateValue(newValue, forKey: name) } else { self.removeValue(forKey: name) }
        }
    }

    /// Makes room for so many values and no more.
    @inlinable public mutating func reserveCapacity(_ count: Int) {
        guard case .list(var list) = self.storage, count <= Self.listMaximum else { return }
        self.storage = .list([])
        list.reserveCapacity(count)
        self.storage = .list(list)
    }

    /// Stores a value; one that is replaced keeps the name under which it was stored.
    ///
    /// - Returns: the value that was stored under the name before.
    @discardableResult
    @inlinable public mutating func updateValue(_ value: Value, forKey name: String) -> Value? {
        switch self.storage {
        case .list(var list):
            guard let place = Self.place(of: name, in: list) else {
                self.append(Entry(key: name, value: value), to: list)
                return nil
            }
            // Held once, it is changed where it is.
            self.storage = .list([])
            defer { self.storage = .list(list) }
            let old = list[place].value
            list[place].value = value
            return old
        case .table(var table):
            self.storage = .list([])
            defer { self.storage = .table(table) }
            return table.updateValue(value, forKey: name)
        }
    }

    @inlinable mutating func append(_ entry: Entry, to list: consuming [Entry]) {
        var list = list
        self.storage = .list([])
        guard list.count == Self.listMaximum else {
            list.append(entry)
            self.storage = .list(list)
            return
        }
        var table: [String: Value] = [entry.key: entry.value]
        for entry in list { table[entry.key] = entry.value }
        self.storage = .table(table)
    }

    /// Removes a value.
    ///
    /// - Returns: the value that was stored under the name.
    @discardableResult
    @inlinable public mutating func removeValue(forKey name: String) -> Value? {
        switch self.storage {
        case .list(var list):
            guard let place = Self.place(of: name, in: list) else { return nil }
            self.storage = .list([])
            defer { self.storage = .list(list) }
            return list.remove(at: place).value
        case .table(var table):
            self.storage = .list([])
            defer { self.storage = .table(table) }
            return table.removeValue(forKey: name)
        }
    }

    /// Removes every value.
    @inlinable public mutating func removeAll() { self.storage = .list([]) }

    /// Goes through the values as they are now.
    @inlinable public func makeIterator() -> AnyIterator<Element> {
        switch self.storage {
        case .list(let list): AnyIterator(list.lazy.map { (key: $0.key, value: $0.value) }.makeIterator())
        case .table(let table): AnyIterator(table.makeIterator())
        }
    }

    @inlinable @inline(__always) static func place(of name: String, in list: [Entry]) -> Int? {
        // By index: a search of elements would copy each with its value.
        var place = 0
        while place < list.count {
            if list[place].key == name { return place }
            place += 1
        }
        return nil
    }
}

extension NamedValues: Sendable where Value: Sendable {}
extension NamedValues.Entry: Sendable where Value: Sendable {}
extension NamedValues.Storage: Sendable where Value: Sendable {}
