/// What the Digester does with the elements of one pattern.
struct DigesterRule {
    enum Action {
        case component(ComponentRule)
        case text((_ parent: Any, _ text: String) throws -> Void)
        /// Attributes and class names are checked; nothing is made.
        case inspect(ComponentRule)
        /// The element, its attributes and all it contains are accepted.
        case accept
    }

    let action: Action
}

struct ComponentRule {
    /// The class of an element without a `className`; nil makes that attribute mandatory.
    let className: String?
    /// Whether `className` may choose another class.
    let isOverridable: Bool
    /// Whether `optional="true"` forgives an unknown class.
    let allowsOptional: Bool
    /// Attributes that mean nothing to the component itself.
    let ignored: Set<String>
    /// Called when the component is made, before its children are.
    var begin: ((_ parent: Any?, _ child: Any) -> Void)?
    /// Documents whose root element this one is laid over.
    var underlay: ((_ parent: Any?, _ element: XMLElement) -> [XMLDocument])?
    let attach: (_ parent: Any?, _ child: Any) throws -> Void
}

/// A component of a type that cannot stand where it was put.
struct MisplacedComponent: Error, CustomStringConvertible {
    let description: String
}

/// The rules by pattern: an exact path wins over `*/` and the longest end of a path.
struct DigesterRules {
    private var exact: [String: DigesterRule] = [:]
    private var tails: [String: DigesterRule] = [:]
    private(set) var elementNames: Set<String> = []

    subscript(pattern: String) -> DigesterRule? {
        get { pattern.hasPrefix("*/") ? self.tails[String(pattern.dropFirst(2))] : self.exact[pattern] }
        set {
            if pattern.hasPrefix("*/") {
                self.tails[String(pattern.dropFirst(2))] = newValue
            } else {
                self.exact[pattern] = newValue
            }
            if let name = pattern.split(separator: "/").last { self.elementNames.insert(String(name)) }
        }
    }

    func match(_ path: String) -> DigesterRule? {
        if let rule = self.exact[path] { return rule }
        var tail = Substring(path)
        while true {
            if let rule = self.tails[String(tail)] { return rule }
            guard let slash = tail.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
            tail = tail[tail.utf8.index(after: slash)...]
        }
    }
}
