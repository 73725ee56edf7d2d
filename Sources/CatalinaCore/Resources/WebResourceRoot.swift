import Modeler
package import NIOCore
import Synchronization

/// The files of one running web application: found, cached, listed and changed here.
///
/// A path is searched in the sets mounted before the application, in its folder, then in those mounted after it.
/// What was found is kept for the time to live, also that there is nothing; within that time a file is answered
/// from memory, without a look at the file system and without copying it.
/// Isolation: any thread.
/// Tomcat counterpart: `org.apache.catalina.webresources.StandardRoot`, `Cache`.
package final class WebResourceRoot: Sendable {
    package typealias Configuration = StandardRoot.Configuration

    /// The canonical folder of the application.
    package let docBase: String
    private let live: LiveSettings<Configuration, Void>
    /// What every look-up asks for, out of the configuration.
    private let isCaching: Atomic<Bool>
    private let timeToLive: Atomic<Int64>
    private let largestKept: Atomic<Int>

    private let sets: [any WebResourceSet]
    private let main: DirResourceSet
    /// Where ``main`` stands among the sets.
    private let mainIndex: Int
    private let mimeType: @Sendable (String) -> String?
    /// Milliseconds of a clock that does not jump.
    private let now: @Sendable () -> Int64
    private let table: Mutex<ResourceTable>
    private let reporter: LinkReporter

    /// The files below a folder, with what is mounted over and under it.
    ///
    /// - Parameters:
    ///   - docBase: the folder; an archive has been unpacked into one.
    ///   - configuration: what the `Resources` element says.
    ///   - overlays: what is mounted, in the order of the descriptor.
    ///   - mimeType: the media type of a file name.
    ///   - now: milliseconds of a clock that does not jump.
    /// - Throws: ``ResourceError`` if the folder or something mounted is not there.
    package init(
        docBase: String,
        configuration: Configuration = Configuration(),
        overlays: [ResourceOverlay] = [],
        mimeType: @escaping @Sendable (String) -> String?,
        now: @escaping @Sendable () -> Int64 = { MonotonicClock.coarseMilliseconds() }
    ) throws(ResourceError) {
        let reporter = LinkReporter(docBase: docBase)
        let report: @Sendable (String) -> Void = { reporter.report($0) }
        var own = ResourceSetConfiguration()
        own.base = docBase
        own.readOnly = configuration.readOnly
        self.main = try DirResourceSet(own, allowLinking: configuration.allowLinking, reportLink: report)
        var sets: [ResourceOverlay.Position: [any WebResourceSet]] = [:]
        for overlay in overlays {
            let set = try overlay.set(allowLinking: configuration.allowLinking, reportLink: report)
            sets[overlay.position, default: []].append(set)
        }
        self.mainIndex = sets[.pre]?.count ?? 0
        self.sets = (sets[.pre] ?? []) + [self.main] + (sets[.jar] ?? []) + (sets[.post] ?? [])
        self.live = LiveSettings(configuration)
        self.isCaching = Atomic(configuration.cachingAllowed)
        self.timeToLive = Atomic(configuration.timeToLive)
        self.largestKept = Atomic(configuration.objectMaximum)
        self.docBase = self.main.base
        self.mimeType = mimeType
        self.now = now
        self.table = Mutex(ResourceTable(sizeMaximum: configuration.sizeMaximum))
        self.reporter = reporter
    }

    package var configuration: Configuration { self.live.value }
    /// Largest file that is kept in memory, in bytes.
    package var objectMaximum: Int { self.largestKept.load(ordering: .relaxed) }

    /// Changes how files are cached; where they are found stays.
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.live.change { configuration in
            let before = configuration
            try change(&configuration)
            guard configuration.allowLinking == before.allowLinking, configuration.readOnly == before.readOnly,
                configuration.trackLockedFiles == before.trackLockedFiles
            else { throw NotReconfigurable() }
        }
        let configuration = self.configuration
        self.isCaching.store(configuration.cachingAllowed, ordering: .relaxed)
        self.timeToLive.store(configuration.timeToLive, ordering: .relaxed)
        self.largestKept.store(configuration.objectMaximum, ordering: .relaxed)
        self.table.withLock { $0.sizeMaximum = configuration.sizeMaximum }
        self.clearCache()
    }

    // MARK: Looking

    /// What a path leads to, at most one time to live ago.
    ///
    /// Looks at inodes at most; the content comes with ``loaded(_:)``. A path that is not normal leads nowhere.
    /// Complexity: one short lock while the time to live lasts, else a look per path segment.
    package func lookup(_ path: String) -> WebResource {
        guard self.isCaching.load(ordering: .relaxed) else { return self.found(path) }
        guard let entry = self.table.withLock({ $0.entry(path) }) else { return self.insert(self.found(path)).resource }
        entry.markUsed()
        let (now, due) = (self.now(), entry.nextCheck.load(ordering: .relaxed))
        guard now >= due else { return entry.resource }
        let ttl = self.timeToLive.load(ordering: .relaxed)
        // One caller asks the file system, the others go on with what is known.
        let (isOurs, _) = entry.nextCheck.compareExchange(expected: due, desired: now + ttl, ordering: .relaxed)
        guard isOurs || ttl <= 0 else { return entry.resource }
        let located = self.locate(path)
        guard !entry.resource.matches(located) else { return entry.resource }
        return self.insert(self.resource(path, located)).resource
    }

    /// The resource with its content in memory, if it is a file small enough to be kept there.
    ///
    /// A file that changed since it was looked at comes back as it is now.
    /// - Throws: ``FileError`` if it cannot be read.
    package func loaded(_ resource: WebResource) async throws -> WebResource {
        var resource = resource
        // A file that is written all the time is given up on after a few tries, and streamed.
        for _ in 0..<3 {
            guard let file = resource.file, resource.isFile, resource.size <= Int64(self.objectMaximum),
                resource.content == nil
            else { return resource }
            if let bytes = try await self.read(file, as: resource) { return self.keep(bytes, of: resource) }
            self.forget(resource.path)
            resource = self.lookup(resource.path)
        }
        return resource
    }

    /// The content of a file; `nil` if it is no longer the one that was looked at.
    private func read(_ file: String, as resource: WebResource) async throws -> ByteBuffer? {
        let maximum = self.objectMaximum
        do {
            let (bytes, status) = try await FileIO.run { try FileIO.read(file, upTo: maximum) }
            let isSame = status.lastModified == resource.lastModified && status.size == resource.size
            return isSame && Int64(bytes.readableBytes) == resource.size ? bytes : nil
        } catch let error as FileError where error.isChange {
            return nil
        }
    }

    /// The resource with its content, in the cache if there is room.
    private func keep(_ bytes: ByteBuffer, of resource: WebResource) -> WebResource {
        if self.table.withLock({ $0.charge(resource, bytes.readableBytes) }) {
            resource.keep(bytes)
            return resource
        }
        // An object of its own, gone with the request that asked for it: what others hold must not grow.
        let own = self.found(resource.path)
        if own.size == resource.size, own.lastModified == resource.lastModified { own.keep(bytes) }
        return own
    }

    /// The strong entity tag of a file: the SHA-256 of its content, in quotes.
    ///
    /// - Throws: ``FileError`` if it cannot be read.
    package func strongETag(_ resource: WebResource) async throws -> String {
        if let known = resource.strongETag { return known }
        let content = resource.content
        guard let file = resource.file, resource.isFile else { return resource.eTag }
        let digest = try await FileIO.run {
            try content.map { FileHash.hex($0) } ?? FileHash.hex(ofFile: file)
        }
        resource.keep(strongETag: "\"\(digest)\"")
        return resource.strongETag ?? resource.eTag
    }

    /// The names directly below a directory, of all sets, sorted.
    package func names(in path: String) async throws -> [String] {
        let sets = self.sets
        return try await FileIO.run { Set(sets.flatMap { $0.names(in: path) }).sorted() }
    }

    /// As ``names(in:)``, on the caller's thread: for calls that cannot suspend.
    ///
    /// Blocks.
    package func namesBlocking(in path: String) -> [String] {
        Set(self.sets.flatMap { $0.names(in: path) }).sorted()
    }

    /// The paths directly below a directory, those of directories with a slash at the end; `nil` if it is none.
    ///
    /// Blocks: it serves `ServletContext.resourcePaths`, which cannot suspend.
    package func resourcePaths(_ path: String) -> [String]? {
        guard let path = WebPath.normalized(path), self.lookup(path).isDirectory else { return nil }
        let parent = path.hasSuffix("/") ? path : path + "/"
        return self.namesBlocking(in: path).compactMap { name in
            switch self.lookup(parent + name).kind {
            case .missing: nil
            case .file: parent + name
            case .directory: parent + name + "/"
            }
        }
    }

    /// The file behind a path, also where there is none yet; `nil` where the path may not lead.
    package func realPath(_ path: String) -> String? {
        guard let path = WebPath.normalized(path.isEmpty ? "/" : path) else { return nil }
        let resource = self.lookup(path)
        guard let file = resource.file else { return nil }
        return path.hasSuffix("/") && (resource.isDirectory || !resource.exists) ? file + "/" : file
    }

    /// The whole content of a file; `nil` if there is none.
    ///
    /// - Throws: ``FileError`` if it cannot be read.
    package func bytes(_ path: String) async throws -> ByteBuffer? {
        guard let path = WebPath.normalized(path) else { return nil }
        let resource = try await self.loaded(self.lookup(path))
        guard resource.isFile, let file = resource.file else { return nil }
        if let content = resource.content { return content }
        return try await FileIO.run { try FileIO.read(file, upTo: .max).0 }
    }

    /// As ``bytes(_:)``, as a copy.
    package func octets(_ path: String) async throws -> [UInt8]? {
        try await self.bytes(path).map { [UInt8]($0.readableBytesView) }
    }

    // MARK: Changing

    /// Makes a directory in the application's folder.
    ///
    /// - Returns: false if it cannot be made.
    package func makeDirectory(_ path: String) async throws -> Bool {
        guard let file = self.writableFile(path) else { return false }
        defer { self.forget(path) }
        return try await FileIO.run { FileIO.makeDirectory(file) }
    }

    /// Deletes a file or an empty directory of the application's folder.
    ///
    /// - Returns: false if it cannot be deleted.
    package func delete(_ path: String) async throws -> Bool {
        guard let file = self.writableFile(path) else { return false }
        defer { self.forget(path) }
        return try await FileIO.run { FileIO.delete(file) }
    }

    /// Moves a finished file to a path of the application's folder, at once replacing a file that is there.
    ///
    /// - Returns: false if it cannot go there; the source is then still where it was.
    package func store(_ source: String, at path: String) async throws -> Bool {
        guard !path.hasSuffix("/"), let file = self.writableFile(path), FileStatus(file)?.kind != .directory else {
            return false
        }
        defer { self.forget(path) }
        return try await FileIO.run { FileIO.move(source, to: file) }
    }

    private func writableFile(_ path: String) -> String? {
        guard let path = WebPath.normalized(path), !self.configuration.readOnly, path != "/" else { return nil }
        // What something mounted before the application hides cannot be changed through it.
        for set in self.sets[..<self.mainIndex] where set.locate(path).kind != .missing { return nil }
        return self.main.locate(path).file
    }

    // MARK: Cache

    /// Drops what is known of a path.
    package func forget(_ path: String) {
        self.table.withLock { table in
            table.remove(path)
            table.remove(path.hasSuffix("/") ? String(path.dropLast()) : path + "/")
        }
    }

    /// Drops everything that is known.
    package func clearCache() { self.table.withLock { $0.removeAll() } }

    /// Drops entries that nobody has asked for since they expired; the background tick calls it.
    package func backgroundProcess() {
        let limit = self.now() - max(0, self.timeToLive.load(ordering: .relaxed))
        self.table.withLock { $0.removeExpired(before: limit) }
    }

    /// Figures for management clients.
    package var cacheStatistics: (lookups: Int, hits: Int, size: Int, entries: Int) {
        self.table.withLock { (lookups: $0.lookups, hits: $0.hits, size: $0.size, entries: $0.count) }
    }

    private func insert(_ resource: WebResource) -> ResourceTable.Entry {
        let entry = ResourceTable.Entry(resource, nextCheck: self.now() + self.timeToLive.load(ordering: .relaxed))
        self.table.withLock { $0.insert(entry) }
        return entry
    }

    private func found(_ path: String) -> WebResource { self.resource(path, self.locate(path)) }

    private func resource(_ path: String, _ located: LocatedResource) -> WebResource {
        WebResource(path, located, mimeType: located.kind == .file ? self.mimeType(path) : nil)
    }

    private func locate(_ path: String) -> LocatedResource {
        guard WebPath.normalized(path) == path else { return .missing }
        var mounted: LocatedResource?
        var nothing = LocatedResource.missing
        for (index, set) in self.sets.enumerated() {
            let located = set.locate(path)
            switch located.kind {
            case .file: return located
            case .directory where located.file != nil: return located
            case .directory: mounted = mounted ?? located
            case .missing where index == self.mainIndex: nothing = located
            case .missing: break
            }
        }
        return mounted ?? nothing
    }
}
