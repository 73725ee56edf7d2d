/// Finds the descriptor of a class name that a configuration file mentions.
///
/// A value built once, from one list, by the target that knows every concrete type: nothing registers
/// itself by being imported.
package struct ComponentRegistry: Sendable {
    /// What a class name stands for.
    package enum Entry: Sendable {
        case implemented(AnyComponentDescriptor)
        /// A known Java class without a counterpart here: its element is skipped with one log line.
        case inert(InertComponent)
    }

    private let entries: [String: Entry]

    /// - Parameters:
    ///   - descriptors: the implemented components; one with a class name of `inert` replaces that.
    ///   - inert: the known Java classes that are accepted and do nothing.
    package init(_ descriptors: [AnyComponentDescriptor], inert: [InertComponent] = InertComponent.known) {
        var entries: [String: Entry] = [:]
        for component in inert {
            entries[component.className] = .inert(component)
        }
        var implemented: Set<String> = []
        for descriptor in descriptors {
            for name in [descriptor.className] + descriptor.aliases {
                precondition(implemented.insert(name).inserted, "\(name) has two descriptors")
                entries[name] = .implemented(descriptor)
            }
        }
        self.entries = entries
    }

    package subscript(className: String) -> Entry? {
        self.entries[className]
    }

    /// The known class name most like a misspelt one.
    package func nearest(to className: String) -> String? {
        NearestName.nearest(to: className, among: self.entries.keys.sorted())
    }

    /// Every implemented component once, by class name: the manual's reference pages walk this.
    package var descriptors: [AnyComponentDescriptor] {
        self.entries.sorted { $0.key < $1.key }.compactMap { name, entry in
            guard case .implemented(let descriptor) = entry, descriptor.className == name else { return nil }
            return descriptor
        }
    }
}

/// A Java class that configuration files may name although nothing here does its work.
package struct InertComponent: Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        /// It has a purpose in a Java virtual machine only.
        case javaOnly
        /// It is not implemented yet; its attributes are checked all the same.
        case notYet
    }

    package let className: String
    package let kind: ComponentKind
    package let reason: Reason
    /// The attributes that are accepted; nil accepts any.
    package let attributeNames: [String]?

    package init(_ className: String, _ kind: ComponentKind, _ reason: Reason, attributes: [String]? = nil) {
        self.className = className
        self.kind = kind
        self.reason = reason
        self.attributeNames = attributes
    }

    /// - Throws: ``AttributeError/unknown(name:nearest:)`` for a name that the Java class does not have either.
    package func check(_ name: String) throws(AttributeError) {
        guard let names = self.attributeNames, !names.contains(name) else { return }
        throw .unknown(name: name, nearest: NearestName.nearest(to: name, among: names))
    }
}
