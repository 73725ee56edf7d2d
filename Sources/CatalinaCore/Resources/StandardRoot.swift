package import Modeler
import Synchronization

/// The `Resources` element of a context: how its files are found and cached.
///
/// It holds what the file says; ``WebResourceRoot`` is made from it each time the context starts.
/// Tomcat counterpart: `org.apache.catalina.webresources.StandardRoot`.
package final class StandardRoot: ConfigurableComponent, Sendable {
    package struct Configuration: Sendable, Equatable {
        /// Whether files are kept in memory.
        package var cachingAllowed = true
        /// Bound of the cache, in KiB.
        package var cacheMaxSize: Int64 = 10_240
        /// Largest file that is kept in memory, in KiB; at most a twentieth of `cacheMaxSize`.
        package var cacheObjectMaxSize = 512
        /// How long a file is served without asking the file system again, in milliseconds.
        package var cacheTtl: Int64 = 5000
        /// Whether symbolic links are followed, also those that leave the application's folder.
        package var allowLinking = false
        /// Whether requests may not change files, whatever the servlet allows.
        package var readOnly = false
        /// Accepted: a file is never locked here.
        package var trackLockedFiles = false

        package init() {}

        /// The largest file kept in memory, in bytes.
        var objectMaximum: Int {
            Int(max(-1, min(Int64(self.cacheObjectMaxSize), self.cacheMaxSize / 20))) * 1024
        }

        /// The bound of the cache, in bytes.
        var sizeMaximum: Int { Int(min(max(0, self.cacheMaxSize), .max / 1024)) * 1024 }

        /// Milliseconds a file is served without looking at it again; longer than a process lives is as good as for ever.
        var timeToLive: Int64 { min(max(-1, self.cacheTtl), Int64(Int32.max) * 1000) }
    }

    package static let descriptor = ComponentDescriptor<StandardRoot>(
        className: "org.apache.catalina.webresources.StandardRoot",
        aliases: ["org.apache.catalina.webresources.ExtractingRoot"],
        kind: .resources,
        "How the files of a web application are found and cached",
        defaults: Configuration(),
        attributes: [
            Attribute("cachingAllowed", \.cachingAllowed, "Whether files are kept in memory"),
            Attribute("cacheMaxSize", \.cacheMaxSize, "Bound of the cache, in KiB"),
            Attribute("cacheObjectMaxSize", \.cacheObjectMaxSize, "Largest file kept in memory, in KiB"),
            Attribute("cacheTtl", \.cacheTtl, "Milliseconds a file is served without looking at it again"),
            Attribute("allowLinking", \.allowLinking, "Whether symbolic links are followed"),
            Attribute("readOnly", \.readOnly, "Whether requests may not change files"),
            Attribute("trackLockedFiles", \.trackLockedFiles, "Accepted; no file is ever locked"),
            .ignored("archiveIndexStrategy", "How Java archives are indexed"),
        ]
    )

    package let configuration: Configuration
    private let overlays = Mutex<[ResourceOverlay]>([])

    package init(configuration: Configuration) { self.configuration = configuration }

    /// Mounts a set, in the order of the elements.
    package func add(_ overlay: ResourceOverlay) { self.overlays.withLock { $0.append(overlay) } }

    /// The sets that were mounted.
    package var mounted: [ResourceOverlay] { self.overlays.withLock { $0 } }
}

/// One `PreResources`, `JarResources` or `PostResources` element.
package struct ResourceOverlay: Sendable, Equatable {
    /// What a set is searched before or after.
    package enum Position: Sendable, Equatable {
        /// Wins over the application's own files.
        case pre
        /// Found if the application has no such file.
        case jar
        /// Found if nothing else has such a file.
        case post
    }

    package enum Kind: Sendable, Equatable {
        case directory
        case file
        case empty
        /// A Java archive; ``WebResourceRoot`` refuses it with a reason.
        case archive
    }

    package let kind: Kind
    package let configuration: ResourceSetConfiguration
    package var position = Position.pre

    package init(_ kind: Kind, _ configuration: ResourceSetConfiguration, _ position: Position = .pre) {
        self.kind = kind
        self.configuration = configuration
        self.position = position
    }

    /// The same set where its element stands, its base made absolute.
    package func placed(_ position: Position) -> ResourceOverlay {
        var configuration = self.configuration
        configuration.base = BaseDirectory.absolute(configuration.base)
        return ResourceOverlay(self.kind, configuration, position)
    }

    func set(
        allowLinking: Bool,
        reportLink: @escaping @Sendable (String) -> Void
    ) throws(ResourceError) -> any WebResourceSet {
        switch self.kind {
        case .directory:
            try DirResourceSet(self.configuration, allowLinking: allowLinking, reportLink: reportLink)
        case .file: try FileResourceSet(self.configuration)
        case .empty: EmptyResourceSet()
        case .archive: throw .archive(self.configuration.base)
        }
    }
}
