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
    /// The domain that gets it, in lower case whatever it was set to; `nil` for the server's own name.
    public var domain: String? {
        get { self.domainAsGiven }
        set { self.domainAsGiven = newValue?.lowercased() }
    }
    private var domainAsGiven: String?
    /// The path below which it is sent; `nil` for the request's own folder.
    public var path: String?
    /// Whether it is sent over secure channels only.
    public var isSecure: Bool
    /// Whether scripts are kept from reading it.
    public var isHttpOnly: Bool
    /// Further attributes in order, such as `SameSite`; those that have a property are not among them.
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

    /// Sets an attribute by its name, replacing one of that name; names ignore case.
    ///
    /// `Domain`, `Path`, `Max-Age`, `Secure` and `HttpOnly` set their property. A `Max-Age` that is no number is kept
    /// as a further attribute, and refused when the cookie is added to an answer.
    public mutating func setAttribute(_ name: String, _ value: String) {
        let lowered = name.lowercased()
        if self.setProperty(lowered, value) { return }
        if let place = self.attributeNames.firstIndex(where: { $0.lowercased() == lowered }) {
            self.attributeValues[place] = value
        } else {
            self.attributeNames.append(name)
            self.attributeValues.append(value)
        }
    }

    /// Removes an attribute by its name; properties get their default back.
    public mutating func removeAttribute(_ name: String) {
        switch name.lowercased() {
        case "domain": self.domainAsGiven = nil
        case "path": self.path = nil
        case "max-age": self.maxAge = -1
        case "secure": self.isSecure = false
        case "httponly": self.isHttpOnly = false
        default: self.attributes = self.attributes.filter { $0.name.lowercased() != name.lowercased() }
        }
    }

    /// - Returns: whether the attribute, named in lower case, has a property that can hold the value.
    private mutating func setProperty(_ name: String, _ value: String) -> Bool {
        switch name {
        case "domain": self.domainAsGiven = value
        case "path": self.path = value
        case "max-age":
            guard let seconds = Int(value) else { return false }
            self.maxAge = seconds
        case "secure": self.isSecure = value.lowercased() == "true"
        case "httponly": self.isHttpOnly = value.lowercased() == "true"
        default: return false
        }
        return true
    }
}
