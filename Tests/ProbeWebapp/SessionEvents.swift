import ServletAPI
import Synchronization

/// What happened to the sessions of the application, in order.
final class SessionEvents: Sendable {
    static let attribute = "probe.sessionEvents"

    private let words = Mutex<[String]>([])

    func append(_ word: String) { self.words.withLock { $0.append(word) } }

    var text: String { self.words.withLock { $0 }.joined(separator: " ") + "\n" }

    static func of(_ context: any ServletContext) -> SessionEvents? {
        context.attribute(Self.attribute) as? SessionEvents
    }
}

/// Writes down what it is told of.
struct SessionListener: ServletContextListener, HttpSessionListener, HttpSessionAttributeListener, HttpSessionIdListener
{
    func contextInitialized(_ context: any ServletContext) async throws {
        context.setAttribute(SessionEvents.attribute, SessionEvents())
    }

    func sessionCreated(_ session: any HttpSession) { self.append("created", session) }
    func sessionDestroyed(_ session: any HttpSession) { self.append("destroyed", session) }
    func sessionIdChanged(_ session: any HttpSession, _ oldSessionId: String) { self.append("renamed", session) }

    func attributeChanged(
        _ change: AttributeChange,
        _ session: any HttpSession,
        _ name: String,
        _ value: any Sendable
    ) {
        self.append("\(change):\(name)=\(value)", session)
    }

    private func append(_ word: String, _ session: any HttpSession) {
        SessionEvents.of(session.servletContext)?.append(word)
    }
}

/// Does to the session what the path says, and writes what has happened to sessions so far.
struct SessionEventsServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let session = try await request.session(create: request.pathInfo == "/create")
        switch request.pathInfo {
        case "/set": try session?.setAttribute("a", await request.parameter("v"))
        case "/remove": try session?.removeAttribute("a")
        case "/rename": _ = try await request.changeSessionId()
        case "/end": try session?.invalidate()
        default: break
        }
        response.contentType = "text/plain"
        try await response.write(SessionEvents.of(request.servletContext)?.text ?? "")
    }
}
