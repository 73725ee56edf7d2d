/// One object of a graph: what its class is called, what it holds, without knowing the class.
///
/// An immutable value that may be kept and sent anywhere; written back, it and all it refers to become the bytes that
/// Java would write. Two are equal if they are the same object.
package struct JavaObject: Sendable {
    package let graph: JavaGraph
    let index: Int

    /// The object at a place as seen from a graph.
    init(_ graph: JavaGraph, _ number: UInt32, _ index: UInt32) {
        (self.graph, self.index) = graph.resolve(graph: number, index: index)
    }

    var node: JavaNode { self.graph.nodes[self.index] }

    /// What the stream says about the object's class; nil for text, which has no description.
    package var descriptor: JavaClassDescriptor? {
        switch self.node {
        case .object(let descriptor, _, _), .primitives(let descriptor, _), .elements(let descriptor, _): descriptor
        case .enumConstant(let descriptor, _): descriptor
        case .boxed(let slot): JavaClasses.box(slot)
        case .string, .rawString, .classObject: nil
        }
    }

    /// The class's name with dots, `[B` and the like for arrays.
    package var className: String {
        switch self.node {
        case .string, .rawString: "java.lang.String"
        case .classObject: "java.lang.Class"
        default: self.descriptor?.name ?? ""
        }
    }

    /// Every field with the class that declares it, topmost class first.
    package var fields: [(className: String, name: String, value: JavaValue)] {
        guard case .object(let descriptor, let values, _) = self.node else { return [] }
        var fields: [(className: String, name: String, value: JavaValue)] = []
        for index in 0..<descriptor.levelCount {
            let level = descriptor.level(index)
            for field in level.fields.prefix(level.writtenFieldCount) where fields.count < values.count {
                fields.append((level.name, field.name, self.live(values[fields.count])))
            }
        }
        return fields
    }

    /// The value of a field, of the class that is nearest to the object's own; null if there is no such field.
    package func value(_ field: String) -> JavaValue {
        self.slot(field).map { self.live($0) } ?? .null
    }

    /// What a class of the chain wrote by itself; without a name the object's own class or external data.
    ///
    /// - Throws: ``JavaSerializationError/unexpectedClass(found:)`` if that class wrote nothing.
    package func data(of className: String? = nil) throws(JavaSerializationError) -> JavaObjectData {
        guard let pieces = self.pieces(of: className) else { throw .unexpectedClass(found: self.className) }
        return JavaObjectData(graph: self.graph, pieces: pieces)
    }

    /// The object as a value that a program can look into, shared parts written out at each place.
    ///
    /// What cannot be (a cycle, an unknown class, more than ``JavaLimits/expandedValuesMaximum``) stays an object.
    package func expanded(
        allowList: JavaAllowList = .standard,
        limits: JavaLimits = JavaLimits()
    ) -> JavaValue {
        var decoder = LiveDecoder(allowList: allowList, limits: limits, expands: true)
        return decoder.value(of: .node(graph: 0, index: UInt32(self.index)), in: self.graph)
    }

    func slot(_ field: String) -> JavaSlot? {
        guard case .object(let descriptor, let values, _) = self.node else { return nil }
        var level: JavaClassDescriptor? = descriptor
        while let current = level {
            if let position = current.fields.firstIndex(where: { $0.name == field }) {
                let place = current.inheritedFieldCount + position
                return place < values.count ? values[place] : nil
            }
            level = current.superclass
        }
        return nil
    }

    func pieces(of className: String?) -> [JavaPiece]? {
        guard case .object(let descriptor, _, let data) = self.node else { return nil }
        let name = className ?? descriptor.name
        var position = 0
        for index in 0..<descriptor.levelCount where position < data.count {
            let level = descriptor.level(index)
            guard level.writesData else { continue }
            if level.name == name { return data[position] }
            position += 1
        }
        return nil
    }

    private func live(_ slot: JavaSlot) -> JavaValue {
        var decoder = LiveDecoder(allowList: .standard, limits: JavaLimits(), expands: true)
        return decoder.value(of: slot, in: self.graph)
    }
}

extension JavaObject: Equatable {
    package static func == (one: JavaObject, other: JavaObject) -> Bool {
        one.graph === other.graph && one.index == other.index
    }
}
