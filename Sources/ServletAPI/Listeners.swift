/// Anything that a `<listener>` element may name; conform to one or more of the protocols below.
///
/// Source: `java.util.EventListener`.
public protocol EventListener: Sendable {}

/// Is told when the application starts and stops.
///
/// Source: `jakarta.servlet.ServletContextListener`.
public protocol ServletContextListener: EventListener {
    /// Before any filter or servlet is made.
    ///
    /// - Throws: anything; the application then does not start.
    func contextInitialized(_ context: any ServletContext) async throws
    /// After every servlet and filter has been destroyed.
    func contextDestroyed(_ context: any ServletContext) async
}

extension ServletContextListener {
    /// Does nothing.
    public func contextInitialized(_ context: any ServletContext) async throws {}
    /// Does nothing.
    public func contextDestroyed(_ context: any ServletContext) async {}
}

/// What happened to an attribute.
public enum AttributeChange: Sendable {
    /// It is new.
    case added
    /// It is gone.
    case removed
    /// It has another value; the event carries the old one.
    case replaced
}

/// Is told of the application's attributes.
///
/// Source: `jakarta.servlet.ServletContextAttributeListener`.
public protocol ServletContextAttributeListener: EventListener {
    /// An attribute of the application changed.
    func attributeChanged(
        _ change: AttributeChange,
        _ context: any ServletContext,
        _ name: String,
        _ value: any Sendable
    )
}

/// Is told when a request enters and leaves the application.
///
/// Source: `jakarta.servlet.ServletRequestListener`.
public protocol ServletRequestListener: EventListener {
    /// Before the first filter.
    func requestInitialized(_ context: any ServletContext, _ request: any HttpServletRequest) async throws
    /// After the last filter.
    func requestDestroyed(_ context: any ServletContext, _ request: any HttpServletRequest) async throws
}

extension ServletRequestListener {
    /// Does nothing.
    public func requestInitialized(_ context: any ServletContext, _ request: any HttpServletRequest) async throws {}
    /// Does nothing.
    public func requestDestroyed(_ context: any ServletContext, _ request: any HttpServletRequest) async throws {}
}

/// Is told of a request's attributes.
///
/// Source: `jakarta.servlet.ServletRequestAttributeListener`.
public protocol ServletRequestAttributeListener: EventListener {
    /// An attribute of a request changed.
    func attributeChanged(_ change: AttributeChange, _ request: any HttpServletRequest, _ name: String, _ value: Any)
}

/// Is told when sessions begin and end.
///
/// Source: `jakarta.servlet.http.HttpSessionListener`.
public protocol HttpSessionListener: EventListener {
    /// A session was made.
    func sessionCreated(_ session: any HttpSession)
    /// A session is about to end.
    func sessionDestroyed(_ session: any HttpSession)
}

extension HttpSessionListener {
    /// Does nothing.
    public func sessionCreated(_ session: any HttpSession) {}
    /// Does nothing.
    public func sessionDestroyed(_ session: any HttpSession) {}
}

/// Is told of a session's values.
///
/// Source: `jakarta.servlet.http.HttpSessionAttributeListener`.
public protocol HttpSessionAttributeListener: EventListener {
    /// A value of a session changed.
    func attributeChanged(_ change: AttributeChange, _ session: any HttpSession, _ name: String, _ value: any Sendable)
}

/// Is told when a session gets a new id.
///
/// Source: `jakarta.servlet.http.HttpSessionIdListener`.
public protocol HttpSessionIdListener: EventListener {
    /// The id changed.
    func sessionIdChanged(_ session: any HttpSession, _ oldSessionId: String)
}

/// A session value that wants to know when it is stored and removed.
///
/// Source: `jakarta.servlet.http.HttpSessionBindingListener`.
public protocol HttpSessionBindingListener: Sendable {
    /// It was stored under a name.
    func valueBound(_ session: any HttpSession, _ name: String)
    /// It was removed, replaced, or its session ended.
    func valueUnbound(_ session: any HttpSession, _ name: String)
}

/// A session value that wants to know when its session leaves or enters the process.
///
/// Source: `jakarta.servlet.http.HttpSessionActivationListener`.
public protocol HttpSessionActivationListener: Sendable {
    /// The session is about to be stored or moved.
    func sessionWillPassivate(_ session: any HttpSession)
    /// The session has been loaded.
    func sessionDidActivate(_ session: any HttpSession)
}
