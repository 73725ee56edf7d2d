package import Coyote
import Modeler
import ServletAPI
import Synchronization

/// Accepts requests by one protocol on one address and hands them to its service's engine.
///
/// Source: `org.apache.catalina.connector.Connector`.
package final class Connector: Lifecycle, ConfigurableComponent {
    /// Server name and port that requests are shown with instead of what clients sent.
    struct Proxy: Sendable {
        let name: String?
        let port: Int
    }

    package let lifecycle = LifecycleSupport()
    /// The attributes; fixed for the life of the connector, so that a request reads them without a lock.
    package let settings: Configuration
    package let handler: Http11Protocol
    /// The service's mapper.
    package let mapper: Mapper
    /// Where servlets that block run.
    package let workers: (any TaskExecutor)?
    let proxy: Proxy?
    private let bodyMethods: Set<String>
    private let pathRules: RequestPath.Options
    private let failure = Mutex<String?>(nil)

    /// - Parameters:
    ///   - mapper: of the service that the connector belongs to.
    ///   - workers: threads for servlets that block; `nil` runs them on the event loops.
    package init(configuration: Configuration, mapper: Mapper, workers: (any TaskExecutor)? = nil) {
        self.settings = configuration
        self.mapper = mapper
        self.workers = workers
        self.proxy =
            configuration.proxyName != nil || configuration.proxyPort > 0
            ? Proxy(name: configuration.proxyName, port: configuration.proxyPort) : nil
        self.bodyMethods = Set(configuration.parseBodyMethods)
        self.pathRules = configuration.pathRules
        self.handler = Http11Protocol(configuration: configuration.http11)
    }

    package convenience init(configuration: Configuration) {
        self.init(configuration: configuration, mapper: Mapper())
    }

    package var configuration: Configuration { self.settings }

    /// `Connector["http-nio-8080"]`.
    package var lifecycleName: String { "Connector[\"\(self.handler.name)\"]" }

    /// Why the connector does not work, `nil` if it does.
    package var initializationFailure: String? {
        get { self.failure.withLock { $0 } }
        set { self.failure.withLock { $0 = newValue } }
    }

    // MARK: For requests

    /// The canonical path of a request.
    func canonicalPath(of request: Coyote.Request) throws(RequestPathError) -> RequestPath {
        let result: Result<RequestPath, RequestPathError> = request.withRequestURIBytes { bytes in
            do throws(RequestPathError) {
                return .success(try RequestPath.canonicalize(bytes.bindMemory(to: UInt8.self).span, self.pathRules))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The part of a raw path that decodes to a context path.
    func rawPrefix(of raw: String, decodedAs path: String) -> String {
        var index = raw.startIndex
        while index <= raw.endIndex {
            let end = raw[index...].dropFirst().firstIndex(of: "/") ?? raw.endIndex
            let prefix = String(raw[..<end])
            if let decoded = try? RequestPath.canonicalize(prefix, self.pathRules), decoded.decoded == path {
                return prefix
            }
            guard end < raw.endIndex else { break }
            index = end
        }
        return path
    }

    /// Whether form bodies of a method become parameters.
    func parsesBody(of method: String) -> Bool { self.bodyMethods.contains(method) }

    /// The cookies of a request, by the rules of its context.
    func parseCookies(_ headers: MimeHeaders, facts: ContextFacts?) -> [Cookie] {
        (facts?.cookieProcessor ?? CookieProcessor()).parse(headers, limit: self.settings.maxCookieCount)
    }
}
