/// What the container remembers of one client between requests.
///
/// Values are `Sendable`, because several requests of one client may use the session at once.
/// Isolation: any thread.
/// Source: `jakarta.servlet.http.HttpSession`.
public protocol HttpSession: AnyObject, Sendable {
    /// The id that the client holds.
    var id: String { get }
    /// When it was made, in milliseconds since 1970.
    ///
    /// - Throws: ``IllegalStateError`` once invalidated, as the other members that throw.
    var creationTime: Int64 { get throws }
    /// When its client last asked for something, in milliseconds since 1970.
    var lastAccessedTime: Int64 { get throws }
    /// Whether the client does not yet know of it.
    var isNew: Bool { get throws }
    /// Idle seconds after which it expires; 0 or less for never.
    var maxInactiveInterval: Int { get set }
    /// The application it belongs to.
    var servletContext: any ServletContext { get }

    /// A value by name, `nil` if absent.
    func attribute(_ name: String) throws -> (any Sendable)?
    /// Stores a value; `nil` removes it.
    func setAttribute(_ name: String, _ value: (any Sendable)?) throws
    /// The names of all values.
    var attributeNames: [String] { get throws }
    /// Ends the session and unbinds its values.
    func invalidate() throws
}

extension HttpSession {
    /// A value of a known type; `nil` if absent or of another type.
    ///
    /// In a cluster the value may come from another node: it is then made of what that node wrote, so that a type that
    /// is `Codable` is found again, and an integer of another width is one where it fits.
    public func attribute<Value: Sendable>(_ name: String, as type: Value.Type) throws -> Value? {
        guard let value = try self.attribute(name) else { return nil }
        if let value = Self.value(value, as: type) { return value }
        if let value = value as? Value { return value }
        return try (self as? any ConvertingSession)?.convertedAttribute(name, as: type)
    }

    /// A value of just the type that is asked for, without the runtime's search for what it might be cast to.
    private static func value<Stored, Wanted>(_ value: Stored, as type: Wanted.Type) -> Wanted? {
        guard Stored.self == Wanted.self else { return nil }
        // SAFETY: both types are the same.
        return unsafeBitCast(value, to: Wanted.self)
    }

    /// Removes a value.
    public func removeAttribute(_ name: String) throws { try self.setAttribute(name, nil) }
}

/// A session whose values may have been written by another process, which does not know the application's types.
public protocol ConvertingSession: HttpSession {
    /// A value made into a type of the application, `nil` if it cannot be.
    func convertedAttribute<Value: Sendable>(_ name: String, as type: Value.Type) throws -> Value?
}
