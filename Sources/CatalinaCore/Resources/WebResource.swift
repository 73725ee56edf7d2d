import Coyote
package import NIOCore
import Synchronization

/// A path of a web application as it was when it was last looked at: a file, a directory, or nothing.
///
/// Everything an answer needs is worked out once, when the object is made; a file that changes gets a new object.
/// Isolation: any thread.
/// Tomcat counterpart: `org.apache.catalina.WebResource`, `CachedResource`.
package final class WebResource: Sendable {
    package enum Kind: Sendable {
        case missing
        case file
        case directory
    }

    /// The path inside the application.
    package let path: String
    package let kind: Kind
    /// The path in the file system, also where nothing is (yet); `nil` where the path may not lead, and for a
    /// directory that exists only because something is mounted below it.
    package let file: String?
    /// In bytes; 0 for anything but a file.
    package let size: Int64
    /// Milliseconds since 1970.
    package let lastModified: Int64
    /// Whether `PUT` and `DELETE` may change it, as far as the application's configuration goes.
    package let isWritable: Bool
    /// The media type by the application's mappings.
    package let mimeType: String?
    /// Whether it is text, of which the encoding matters.
    let isText: Bool
    /// The weak entity tag, `W/"size-milliseconds"`.
    package let eTag: String
    /// ``lastModified`` as HTTP writes it.
    package let lastModifiedHTTP: String

    private let loaded = LazyReference<LoadedContent>()
    private let digest = LazyReference<LoadedDigest>()

    init(_ path: String, _ located: LocatedResource, mimeType: String?) {
        self.path = path
        self.kind = located.kind
        self.file = located.file
        self.size = located.kind == .file ? located.size : 0
        self.lastModified = located.lastModified
        self.isWritable = located.isWritable
        self.mimeType = mimeType
        self.isText = mimeType.map { $0.hasPrefix("text") || $0.hasSuffix("xml") || $0.contains("/javascript") } ?? true
        guard located.kind != .missing else {
            (self.eTag, self.lastModifiedHTTP) = ("", "")
            return
        }
        self.eTag = "W/\"\(located.size)-\(located.lastModified)\""
        self.lastModifiedHTTP = HTTPDate.format(milliseconds: located.lastModified)
    }

    package var exists: Bool { self.kind != .missing }
    package var isFile: Bool { self.kind == .file }
    package var isDirectory: Bool { self.kind == .directory }

    /// The last segment of the path, without the slash of a directory.
    package var name: Substring {
        let path = self.path.hasSuffix("/") ? self.path.dropLast() : self.path[...]
        return path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]
    }

    /// The whole content if it has been loaded: shared, never copied.
    package var content: ByteBuffer? { self.loaded.load()?.bytes }

    /// The strong entity tag if it has been computed.
    package var strongETag: String? { self.digest.load()?.eTag }

    func keep(_ bytes: ByteBuffer) { _ = self.loaded.storeIfNil(LoadedContent(bytes)) }
    func keep(strongETag: String) { _ = self.digest.storeIfNil(LoadedDigest(strongETag)) }

    /// Whether the file system still says the same.
    func matches(_ located: LocatedResource) -> Bool {
        self.kind == located.kind && self.file == located.file && self.lastModified == located.lastModified
            && (self.kind != .file || self.size == located.size) && self.isWritable == located.isWritable
    }
}

private final class LoadedContent: Sendable {
    let bytes: ByteBuffer
    init(_ bytes: ByteBuffer) { self.bytes = bytes }
}

private final class LoadedDigest: Sendable {
    let eTag: String
    init(_ eTag: String) { self.eTag = eTag }
}

/// Where a path leads.
struct LocatedResource: Sendable, Equatable {
    var kind: WebResource.Kind
    var file: String?
    var size: Int64 = 0
    var lastModified: Int64 = 0
    var isWritable = false

    static let missing = Self(kind: .missing)
}
