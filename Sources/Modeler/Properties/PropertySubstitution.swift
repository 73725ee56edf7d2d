/// Replaces `${name}` and `${name:-default}` in the values of configuration files.
///
/// - `${name}` is the value of the first source that knows the name; unknown, it stays as it is.
/// - `${name:-default}` asks for the whole text between the braces first, then for `name`, then is `default`.
///   The separator is `:-`; a colon alone belongs to the name.
/// - The result is looked at again until nothing changes, at most ``roundMaximum`` times.
/// - A `$` without `{` and a `${` without `}` are ordinary text.
///
/// Source: Tomcat counterpart: `org.apache.tomcat.util.IntrospectionUtils.replaceProperties`; its sources
/// are asked in the same order, ours (``PropertySource/prefixed``) after all of them.
package struct PropertySubstitution: Sendable {
    /// How often a result is looked at again before it is given up.
    package static let roundMaximum = 20
    /// Bytes beyond which a result is given up: references that double each other would fill the memory.
    package static let sizeMaximum = 1 << 20

    /// Names the classes of further sources, comma separated, that are asked before the system properties.
    package static let sourceProperty = "org.apache.tomcat.util.digester.PROPERTY_SOURCE"

    package struct Result: Sendable, Equatable {
        package let text: String
        /// Replacing did not come to an end: the text is what it was when that was noticed.
        package let isUnresolved: Bool

        package init(text: String, isUnresolved: Bool) {
            self.text = text
            self.isUnresolved = isUnresolved
        }
    }

    private let sources: [PropertySource]

    package init(sources: [PropertySource]) {
        self.sources = sources
    }

    /// The sources that a server uses: those named by ``sourceProperty``, the system properties, ours.
    ///
    /// `unknown` is called with each class name that is no known source.
    package init(_ properties: SystemProperties, unknown: (_ className: String) -> Void = { _ in }) {
        var sources: [PropertySource] = []
        for name in [String](attributeText: properties[Self.sourceProperty] ?? "") {
            switch name {
            case "org.apache.tomcat.util.digester.EnvironmentPropertySource": sources.append(.environment)
            case "org.apache.tomcat.util.digester.ServiceBindingPropertySource": sources.append(.serviceBinding)
            case "org.apache.tomcat.util.digester.SystemPropertySource": sources.append(.system(properties))
            default: unknown(name)
            }
        }
        self.init(sources: sources + [.system(properties), .prefixed])
    }

    package func replace(_ text: String) -> Result {
        var text = text
        for _ in 0..<Self.roundMaximum {
            guard text.utf8.contains(UInt8(ascii: "$")) else { return Result(text: text, isUnresolved: false) }
            guard let next = self.replaceOnce(text) else { return Result(text: text, isUnresolved: true) }
            if next == text { return Result(text: text, isUnresolved: false) }
            text = next
        }
        let isUnresolved = Self.containsReference(text)
        return Result(text: text, isUnresolved: isUnresolved)
    }

    /// One pass from left to right; a value just put in is not looked at.
    ///
    /// - Returns: nil if the result would be larger than ``sizeMaximum``.
    private func replaceOnce(_ text: String) -> String? {
        let bytes = text.utf8
        var result = ""
        var rest = bytes[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "$")) {
            result += text[rest.startIndex..<start]
            let brace = bytes.index(after: start)
            guard brace < bytes.endIndex, bytes[brace] == UInt8(ascii: "{") else {
                result += "$"
                rest = bytes[brace...]
                continue
            }
            guard let end = bytes[brace...].firstIndex(of: UInt8(ascii: "}")) else {
                return result + text[start...]
            }
            result += self.value(of: String(text[bytes.index(after: brace)..<end]))
            guard result.utf8.count <= Self.sizeMaximum else { return nil }
            rest = bytes[bytes.index(after: end)...]
        }
        return result + text[rest.startIndex...]
    }

    private func value(of reference: String) -> String {
        if let value = self.lookUp(reference) { return value }
        guard let separator = Self.separator(in: reference) else { return "${\(reference)}" }
        return self.lookUp(String(reference[..<separator.lowerBound])) ?? String(reference[separator.upperBound...])
    }

    private func lookUp(_ name: String) -> String? {
        for source in self.sources {
            if let value = source.value(name) { return value }
        }
        return nil
    }

    private static func separator(in reference: String) -> Range<String.Index>? {
        let bytes = reference.utf8
        var index = bytes.startIndex
        while let colon = bytes[index...].firstIndex(of: UInt8(ascii: ":")) {
            index = bytes.index(after: colon)
            if index < bytes.endIndex, bytes[index] == UInt8(ascii: "-") {
                return colon..<bytes.index(after: index)
            }
        }
        return nil
    }

    private static func containsReference(_ text: String) -> Bool {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if previous == UInt8(ascii: "$"), byte == UInt8(ascii: "{") { return true }
            previous = byte
        }
        return false
    }
}
