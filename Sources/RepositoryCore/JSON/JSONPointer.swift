/// A path to one node of a JSON text (RFC 6901).
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    /// Reference tokens, unescaped; empty for the whole text.
    package var tokens: [String]

    package static let root = JSONPointer(tokens: [])

    package init(tokens: [String]) { self.tokens = tokens }

    /// Nil where the text is neither empty nor starts with `/`, or where `~` is not followed by 0 or 1.
    package init?(parsing text: String) {
        guard !text.isEmpty else {
            self.tokens = []
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var tokens: [String] = []
        for part in text.unicodeScalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let token = Self.unescape(part) else { return nil }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    private static func unescape(_ part: Substring.UnicodeScalarView) -> String? {
        guard part.contains("~") else { return String(part) }
        var result = ""
        var scalars = part.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "~" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch scalars.next() {
            case "0": result.append("~")
            case "1": result.append("/")
            default: return nil
            }
        }
        return result
    }

    /// The token as it stands within a pointer's text.
    package static func escape(_ token: String) -> String {
        guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return token }
        var result = ""
        for scalar in token.unicodeScalars {
            switch scalar {
            case "~": result.append("~0")
            case "/": result.append("~1")
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    package var description: String { self.tokens.map { "/" + Self.escape($0) }.joined() }

    package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: self.tokens + [token]) }

    /// The position that a token names in an array of the given size, without leading zeros.
    static func index(_ token: String, below count: Int) -> Int? {
        guard let index = Int(token), index >= 0, index < count, String(index) == token else { return nil }
        return index
    }
}

extension JSONValue {
    /// The node at a pointer, or nil where there is none.
    package subscript(pointer: JSONPointer) -> JSONValue? {
        var node = self
        for token in pointer.tokens {
            switch node {
            case .object(let object):
                guard let next = object[token] else { return nil }
                node = next
            case .array(let elements):
                guard let index = JSONPointer.index(token, below: elements.count) else { return nil }
                node = elements[index]
            default:
                return nil
            }
        }
        return node
    }

    /// Puts a value at a pointer: replaces what is there, adds a member, or appends (`-` or the next index).
    ///
    /// - Returns: whether the place exists; its parent has to.
    package mutating func set(_ value: JSONValue, at pointer: JSONPointer) -> Bool {
        self.change(at: pointer.tokens[...], to: value)
    }

    /// Takes the node at a pointer away.
    ///
    /// - Returns: whether there was one; the root cannot be removed.
    package mutating func remove(at pointer: JSONPointer) -> Bool {
        !pointer.tokens.isEmpty && self.change(at: pointer.tokens[...], to: nil)
    }

    private mutating func change(at path: ArraySlice<String>, to value: JSONValue?) -> Bool {
        guard let token = path.first else {
            if let value { self = value }
            return true
        }
        switch self {
        case .object(var object):
            let rest = path.dropFirst()
            if rest.isEmpty {
                guard value != nil || object[token] != nil else { return false }
                object[token] = value
            } else {
                guard var child = object[token], child.change(at: rest, to: value) else { return false }
                object[token] = child
            }
            self = .object(object)
            return true
        case .array(var elements):
            guard Self.change(&elements, at: token, rest: path.dropFirst(), to: value) else { return false }
            self = .array(elements)
            return true
        default:
            return false
        }
    }

    private static func change(
        _ elements: inout [JSONValue],
        at token: String,
        rest: ArraySlice<String>,
        to value: JSONValue?
    ) -> Bool {
        if let index = JSONPointer.index(token, below: elements.count) {
            if !rest.isEmpty { return elements[index].change(at: rest, to: value) }
            if let value { elements[index] = value } else { elements.remove(at: index) }
            return true
        }
        guard rest.isEmpty, let value, token == "-" || token == String(elements.count) else { return false }
        elements.append(value)
        return true
    }
}
