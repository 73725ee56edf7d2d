import Coyote

/// The names of a web application: path and version, and what files and displays make of them.
///
/// | Base name | Path | Version | Name |
/// |---|---|---|---|
/// | `ROOT` | empty | | empty |
/// | `foo#bar` | `/foo/bar` | | `/foo/bar` |
/// | `ROOT##2` | empty | `2` | `##2` |
/// | `foo##001` | `/foo` | `001` | `/foo##001` |
///
/// Tomcat counterpart: `org.apache.catalina.util.ContextName`.
package struct ContextName: Sendable, Hashable, Comparable {
    /// Empty for the root application, else beginning with `/`.
    package let path: String
    /// Empty without one.
    package let version: String
    /// Of the file or folder in `appBase`, without its extension.
    package let baseName: String
    /// The key among the children of a Host: path and version.
    package let name: String

    private static let root = "ROOT"
    private static let versionMarker = "##"

    /// From an element or a management call; `/` and `/ROOT` stand for the root application.
    package init(path: String?, version: String? = nil) {
        let path = path == "/" || path == "/\(Self.root)" ? "" : path ?? ""
        let version = version ?? ""
        let suffix = version.isEmpty ? "" : Self.versionMarker + version
        self.path = path
        self.version = version
        self.name = path + suffix
        self.baseName = (path.isEmpty ? Self.root : Self.replacing("/", with: "#", in: path.dropFirst())) + suffix
    }

    /// From the name of a file or folder, of a context, or from a display name.
    ///
    /// With `strippingExtension`, a `.war` or `.xml` at the end, whatever its case, does not belong to it.
    package init(fileName: String, strippingExtension: Bool) {
        var base = Self.replacing("/", with: "#", in: fileName.hasPrefix("/") ? fileName.dropFirst() : fileName[...])
        if base.isEmpty || base.hasPrefix(Self.versionMarker) { base = Self.root + base }
        if strippingExtension { base = Self.strippingExtension(base) }
        let marker = Self.range(ofVersionMarkerIn: base)
        let front = marker.map { String(base[..<$0.lowerBound]) } ?? base
        self.baseName = base
        self.version = marker.map { String(base[$0.upperBound...]) } ?? ""
        self.path = front == Self.root ? "" : "/" + Self.replacing("#", with: "/", in: front[...])
        self.name = marker == nil ? self.path : self.path + Self.versionMarker + self.version
    }

    /// From a path in a file system, of which the last component counts; it may be a Windows one.
    package init(filePath: String) {
        let components = Self.replacing("\\", with: "/", in: filePath[...]).split(separator: "/")
        self.init(fileName: components.last.map(String.init) ?? "", strippingExtension: true)
    }

    /// As pages and logs show it: the root application is `/`.
    package var displayName: String {
        (self.path.isEmpty ? "/" : self.path) + (self.version.isEmpty ? "" : Self.versionMarker + self.version)
    }

    package static func < (left: ContextName, right: ContextName) -> Bool { left.name < right.name }

    private static func replacing(_ old: Character, with new: Character, in text: Substring) -> String {
        String(text.map { $0 == old ? new : $0 })
    }

    private static func strippingExtension(_ name: String) -> String {
        let lowered = name.asciiLowercased
        return lowered.hasSuffix(".war") || lowered.hasSuffix(".xml") ? String(name.dropLast(4)) : name
    }

    private static func range(ofVersionMarkerIn name: String) -> Range<String.Index>? {
        var index = name.startIndex
        while let hash = name[index...].firstIndex(of: "#") {
            let next = name.index(after: hash)
            if next < name.endIndex, name[next] == "#" { return hash..<name.index(after: next) }
            index = next
        }
        return nil
    }
}

extension ContextName {
    /// What `ContextNamingInfoListener` publishes to the application as environment entries.
    package struct NamingInfo: Sendable, Hashable {
        /// Entry `context/path`.
        package let path: String
        /// Entry `context/encodedPath`.
        package let encodedPath: String
        /// Entry `context/name`.
        package let name: String
    }

    /// The entries of this application; the root one is `/` and `ROOT` unless `emptyOnRoot`.
    package func namingInfo(emptyOnRoot: Bool) -> NamingInfo {
        guard self.path.isEmpty, !emptyOnRoot else {
            return NamingInfo(path: self.path, encodedPath: PercentEncoder.path.encode(self.path), name: self.name)
        }
        return NamingInfo(path: "/", encodedPath: "/", name: Self.root + self.name)
    }
}
