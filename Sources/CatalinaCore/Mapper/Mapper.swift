import ServletAPI
import Synchronization

/// Finds host, context and wrapper of a request.
///
/// The table changes rarely and is read for every request: a reader compares one number and keeps using the table
/// it holds (``Reader``), so that the hot path takes no lock.
/// Isolation: any thread.
/// Source: `org.apache.catalina.mapper.Mapper`, `MapperListener`.
package final class Mapper: Sendable {
    private let table = Mutex(MapperTable())
    private let version = Atomic<Int>(0)

    package init() {}

    /// Replaces the table; requests under way go on with the old one.
    ///
    /// Tables are made under the lock, so that the last one made is the last one set.
    package func replace(_ make: () -> MapperTable) {
        self.table.withLock { $0 = make() }
        self.version.wrappingAdd(1, ordering: .releasing)
    }

    /// The table as one request's object last saw it.
    package struct Reader {
        private var table = MapperTable()
        private var version = -1
        /// The last host that was asked for: most requests of a client ask for the same.
        private var lastHost: (name: String, host: MapperTable.Host?)?

        package init() {}

        /// The table as it stands now.
        package mutating func current(of mapper: Mapper) -> MapperTable {
            let version = mapper.version.load(ordering: .acquiring)
            if version != self.version {
                self.table = mapper.table.withLock { $0 }
                self.version = version
                self.lastHost = nil
            }
            return self.table
        }

        /// The host of a server name, or the engine's default host.
        package mutating func host(for serverName: String, of mapper: Mapper) -> MapperTable.Host? {
            let table = self.current(of: mapper)
            if let last = self.lastHost, last.name == serverName { return last.host }
            let host = table.host(for: serverName)
            self.lastHost = (name: serverName, host: host)
            return host
        }
    }
}

extension MapperTable {
    /// Finds the wrapper for a decoded path; `version` picks a context version, the highest one if `nil`.
    package func map(serverName: String, path: String, version: String?, into data: inout MappingData) {
        guard let host = self.host(for: serverName) else { return }
        self.map(host: host, path: path, version: version, into: &data)
    }

    /// As ``map(serverName:path:version:into:)``, of a host that is known.
    package func map(host: Host, path: String, version: String?, into data: inout MappingData) {
        data.host = host
        guard let context = host.context(for: path) else { return }
        let chosen = version.flatMap { wanted in context.versions.first { $0.version == wanted } }
        guard let contextVersion = chosen ?? context.versions.first else { return }
        data.context = contextVersion
        if context.versions.count > 1 { data.versions = context.versions }
        contextVersion.map(path: path, into: &data)
    }
}

extension MapperTable.ContextVersion {
    /// Finds the wrapper for a decoded path that starts with this context's path.
    package func map(path: String, into data: inout MappingData) {
        let relative = self.path.isEmpty ? path : String(path.utf8.dropFirst(self.path.utf8.count)) ?? ""
        if relative.isEmpty, !self.path.isEmpty {
            self.patterns.map("", into: &data)
            if data.wrapper != nil { return }
            if self.context.mapperContextRootRedirectEnabled {
                data.redirectPath = path + "/"
                return
            }
            self.patterns.map("/", into: &data)
            if data.match == .path { data.pathInfo = nil }
            return
        }
        self.patterns.map(relative, into: &data)
        guard data.match == .default, self.context.mapperDirectoryRedirectEnabled, !relative.hasSuffix("/"),
            self.context.resources?.lookup(relative).isDirectory == true
        else { return }
        data.redirectPath = path + "/"
    }
}
