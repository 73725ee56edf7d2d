/// Somewhere that `${name}` may take its value from.
package struct PropertySource: Sendable {
    /// The value of a name, or nil if this source does not know it.
    package let value: @Sendable (_ name: String) -> String?

    package init(value: @escaping @Sendable (_ name: String) -> String?) {
        self.value = value
    }

    package static func system(_ properties: SystemProperties) -> PropertySource {
        PropertySource { properties[$0] }
    }

    /// Environment variables under their own names.
    package static let environment = PropertySource { Environment[$0] }

    /// Kubernetes service bindings: `binding.key` is the file `key` of the binding's directory.
    ///
    /// The directory's parent is named by the environment variable `SERVICE_BINDING_ROOT`. A name that
    /// starts with `chomp:` loses one line end at the end of its value.
    package static let serviceBinding = Self.serviceBinding(root: Environment["SERVICE_BINDING_ROOT"])

    static func serviceBinding(root: String?) -> PropertySource {
        PropertySource { name in
            guard let root else { return nil }
            let chomps = name.hasPrefix("chomp:")
            let path = (chomps ? String(name.dropFirst(6)) : name).split(
                separator: ".",
                omittingEmptySubsequences: false
            )
            guard path.count == 2, path.allSatisfy(Self.isFileName) else { return nil }
            guard let bytes = RegularFile.contents(of: "\(root)/\(path[0])/\(path[1])") else { return nil }
            let text = String(decoding: bytes, as: UTF8.self)
            return chomps ? Self.chomped(text) : text
        }
    }

    /// Our own: `ENV:NAME` is an environment variable, `file:/path` the contents of a file without its last line end.
    package static let prefixed = PropertySource { name in
        if name.hasPrefix("ENV:") { return Environment[String(name.dropFirst(4))] }
        guard name.hasPrefix("file:/") else { return nil }
        return RegularFile.contents(of: String(name.dropFirst(5))).map {
            Self.chomped(String(decoding: $0, as: UTF8.self))
        }
    }

    private static func isFileName(_ name: Substring) -> Bool {
        !name.isEmpty && name != ".." && name != "." && !name.utf8.contains(UInt8(ascii: "/"))
    }

    private static func chomped(_ text: String) -> String {
        if text.utf8.last != UInt8(ascii: "\n") { return text }
        let line = text.utf8.dropLast()
        return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
}
