/// The name of a managed bean, or a pattern that selects several.
///
/// Shape: `domain:key=value,key=value`. Two names are equal when their domains and their sets of
/// properties are; the order in which the properties were given is kept for printing only. A name is a
/// pattern when `*` or `?` stand in its domain or in a value, or when one of its properties is `*`.
///
/// Source: `javax.management.ObjectName`; its exception texts are kept.
package struct ObjectName: Sendable {
    /// One `key=value`; a quoted value includes its quotes.
    package struct Property: Sendable, Hashable {
        package let key: String
        package let value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    package let domain: String
    /// In the order given.
    package let properties: [Property]
    /// Whether a bean with further properties matches too (`,*`).
    package let isPropertyListPattern: Bool
    /// Whether the name selects beans instead of naming one.
    package let isPattern: Bool
    /// The domain and the properties sorted by key: equal for equal names.
    package let canonicalName: String

    init(domain: String, properties: [Property], isPropertyListPattern: Bool, hasPatternValue: Bool) {
        self.domain = domain
        self.properties = properties
        self.isPropertyListPattern = isPropertyListPattern
        self.isPattern = hasPatternValue || isPropertyListPattern || domain.utf8.contains { $0 == 0x2a || $0 == 0x3f }
        let sorted = properties.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
        self.canonicalName = Self.text(domain: domain, properties: sorted, isOpen: isPropertyListPattern)
    }

    /// Reads a name as text.
    /// - Throws: ``MalformedObjectName`` with the text a Java client is used to.
    package init(_ text: String) throws(MalformedObjectName) {
        var parser = ObjectNameParser(text: text)
        self = try parser.parse()
    }

    /// Makes a name of its parts.
    ///
    /// - Throws: ``MalformedObjectName`` for a value with one of `,=:"` that is not quoted, see ``quote(_:)``.
    package init(domain: String, _ properties: [(String, String)]) throws(MalformedObjectName) {
        let list = properties.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
        try self.init("\(domain):\(list)")
    }

    /// Makes a name of parts that may hold anything, as the names that operators and applications choose.
    ///
    /// Values are quoted where they must be; a colon, line feed or wildcard of the domain becomes `_`. The keys
    /// are the program's own. With `isOpen` the name is a pattern that further properties match too.
    package init(safeDomain domain: String, _ properties: [(String, String)], isOpen: Bool = false) {
        let replaced = domain.unicodeScalars.map { ":\n*?".unicodeScalars.contains($0) ? "_" : Character($0) }
        self.init(
            domain: String(replaced),
            properties: properties.map { Property($0.0, Self.quoteIfNeeded($0.1)) },
            isPropertyListPattern: isOpen,
            hasPatternValue: false
        )
    }

    /// The value of a property, with its quotes if it has any.
    package subscript(key: String) -> String? {
        self.properties.first { $0.key == key }?.value
    }

    fileprivate static func text(domain: String, properties: [Property], isOpen: Bool) -> String {
        var items = properties.map { "\($0.key)=\($0.value)" }
        if isOpen { items.append("*") }
        return domain + ":" + items.joined(separator: ",")
    }
}

extension ObjectName: Hashable {
    package static func == (left: ObjectName, right: ObjectName) -> Bool {
        left.canonicalName == right.canonicalName
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.canonicalName)
    }
}

extension ObjectName: CustomStringConvertible {
    package var description: String {
        Self.text(domain: self.domain, properties: self.properties, isOpen: self.isPropertyListPattern)
    }
}

/// Text that is no object name.
package struct MalformedObjectName: Error, Equatable {
    package let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

// MARK: - Quoting

extension ObjectName {
    /// The text within quotes, so that any text can be a value.
    package static func quote(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"", "\\", "*", "?":
                quoted.unicodeScalars.append("\\")
                quoted.unicodeScalars.append(character)
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "\""
    }

    /// The text itself if it can be a value, else within quotes; one that is quoted already stays as it is.
    package static func quoteIfNeeded(_ text: String) -> String {
        if Self.unquote(text) != nil { return text }
        return text.utf8.contains { ",=:*?\"\n".utf8.contains($0) } ? Self.quote(text) : text
    }

    /// The text that ``quote(_:)`` was given, or nil for a value that is not quoted properly.
    package static func unquote(_ value: String) -> String? {
        var scalars = value.unicodeScalars[...]
        guard scalars.count >= 2, scalars.popFirst() == "\"", scalars.popLast() == "\"" else { return nil }
        var text = ""
        while let character = scalars.popFirst() {
            switch character {
            case "\\":
                guard let escaped = scalars.popFirst() else { return nil }
                switch escaped {
                case "\"", "\\", "*", "?": text.unicodeScalars.append(escaped)
                case "n": text += "\n"
                default: return nil
                }
            case "\"", "*", "?", "\n": return nil
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}

// MARK: - Selecting

extension ObjectName {
    /// Whether this name, taken as a pattern, selects `name`.
    package func matches(_ name: ObjectName) -> Bool {
        guard !name.isPattern else { return false }
        guard self.isPattern else { return self == name }
        guard Self.matches(name.domain, pattern: self.domain) else { return false }
        guard self.isPropertyListPattern || self.properties.count == name.properties.count else { return false }
        return self.properties.allSatisfy { property in
            guard let value = name[property.key] else { return false }
            return Self.matches(value, pattern: property.value)
        }
    }

    /// `*` stands for any run of characters, `?` for exactly one.
    static func matches(_ text: String, pattern: String) -> Bool {
        let text = Array(text.unicodeScalars)
        let pattern = Array(pattern.unicodeScalars)
        var (position, wanted) = (0, 0)
        var retry: (position: Int, wanted: Int)?
        while true {
            if wanted == pattern.count {
                if position == text.count { return true }
            } else if pattern[wanted] == "*" {
                wanted += 1
                retry = (position, wanted)
                continue
            } else if position < text.count, pattern[wanted] == "?" || pattern[wanted] == text[position] {
                position += 1
                wanted += 1
                continue
            }
            guard let last = retry, last.position < text.count else { return false }
            retry = (last.position + 1, last.wanted)
            (position, wanted) = (last.position + 1, last.wanted)
        }
    }
}
