/// Pointers by which a value is pruned; the token `_` stands for every element or member.
package struct JSONFilter: Sendable, Equatable {
    private let pointers: [[String]]

    /// - Throws: 400 for a text that is no pointer.
    package init(_ pointers: [String]) throws(RepositoryError) {
        var parsed: [[String]] = []
        for text in pointers {
            guard let pointer = JSONPointer(parsing: text) else { throw .badRequest("Invalid JSON Pointer \(text)") }
            parsed.append(pointer.tokens)
        }
        self.pointers = parsed
    }

    /// What the pointers reach, within the objects and arrays that lead there; nil for nothing.
    package func prune(_ value: JSONValue) -> JSONValue? {
        Self.prune(value, self.pointers.map { $0[...] })
    }

    private static func prune(_ value: JSONValue, _ pointers: [ArraySlice<String>]) -> JSONValue? {
        if pointers.contains(where: { $0.isEmpty }) { return value }
        guard !pointers.isEmpty else { return nil }
        switch value {
        case .object(let object):
            var result = JSONObject()
            for (key, member) in object { result[key] = self.prune(member, self.following(pointers, key)) }
            return .object(result)
        case .array(let elements):
            return .array(
                elements.enumerated().compactMap { index, element in
                    self.prune(element, self.following(pointers, String(index)))
                }
            )
        default:
            return nil
        }
    }

    private static func following(_ pointers: [ArraySlice<String>], _ token: String) -> [ArraySlice<String>] {
        pointers.compactMap { $0.first == "_" || $0.first == token ? $0.dropFirst() : nil }
    }
}
