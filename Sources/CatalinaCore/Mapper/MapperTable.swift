/// Which host, context and wrapper serve which name and path: an immutable table, replaced whole when the tree changes.
///
/// Source: `org.apache.catalina.mapper.Mapper`.
package final class MapperTable: Sendable {
    /// One virtual host with the contexts it offers.
    package final class Host: Sendable {
        package let host: StandardHost
        package let chain: Pipeline.Chain
        /// Access logs of the host and the engine.
        package let accessLogs: [any AccessLog]
        /// Longest path first.
        let contexts: [Context]

        init(host: StandardHost, chain: Pipeline.Chain, accessLogs: [any AccessLog], contexts: [Context]) {
            self.host = host
            self.accessLogs = accessLogs
            self.chain = chain
            self.contexts = contexts.sorted { $0.path.utf8.count > $1.path.utf8.count }
        }

        /// The context whose path is the longest one that is all of `path` or followed by a slash in it.
        package func context(for path: String) -> Context? {
            let path = path.utf8.span
            for context in self.contexts where context.covers(path) { return context }
            return nil
        }
    }

    /// One context path with its versions.
    package final class Context: Sendable {
        package let path: String
        /// Highest version first.
        package let versions: [ContextVersion]
        private let octets: [UInt8]

        init(path: String, versions: [ContextVersion]) {
            self.path = path
            self.octets = Array(path.utf8)
            self.versions = versions.sorted { $0.version > $1.version }
        }

        fileprivate func covers(_ asked: Span<UInt8>) -> Bool {
            let count = self.octets.count
            // Most are told apart by where they end.
            guard asked.count == count || (asked.count > count && asked[count] == UInt8(ascii: "/")) else {
                return false
            }
            for index in 0..<count where asked[index] != self.octets[index] { return false }
            return true
        }
    }

    /// One version of a context with its servlet patterns.
    package final class ContextVersion: Sendable {
        package let path: String
        package let version: String
        package let context: StandardContext
        package let facts: ContextFacts?
        package let chain: Pipeline.Chain
        package let patterns: ServletPatterns

        init(context: StandardContext, chain: Pipeline.Chain, patterns: ServletPatterns) {
            self.path = context.path
            self.version = context.webappVersion
            self.facts = context.facts
            self.context = context
            self.chain = chain
            self.patterns = patterns
        }
    }

    /// One wrapper under one of its patterns.
    package final class Wrapper: Sendable {
        package let wrapper: StandardWrapper
        package let chain: Pipeline.Chain
        package let pattern: String
        /// What the pattern says of the servlet path: `/x` of `/x/*`, else the pattern itself.
        let path: String
        /// Whether a welcome file leads to the servlet only where the file exists.
        let needsResource: Bool

        init(wrapper: StandardWrapper, chain: Pipeline.Chain, pattern: String, needsResource: Bool = false) {
            self.wrapper = wrapper
            self.needsResource = needsResource
            self.chain = chain
            self.pattern = pattern
            self.path = pattern.hasSuffix("/*") ? String(pattern.dropLast(2)) : pattern
        }
    }

    private let hosts: [String: Host]
    private let wildcardHosts: [String: Host]
    package let defaultHost: Host?
    /// Where requests enter; `nil` before the engine runs.
    package let engineChain: Pipeline.Chain?

    /// A table of hosts by every name they have, in lower case; `*.x` names stand for one label.
    package init(hosts: [(names: [String], host: Host)], defaultHost: Host?, engineChain: Pipeline.Chain?) {
        self.engineChain = engineChain
        var exact: [String: Host] = [:]
        var wildcard: [String: Host] = [:]
        for (names, host) in hosts {
            for name in names {
                if name.hasPrefix("*.") { wildcard[String(name.dropFirst())] = host } else { exact[name] = host }
            }
        }
        self.hosts = exact
        self.wildcardHosts = wildcard
        self.defaultHost = defaultHost
    }

    /// A table that maps nothing.
    package convenience init() { self.init(hosts: [], defaultHost: nil, engineChain: nil) }

    /// The host of a server name, or the engine's default host.
    package func host(for serverName: String) -> Host? {
        if let host = self.hosts[serverName] { return host }
        if serverName.isEmpty { return self.defaultHost }
        let lower = serverName.lowercased()
        if let host = self.hosts[lower] { return host }
        if !self.wildcardHosts.isEmpty, let dot = lower.firstIndex(of: "."),
            let host = self.wildcardHosts[String(lower[dot...])]
        {
            return host
        }
        return self.defaultHost
    }
}
