import ServletAPI

/// The URL patterns of one context and the order in which they are tried.
///
/// Exact, then the longest prefix, then extension, then welcome files for a path that ends with a slash, then default.
/// Source: Servlet 6.0 §12.1; `Mapper.internalMapWrapper`.
package struct ServletPatterns: Sendable {
    private var exact: [String: MapperTable.Wrapper] = [:]
    /// Longest first.
    private var prefixes: [MapperTable.Wrapper] = []
    private var extensions: [String: MapperTable.Wrapper] = [:]
    private var root: MapperTable.Wrapper?
    private var fallback: MapperTable.Wrapper?
    private let welcomeFiles: [String]
    private let fileExists: @Sendable (String) -> Bool

    /// `welcomeFiles` are tried in order below a folder; `fileExists` tells whether a path of the application is a file.
    package init(
        _ wrappers: [MapperTable.Wrapper] = [],
        welcomeFiles: [String] = [],
        fileExists: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.welcomeFiles = welcomeFiles
        self.fileExists = fileExists
        for wrapper in wrappers { self.insert(wrapper) }
        self.prefixes.sort { $0.path.utf8.count > $1.path.utf8.count }
    }

    private mutating func insert(_ wrapper: MapperTable.Wrapper) {
        let pattern = wrapper.pattern
        if pattern.hasSuffix("/*") {
            self.prefixes.append(wrapper)
        } else if pattern.hasPrefix("*.") {
            self.extensions[String(pattern.dropFirst(2))] = wrapper
        } else if pattern.isEmpty {
            self.root = wrapper
        } else if pattern == "/" {
            self.fallback = wrapper
        } else {
            self.exact[pattern] = wrapper
        }
    }

    /// Chooses the wrapper for a decoded path relative to the context, and fills in how it was chosen.
    ///
    /// The empty path, which is the context's own path without a slash, is only found by `/*`.
    package func map(_ path: String, into data: inout MappingData) {
        if self.mapExact(path, &data) || self.mapPrefix(path, &data) { return }
        if path.isEmpty { return }
        if path.utf8.last == UInt8(ascii: "/") {
            if self.mapWelcome(folder: path, &data) { return }
        } else if self.mapExtension(path, &data) {
            return
        }
        self.mapDefault(path, &data)
    }

    private func mapExact(_ path: String, _ data: inout MappingData) -> Bool {
        if let wrapper = self.exact[path] {
            data.wrapper = wrapper
            data.servletPath = wrapper.path
            data.pathInfo = nil
            data.match = .exact
            return true
        }
        if path == "/", let root = self.root {
            data.wrapper = root
            data.servletPath = ""
            data.pathInfo = "/"
            data.match = .contextRoot
            return true
        }
        return false
    }

    private func mapPrefix(_ path: String, _ data: inout MappingData) -> Bool {
        let asked = path.utf8
        for wrapper in self.prefixes {
            let own = wrapper.path.utf8
            guard asked.count >= own.count, asked.starts(with: own) else { continue }
            let rest = asked.dropFirst(own.count)
            guard rest.isEmpty || rest.first == UInt8(ascii: "/") else { continue }
            data.wrapper = wrapper
            data.servletPath = wrapper.path
            data.pathInfo = rest.isEmpty ? nil : String(rest)
            data.match = .path
            return true
        }
        return false
    }

    private func mapExtension(_ path: String, _ data: inout MappingData) -> Bool {
        guard !self.extensions.isEmpty, let wrapper = self.wrapper(forExtensionOf: path) else { return false }
        data.wrapper = wrapper
        data.servletPath = path
        data.pathInfo = nil
        data.match = .extension
        return true
    }

    private func wrapper(forExtensionOf path: String) -> MapperTable.Wrapper? {
        let bytes = path.utf8
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let tail = bytes[bytes.index(after: dot)...]
        guard !tail.contains(UInt8(ascii: "/")) else { return nil }
        return self.extensions[String(Substring(tail))]
    }

    private func mapWelcome(folder: String, _ data: inout MappingData) -> Bool {
        for file in self.welcomeFiles {
            let path = folder + file
            if self.mapExact(path, &data) || self.mapPrefix(path, &data) { return true }
            guard self.fileExists(path) else { continue }
            if self.mapExtension(path, &data) { return true }
            if self.fallback != nil {
                self.mapDefault(path, &data)
                return true
            }
        }
        for file in self.welcomeFiles where self.wrapper(forExtensionOf: file)?.needsResource == false {
            if self.mapExtension(folder + file, &data) { return true }
        }
        return false
    }

    private func mapDefault(_ path: String, _ data: inout MappingData) {
        guard let wrapper = self.fallback else { return }
        data.wrapper = wrapper
        data.servletPath = path
        data.pathInfo = nil
        data.match = .default
    }
}
