package import ServletAPI

/// The filters of one request, then its servlet.
///
/// Source: `org.apache.catalina.core.ApplicationFilterChain`.
final class ApplicationFilterChain: FilterChain {
    private let filters: [any Filter]
    private let servlet: any Servlet
    private let connector: ConnectorFacts
    private var position = 0

    init(_ filters: [any Filter], _ servlet: any Servlet, _ connector: ConnectorFacts) {
        self.filters = filters
        self.servlet = servlet
        self.connector = connector
    }

    func doFilter(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        guard self.position < self.filters.count else {
            try await ServletCall.run(self.servlet, request, response, on: self.connector)
            return
        }
        let filter = self.filters[self.position]
        self.position += 1
        try await filter.doFilter(request, response, self)
    }
}

/// Which filters apply to which requests: the application's filter mappings, ready to be matched.
///
/// URL patterns in the order of declaration, then servlet names; a filter appears once in a chain.
/// Source: `ApplicationFilterFactory`.
package struct FilterTable: Sendable {
    private let maps: [FilterMap]
    private let instances: [String: any Filter]

    package init(_ maps: [FilterMap] = [], instances: [String: any Filter] = [:]) {
        self.maps = maps
        self.instances = instances
    }

    package func filters(forServlet name: String, path: String, type: DispatcherType) -> [any Filter] {
        if self.maps.isEmpty { return [] }
        var names: [String] = []
        for map in self.maps where map.dispatchers.contains(type) && !names.contains(map.filterName) {
            if map.urlPatterns.contains(where: { Self.matches(path, pattern: $0) }) { names.append(map.filterName) }
        }
        for map in self.maps where map.dispatchers.contains(type) && !names.contains(map.filterName) {
            if map.servletNames.contains(where: { $0 == "*" || $0 == name }) { names.append(map.filterName) }
        }
        return names.compactMap { self.instances[$0] }
    }

    /// Whether a decoded path below the context matches a URL pattern.
    package static func matches(_ path: String, pattern: String) -> Bool {
        if pattern == path || pattern == "/*" { return true }
        if pattern.hasSuffix("/*") {
            let prefix = pattern.utf8.dropLast(2)
            guard path.utf8.starts(with: prefix) else { return false }
            let rest = path.utf8.dropFirst(prefix.count).first
            return rest == nil || rest == UInt8(ascii: "/")
        }
        guard pattern.hasPrefix("*."), let slash = path.lastIndex(of: "/"), let dot = path.lastIndex(of: "."),
            dot > slash
        else { return false }
        return path[dot...] == pattern.dropFirst()
    }
}
