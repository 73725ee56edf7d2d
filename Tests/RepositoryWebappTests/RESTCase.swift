import Testing

/// One call and what has to come of it.
struct RESTCase: Sendable, CustomTestStringConvertible {
    var line: String
    var user: String?
    var body: String?
    var type: String?
    var status: Int
    /// The whole body, or its beginning where it ends in `…`.
    var text: String?
    var headers: [String: String] = [:]

    var testDescription: String { "\(self.line) as \(self.user ?? "anybody")" }

    init(
        _ line: String,
        _ user: String? = nil,
        _ body: String? = nil,
        type: String? = nil,
        _ status: Int = 200,
        _ text: String? = nil
    ) {
        self.line = line
        self.user = user
        self.body = body
        self.type = type
        self.status = status
        self.text = text
    }

    /// The same call, which has to be answered with these headers too.
    func with(_ headers: [String: String]) -> RESTCase {
        var copy = self
        copy.headers = headers
        return copy
    }
}
