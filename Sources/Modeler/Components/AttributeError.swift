/// An attribute that a component does not take.
package enum AttributeError: Error, Equatable {
    /// No attribute has this name; `nearest` is the known name most like it, if one is close.
    case unknown(name: String, nearest: String?)
    case notConvertible(name: String, text: String, expected: AttributeType)
}

extension AttributeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknown(let name, let nearest?): "unknown attribute [\(name)], did you mean [\(nearest)]?"
        case .unknown(let name, nil): "unknown attribute [\(name)]"
        case .notConvertible(let name, let text, let expected):
            "attribute [\(name)]: [\(text)] is not \(expected.phrase)"
        }
    }
}

extension AttributeType {
    /// The type with its article, for a sentence.
    package var phrase: String {
        switch self {
        case .bool: "a boolean"
        case .int: "a whole number of 32 bits"
        case .long: "a whole number of 64 bits"
        case .double: "a number"
        case .string: "a text"
        case .list: "a comma separated list"
        case .words(let words): "one of " + words.joined(separator: ", ")
        }
    }
}
