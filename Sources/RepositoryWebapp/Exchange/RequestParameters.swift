import RepositoryCore
import ServletAPI

/// Parameters of a request by the repository's conventions.
struct RequestParameters {
    let all: Parameters

    init(_ request: any HttpServletRequest) async { self.all = await request.parameters() }

    init(_ parameters: Parameters) { self.all = parameters }

    subscript(name: String) -> String? { self.all.first(name) }

    /// Present but empty means true, otherwise only `true` does, in any case of letters.
    func flag(_ name: String, default value: Bool = false) -> Bool {
        guard let text = self.all.first(name) else { return value }
        return text.isEmpty || text.lowercased() == "true"
    }

    /// - Throws: 400 for anything but an integer.
    func integer(_ name: String, default value: Int) throws(RepositoryError) -> Int {
        guard let text = self.all.first(name) else { return value }
        guard let number = Int(text) else { throw .badRequest("\(name) is not an integer") }
        return number
    }

    /// - Throws: 400 for text that is no pointer.
    func pointer(_ name: String = "jsonPointer") throws(RepositoryError) -> JSONPointer? {
        guard let text = self.all.first(name) else { return nil }
        guard let pointer = JSONPointer(parsing: text) else { throw .badRequest("Invalid JSON Pointer \(text)") }
        return pointer
    }

    /// The pointers of `filter`, as JSON or as Python prints a list.
    ///
    /// - Throws: 400 for anything else.
    func filter() throws(RepositoryError) -> JSONFilter? {
        guard let text = self.all.first("filter") else { return nil }
        let json = (try? JSONValue(parsing: text)) ?? (try? JSONValue(parsing: Self.doubleQuoted(text)))
        guard let pointers = json?.strings else { throw .badRequest("filter is not a JSON array of pointers") }
        return try JSONFilter(pointers)
    }

    private static func doubleQuoted(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars { result.unicodeScalars.append(scalar == "'" ? "\"" : scalar) }
        return result
    }

    /// A JSON array of strings.
    func strings(_ name: String) throws(RepositoryError) -> [String] {
        guard let text = self.all.first(name) else { return [] }
        guard let strings = (try? JSONValue(parsing: text))?.strings else {
            throw .badRequest("\(name) is not a JSON array of strings")
        }
        return strings
    }
}
