import Coyote
import Modeler
import Synchronization

/// What requests need to know of the connector they came by: immutable, so that no request takes a lock.
package final class ConnectorFacts: Sendable {
    /// Server name and port that requests are shown with instead of what clients sent.
    struct Proxy: Sendable {
        let name: String?
        let port: Int
    }

    /// What is done to every request before it is looked at.
    struct Preparation: Sendable {
        let proxy: Proxy?
        /// Whether clients are known by name.
        let looksUpClients: Bool
        /// Whether answers name the specification.
        let namesSpecification: Bool

        /// - Returns: `nil` if there is nothing to do.
        init?(_ configuration: Connector.Configuration) {
            let isProxied = configuration.proxyName != nil || configuration.proxyPort > 0
            self.proxy = isProxied ? Proxy(name: configuration.proxyName, port: configuration.proxyPort) : nil
            self.looksUpClients = configuration.enableLookups
            self.namesSpecification = configuration.xpoweredBy
            guard isProxied || self.looksUpClients || self.namesSpecification else { return nil }
        }
    }

    /// What follows from the attributes.
    private struct Derived: Sendable {
        let preparation: Preparation?
        let bodyMethods: Set<String>
        let pathRules: RequestPath.Options

        init(_ configuration: Connector.Configuration) {
            self.preparation = Preparation(configuration)
            self.bodyMethods = Set(configuration.parseBodyMethods)
            self.pathRules = configuration.pathRules
        }
    }

    private let live: LiveSettings<Connector.Configuration, Derived>
    /// `http-nio-8080`: how logs name the connector; `nil` before it is bound.
    private let knownName = Mutex<String?>(nil)
    /// Finds host, context and wrapper.
    package let mapper: Mapper
    /// Where servlets that block run.
    package let workers: WorkerThreads

    init(_ settings: Connector.Configuration) {
        self.live = LiveSettings(settings, Derived.init)
        self.mapper = Mapper()
        self.workers = WorkerThreads(limits: settings.limits, namePrefix: "http-exec-")
    }

    package var settings: Connector.Configuration { self.live.value }
    var preparation: Preparation? { self.live.derived.preparation }
    private var pathRules: RequestPath.Options { self.live.derived.pathRules }

    /// Changes attributes for requests to come.
    ///
    /// - Returns: the attributes now in force.
    func change(_ change: (inout Connector.Configuration) throws -> Void) throws -> Connector.Configuration {
        let configuration = try self.live.change(change)
        self.workers.limits = configuration.limits
        return configuration
    }

    package var name: String? {
        get { self.knownName.withLock { $0 } }
        set { self.knownName.withLock { $0 = newValue } }
    }

    /// The canonical path of a request.
    func canonicalPath(of request: Coyote.Request) throws(RequestPathError) -> RequestPath {
        let rules = self.pathRules
        let result: Result<RequestPath, RequestPathError> = request.withRequestURIBytes { bytes in
            do throws(RequestPathError) {
                return .success(try RequestPath.canonicalize(bytes.bindMemory(to: UInt8.self).span, rules))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The part of a raw path that decodes to a context path.
    func rawPrefix(of raw: String, decodedAs path: String) -> String {
        var index = raw.startIndex
        while index < raw.endIndex {
            let end = self.nextSlash(in: raw, after: index)
            let prefix = String(raw[..<end])
            if let decoded = try? RequestPath.canonicalize(prefix, self.pathRules), decoded.decoded == path {
                return prefix
            }
            index = end
        }
        return path
    }

    /// Where the next segment begins; an escaped slash counts where it is decoded.
    private func nextSlash(in raw: String, after index: String.Index) -> String.Index {
        let countsEscapes = self.pathRules.encodedSolidusHandling == .decode
        var next = raw.utf8.index(after: index)
        while next < raw.endIndex {
            if raw.utf8[next] == UInt8(ascii: "/") { return next }
            if countsEscapes, raw.utf8[next] == UInt8(ascii: "%"), raw[next...].prefix(3).lowercased() == "%2f" {
                return next
            }
            next = raw.utf8.index(after: next)
        }
        return next
    }

    /// Whether form bodies of a method become parameters.
    func parsesBody(of method: String) -> Bool { self.live.derived.bodyMethods.contains(method) }
}
