import CatalinaCore
import Modeler
import ServletAPI
import Synchronization

/// Where a servlet of the manager application stands in the container, and what it reaches from there.
///
/// Isolation: any thread.
final class ManagerPlace: Sendable {
    private struct Attachment: Sendable {
        weak var wrapper: StandardWrapper?
    }

    private let attachment = Mutex(Attachment())

    func attach(to wrapper: StandardWrapper) { self.attachment.withLock { $0.wrapper = wrapper } }

    /// - Throws: `ServletError` once the application has stopped.
    var context: StandardContext {
        get throws {
            guard let context = self.attachment.withLock({ $0.wrapper })?.context else {
                throw ServletError("The manager application has stopped")
            }
            return context
        }
    }

    var host: StandardHost {
        get throws {
            guard let host = try self.context.host else { throw ServletError("The manager application has no host") }
            return host
        }
    }

    var server: StandardServer {
        get throws {
            guard let server = try (self.host.parent as? StandardEngine)?.service?.server else {
                throw ServletError("The manager application runs outside a server")
            }
            return server
        }
    }

    func frame(of request: any HttpServletRequest) throws -> ManagerFrame {
        ManagerFrame(root: request.contextPath, hasCluster: try self.context.cluster != nil)
    }

    var beans: BeanRegistry { get throws { try self.server.beans } }
}

/// A servlet of the manager, which the container tells where it stands.
protocol PlacedServlet: HttpServlet, ContainerServlet {
    var place: ManagerPlace { get }
}

extension PlacedServlet {
    package func attach(to wrapper: StandardWrapper) { self.place.attach(to: wrapper) }
}

extension HttpServletResponse {
    /// What answers of the manager have in common: they belong in no frame, and are what they say they are.
    func prepareManagerAnswer(_ contentType: String) {
        self.setHeader("X-Frame-Options", "DENY")
        self.setHeader("X-Content-Type-Options", "nosniff")
        self.contentType = contentType
    }
}
