/// What a web application provides: something that answers requests for the URL patterns mapped to it.
///
/// One instance serves every request of its declaration, many of them at a time, hence `Sendable`: state that
/// changes belongs behind a `Mutex`, in an actor, or in the session. The container makes the instance with the
/// factory its module registered (``ServletModule``), calls ``initialize(_:)`` once, then ``service(_:_:)`` per
/// request, and ``destroy()`` once when the application stops.
///
/// A method may suspend for as long as it likes: a suspended request holds no thread. It must not block the
/// thread (`sleep`, blocking file or database calls) unless ``blocks`` says so.
/// Source: `jakarta.servlet.Servlet`.
public protocol Servlet: Sendable {
    /// Called once before the first request, with the init parameters of the declaration.
    ///
    /// - Throws: ``UnavailableError`` to be tried again later, anything else to be refused; requests then get 500.
    func initialize(_ config: any ServletConfig) async throws

    /// Answers one request.
    ///
    /// - Throws: anything; the container then answers with the matching error page, status 500 by default.
    /// Isolation: the request's own task, on its connection's event loop (a worker thread if ``blocks``).
    func service(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws

    /// Called once after the last request has ended.
    func destroy() async

    /// Whether ``service(_:_:)`` may block its thread; it then runs on the Connector's `Executor` instead of the
    /// event loop, at a small cost per request. Read once, after ``initialize(_:)``.
    var blocks: Bool { get }
}

extension Servlet {
    /// Does nothing.
    public func initialize(_ config: any ServletConfig) async throws {}
    /// Does nothing.
    public func destroy() async {}
    /// `false`: the servlet suspends instead of blocking.
    public var blocks: Bool { false }
}

/// The declaration of one servlet: its name and init parameters.
///
/// Source: `jakarta.servlet.ServletConfig`.
public protocol ServletConfig: Sendable {
    /// The `<servlet-name>`.
    var servletName: String { get }
    /// The application that the servlet belongs to.
    var servletContext: any ServletContext { get }
    /// The value of an `<init-param>`, `nil` if there is none of that name.
    func initParameter(_ name: String) -> String?
    /// The names of all init parameters, in no particular order.
    var initParameterNames: [String] { get }
}
