package import Modeler

/// Each class name of a resource set makes an overlay; the element it stands in gives the position.
extension ResourceOverlay: ConfigurableComponent {
    package static let descriptor = Self.described(
        "org.apache.catalina.webresources.DirResourceSet",
        .directory,
        "A directory mounted over or under the files of a web application"
    )

    /// A single file.
    package static let fileDescriptor = Self.described(
        "org.apache.catalina.webresources.FileResourceSet",
        .file,
        "A file mounted over or under the files of a web application"
    )

    /// Nothing.
    package static let emptyDescriptor = Self.described(
        "org.apache.catalina.webresources.EmptyResourceSet",
        .empty,
        "A set without files"
    )

    /// Archives, which the application's start refuses with a reason.
    package static let archiveDescriptor = Self.described(
        "org.apache.catalina.webresources.JarResourceSet",
        aliases: [
            "org.apache.catalina.webresources.JarWarResourceSet", "org.apache.catalina.webresources.WarResourceSet",
        ],
        .archive,
        "An archive as a set; it is refused, because a directory does the same"
    )

    package init(configuration: ResourceSetConfiguration) { self.init(.directory, configuration) }

    private static func described(
        _ className: String,
        aliases: [String] = [],
        _ kind: Kind,
        _ summary: String
    ) -> ComponentDescriptor<ResourceOverlay> {
        ComponentDescriptor(
            className: className,
            aliases: aliases,
            kind: .resourceSet,
            summary,
            defaults: ResourceSetConfiguration(),
            attributes: [
                Attribute("base", \.base, "The directory or file, relative to CATALINA_BASE"),
                Attribute("webAppMount", \.webAppMount, "The folder of the application below which it appears"),
                Attribute("internalPath", \.internalPath, "The folder of base that is mounted"),
                Attribute("readOnly", \.readOnly, "Whether requests may not change what is in it"),
                Attribute("allowLinking", \.allowLinking, "Whether symbolic links in it are followed"),
                .ignored("archivePath", "The archive inside a web archive"),
                .ignored("classLoaderOnly", "Whether only a class loader sees it"),
                .ignored("staticOnly", "Whether no class loader sees it"),
            ],
            make: { ResourceOverlay(kind, $0) }
        )
    }
}
