/// What is known of an attribute apart from how to read and write it.
package struct AttributeInfo: Sendable, Equatable {
    package let name: String
    /// Other names under which a configuration file may give it.
    package let aliases: [String]
    package let type: AttributeType
    /// One sentence for the operator's manual.
    package let documentation: String
    /// The Tomcat version that brought it, where that is not the oldest one supported.
    package let since: String?
    /// A Java-only attribute: it is accepted, and nothing depends on it.
    package let isIgnored: Bool

    /// Whether a configuration file may mean it by this name.
    package func names(_ name: String) -> Bool { self.name == name || self.aliases.contains(name) }
}

/// One attribute of a component: its name, its place in the configuration, and one sentence about it.
///
/// ```swift
/// Attribute("maxThreads", \.maxThreads, "Most requests served at a time")
/// ```
package struct Attribute<Configuration: Sendable>: Sendable {
    package typealias Writer = @Sendable (inout Configuration, String) throws(ConversionError) -> Void

    package let info: AttributeInfo
    package let read: @Sendable (Configuration) -> BeanValue
    package let write: Writer

    package init(info: AttributeInfo, read: @escaping @Sendable (Configuration) -> BeanValue, write: @escaping Writer) {
        self.info = info
        self.read = read
        self.write = write
    }

    /// An attribute kept at `path` of the configuration.
    package init<Value: AttributeConvertible>(
        _ name: String,
        _ path: any WritableKeyPath<Configuration, Value> & Sendable,
        _ documentation: String,
        aliases: [String] = [],
        since: String? = nil
    ) {
        self.init(
            info: AttributeInfo(
                name: name,
                aliases: aliases,
                type: Value.attributeType,
                documentation: documentation,
                since: since,
                isIgnored: false
            ),
            read: { $0[keyPath: path].beanValue },
            write: { (configuration, text) throws(ConversionError) in
                configuration[keyPath: path] = try Value(attributeText: text)
            }
        )
    }

    /// An attribute whose text is read in a way of its own; it is shown as `show` gives it.
    package init<Value: Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<Configuration, Value> & Sendable,
        _ documentation: String,
        type: AttributeType = .string,
        show: @escaping @Sendable (Value) -> BeanValue,
        convert: @escaping @Sendable (String) throws(ConversionError) -> Value
    ) {
        self.init(
            info: AttributeInfo(
                name: name,
                aliases: [],
                type: type,
                documentation: documentation,
                since: nil,
                isIgnored: false
            ),
            read: { show($0[keyPath: path]) },
            write: { (configuration, text) throws(ConversionError) in
                configuration[keyPath: path] = try convert(text)
            }
        )
    }

    /// A Java-only attribute: any value is accepted and nothing happens.
    package static func ignored(_ name: String, _ documentation: String, type: AttributeType = .string) -> Self {
        Self(
            info: AttributeInfo(
                name: name,
                aliases: [],
                type: type,
                documentation: documentation,
                since: nil,
                isIgnored: true
            ),
            read: { _ in .null },
            write: { (_, _) throws(ConversionError) in }
        )
    }

    /// The same attribute of a configuration that holds this one at `path`: families share their tables so.
    package func nested<Outer: Sendable>(
        in path: any WritableKeyPath<Outer, Configuration> & Sendable
    ) -> Attribute<Outer> {
        let (read, write) = (self.read, self.write)
        return Attribute<Outer>(
            info: self.info,
            read: { read($0[keyPath: path]) },
            write: { (outer, text) throws(ConversionError) in try write(&outer[keyPath: path], text) }
        )
    }
}

extension Array {
    /// Every attribute of the table, for a configuration that holds the family's at `path`.
    package func nested<Outer: Sendable, Inner: Sendable>(
        in path: any WritableKeyPath<Outer, Inner> & Sendable
    ) -> [Attribute<Outer>] where Element == Attribute<Inner> {
        self.map { $0.nested(in: path) }
    }
}
