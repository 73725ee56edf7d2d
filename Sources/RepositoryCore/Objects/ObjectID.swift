/// The identifier of a digital object: a handle such as `test/0a1b2c`, or `design`.
///
/// Case preserving and compared exactly in storage; access control lists compare it without regard to case.
package struct ObjectID: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// The one object whose id has no slash: it holds the configuration.
    package static let design = ObjectID("design")

    /// Whether a client may create an object of this id: it contains a slash and starts with neither a slash
    /// nor a dot.
    package var isValidHandle: Bool {
        guard let first = self.text.utf8.first else { return false }
        return first != UInt8(ascii: "/") && first != UInt8(ascii: ".") && self.text.utf8.contains(UInt8(ascii: "/"))
    }

    package var description: String { self.text }

    package static func == (left: ObjectID, right: ObjectID) -> Bool { left.text.isIdentical(to: right.text) }
}

extension ObjectID: Comparable {
    /// Order of the UTF-8 bytes, which is also that of a database's binary collation.
    package static func < (left: ObjectID, right: ObjectID) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
