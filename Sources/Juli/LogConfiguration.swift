/// What logging.properties says about categories: which level and which handlers each has.
///
/// Shape: `NAME.level`, `NAME.handlers`, `NAME.useParentHandlers`; the root's are `.level` and `.handlers`, or
/// `handlers` where there is no `.handlers`.
/// Source: `org.apache.juli.ClassLoaderLogManager`.
package struct LogConfiguration: Sendable {
    /// Level and handlers of one category, inheritance resolved.
    package struct Category: Sendable, Equatable {
        package var level: Level
        /// Names as in `handlers`, in the order in which records reach them.
        package var handlers: [String]
    }

    private struct Node {
        var level: Level?
        var handlers: [String]?
        var usesParentHandlers = false
    }

    private var nodes: [String: Node] = [:]
    /// What could not be understood, a sentence each.
    package private(set) var problems: [String] = []
    /// Every handler that is to exist.
    package let handlers: [String]

    package init(_ properties: LogProperties) {
        self.handlers = Self.names(properties["handlers"] ?? "")
        for (key, value) in properties.values.sorted(by: { $0.key < $1.key }) {
            guard let dot = key.lastIndex(of: ".") else { continue }
            let name = String(key[..<dot])
            switch key[key.index(after: dot)...] {
            case "level": self.setLevel(value, of: name)
            case "handlers": self.setHandlers(Self.names(value), of: name)
            case "useParentHandlers":
                self.nodes[name, default: Node()].usesParentHandlers = value.lowercased() == "true"
            default: break
            }
        }
    }

    /// Resolves a category by walking from its name towards the root, a dot at a time.
    ///
    /// A category with handlers of its own keeps its records from its parents' unless it says
    /// `useParentHandlers = true`; one without any passes them on, whatever it says.
    /// Complexity: one table look-up per dot in the name.
    package func category(_ name: String) -> Category {
        var level: Level?
        var handlers: [String] = []
        var rest = name[...]
        while !rest.isEmpty {
            if let node = self.nodes[String(rest)] {
                level = level ?? node.level
                if let own = node.handlers {
                    handlers += own
                    if !node.usesParentHandlers {
                        return Category(level: level ?? self.level(above: rest), handlers: handlers)
                    }
                }
            }
            rest = Self.parent(of: rest)
        }
        let root = self.nodes[""]
        return Category(
            level: level ?? root?.level ?? .info,
            handlers: handlers + (root?.handlers ?? self.handlers)
        )
    }

    private func level(above name: Substring) -> Level {
        var rest = Self.parent(of: name)
        while !rest.isEmpty {
            if let level = self.nodes[String(rest)]?.level { return level }
            rest = Self.parent(of: rest)
        }
        return self.nodes[""]?.level ?? .info
    }

    private static func parent(of name: Substring) -> Substring {
        name.lastIndex(of: ".").map { name[..<$0] } ?? ""
    }

    private static func names(_ list: String) -> [String] {
        list.split(separator: ",").map { trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    private mutating func setLevel(_ value: String, of name: String) {
        guard let level = Level(trimmed(value)) else {
            self.problems.append("Unknown level [\(value)] of [\(name)]")
            return
        }
        self.nodes[name, default: Node()].level = level
    }

    private mutating func setHandlers(_ names: [String], of name: String) {
        self.nodes[name, default: Node()].handlers = names.filter { self.handlers.contains($0) }
        for unknown in names where !self.handlers.contains(unknown) {
            self.problems.append("Handler [\(unknown)] of [\(name)] is not listed in [handlers]")
        }
    }
}

/// The text without the spaces and tabs around it.
func trimmed(_ text: String) -> String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
}
