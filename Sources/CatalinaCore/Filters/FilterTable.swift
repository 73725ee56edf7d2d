package import ServletAPI

/// Which filters apply to which requests: the application's filter mappings, ready to be matched.
///
/// URL patterns in the order of declaration, then servlet names; a filter appears once in a chain.
/// Source: `ApplicationFilterFactory`.
package struct FilterTable: Sendable {
    /// A filter, and what its declaration says of it.
    package struct Entry: Sendable {
        package let filter: any Filter
        /// Whether a request that passes it may go on after its servlet.
        package let isAsyncSupported: Bool
    }

    private let maps: [FilterMap]
    private let instances: [String: Entry]

    package init(_ maps: [FilterMap] = [], instances: [String: Entry] = [:]) {
        self.maps = maps
        self.instances = instances
    }

    /// Whether there is no filter for any request.
    var isEmpty: Bool { self.maps.isEmpty }

    package func filters(forServlet name: String, path: String, type: DispatcherType) -> [Entry] {
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
