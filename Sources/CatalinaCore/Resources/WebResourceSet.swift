/// One source of an application's files: its own folder, or something mounted over or under it.
///
/// Isolation: any thread.
/// Source: `org.apache.catalina.WebResourceSet`.
protocol WebResourceSet: Sendable {
    /// Where in the application it appears; the root is the empty string.
    var webAppMount: String { get }
    /// Where a normalised path leads; looks at inodes only.
    func locate(_ path: String) -> LocatedResource
    /// The names directly below a directory of the application. Blocks.
    func names(in path: String) -> [String]
}

/// The attributes that the elements `PreResources`, `JarResources` and `PostResources` take.
package struct ResourceSetConfiguration: Sendable, Equatable {
    /// The directory or file, required; whoever reads the element makes it absolute.
    package var base = ""
    /// The folder of the application below which it appears.
    package var webAppMount = "/"
    /// The folder of `base` that is mounted.
    package var internalPath = "/"
    /// Whether what is in it may not be changed by requests.
    package var readOnly = false
    /// Whether symbolic links in it are followed, for this set alone.
    package var allowLinking = false

    package init() {}
}

/// A directory as a source of files.
///
/// Without `allowLinking` no symbolic link below the base is followed, wherever it points: a path that holds one
/// leads nowhere. The base itself may be a link.
/// Tomcat counterpart: `org.apache.catalina.webresources.DirResourceSet`.
struct DirResourceSet: WebResourceSet {
    let webAppMount: String
    /// The canonical directory, without a slash at its end.
    let base: String
    let isReadOnly: Bool
    let allowLinking: Bool
    /// Told of a path that was refused for a symbolic link in it.
    private let reportLink: @Sendable (_ path: String) -> Void

    /// - Throws: ``ResourceError/invalidBase(_:)`` if there is no such directory.
    init(
        _ configuration: ResourceSetConfiguration,
        allowLinking: Bool = false,
        reportLink: @escaping @Sendable (_ path: String) -> Void = { _ in }
    ) throws(ResourceError) {
        let folder = configuration.base + (configuration.internalPath == "/" ? "" : configuration.internalPath)
        guard let base = FileIO.canonicalPath(folder), FileStatus(base)?.kind == .directory else {
            throw .invalidBase(folder)
        }
        self.base = base == "/" ? "" : base
        self.webAppMount = configuration.mount
        self.isReadOnly = configuration.readOnly
        self.allowLinking = allowLinking || configuration.allowLinking
        self.reportLink = reportLink
    }

    func locate(_ path: String) -> LocatedResource {
        guard let rest = WebPath.remainder(of: path, below: self.webAppMount) else {
            guard WebPath.step(from: path, towards: self.webAppMount) != nil else { return .missing }
            return LocatedResource(kind: .directory)
        }
        let wantsDirectory = rest.utf8.last == UInt8(ascii: "/")
        let file = self.base + (wantsDirectory ? rest.dropLast() : rest)
        guard let status = self.status(of: file, path) else { return .missing }
        guard let status = status else { return LocatedResource(kind: .missing, file: file) }
        return switch status.kind {
        case .directory:
            LocatedResource(
                kind: .directory,
                file: file,
                size: status.size,
                lastModified: status.lastModified,
                isWritable: !self.isReadOnly
            )
        case .file where !wantsDirectory && FileIO.isReadable(file):
            LocatedResource(
                kind: .file,
                file: file,
                size: status.size,
                lastModified: status.lastModified,
                isWritable: !self.isReadOnly
            )
        default: .missing
        }
    }

    /// `nil` if a link is in the way, `.some(nil)` if nothing is there.
    private func status(of file: String, _ path: String) -> FileStatus?? {
        guard !self.allowLinking else { return .some(FileStatus(file)) }
        switch FileIO.statusWithoutLinks(base: self.base, file: file) {
        case .status(let status): return .some(status)
        case .nothing: return .some(nil)
        case .link:
            self.reportLink(path)
            return nil
        }
    }

    func names(in path: String) -> [String] {
        let located = self.locate(path)
        guard located.kind == .directory else { return [] }
        guard let directory = located.file else {
            return WebPath.step(from: path, towards: self.webAppMount).map { [$0] } ?? []
        }
        let names = FileIO.names(in: directory.isEmpty ? "/" : directory) ?? []
        guard !self.allowLinking else { return names }
        return names.filter { FileStatus(directory + "/" + $0, followLink: false)?.kind != .symbolicLink }
    }
}

/// One file as a source: it appears at its mount alone.
///
/// Tomcat counterpart: `org.apache.catalina.webresources.FileResourceSet`.
struct FileResourceSet: WebResourceSet {
    let webAppMount: String
    private let file: String
    private let isReadOnly: Bool

    /// - Throws: ``ResourceError/invalidBase(_:)`` if there is no such file.
    init(_ configuration: ResourceSetConfiguration) throws(ResourceError) {
        guard let file = FileIO.canonicalPath(configuration.base), FileStatus(file)?.kind == .file else {
            throw .invalidBase(configuration.base)
        }
        self.file = file
        self.webAppMount = configuration.mount
        self.isReadOnly = configuration.readOnly
    }

    func locate(_ path: String) -> LocatedResource {
        guard path == self.webAppMount else {
            guard WebPath.step(from: path, towards: self.webAppMount) != nil else { return .missing }
            return LocatedResource(kind: .directory)
        }
        guard let status = FileStatus(self.file), status.kind == .file else { return .missing }
        return LocatedResource(
            kind: .file,
            file: self.file,
            size: status.size,
            lastModified: status.lastModified,
            isWritable: !self.isReadOnly
        )
    }

    func names(in path: String) -> [String] {
        WebPath.step(from: path, towards: self.webAppMount).map { [$0] } ?? []
    }
}

/// A source of nothing.
///
/// Tomcat counterpart: `org.apache.catalina.webresources.EmptyResourceSet`.
struct EmptyResourceSet: WebResourceSet {
    let webAppMount = ""

    init() {}

    func locate(_ path: String) -> LocatedResource { .missing }

    func names(in path: String) -> [String] { [] }
}

extension ResourceSetConfiguration {
    /// The mount as the sets want it: no slash at the end, so the root is empty.
    var mount: String {
        let mount = WebPath.normalized(self.webAppMount) ?? "/"
        return mount.hasSuffix("/") ? String(mount.dropLast()) : mount
    }
}

/// Why an application's files cannot be served.
package enum ResourceError: Error, Equatable, CustomStringConvertible {
    /// No such directory or file.
    case invalidBase(String)
    /// An archive as a source: it has to be unpacked first.
    case archive(String)

    package var description: String {
        switch self {
        case .invalidBase(let path): "The resource set specified [\(path)] is not valid"
        case .archive(let path): "The archive [\(path)] cannot be a resource set; unpack it and use a directory"
        }
    }
}
