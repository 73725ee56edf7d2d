/// A name and value that a client keeps and sends back.
///
/// Source: `jakarta.servlet.http.Cookie`; RFC 6265.
public struct Cookie: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The value.
    public var value: String
    /// How long the client keeps it, in seconds; 0 deletes it, negative (the default) keeps it while the client runs.
    public var maxAge: Int
    /// The domain that gets it; `nil` for the server's own name.
    public var domain: String?
    /// The path below which it is sent; `nil` for the request's own folder.
    public var path: String?
    /// Whether it is sent over secure channels only.
    public var isSecure: Bool
    /// Whether scripts are kept from reading it.
    public var isHttpOnly: Bool
    /// Further attributes in order, such as `SameSite`.
    public var attributes: [(name: String, value: String)] {
        get { zip(self.attributeNames, self.attributeValues).map { (name: $0, value: $1) } }
        set {
            self.attributeNames = newValue.map(\.name)
            self.attributeValues = newValue.map(\.value)
        }
    }

    private var attributeNames: [String] = []
    private var attributeValues: [String] = []

    /// A cookie; everything else at its default.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
        self.maxAge = -1
        self.isSecure = false
        self.isHttpOnly = false
    }

    /// Sets a further attribute, replacing one of that name.
    public mutating func setAttribute(_ name: String, _ value: String) {
        var all = self.attributes.filter { $0.name.lowercased() != name.lowercased() }
        all.append((name: name, value: value))
        self.attributes = all
    }
}
