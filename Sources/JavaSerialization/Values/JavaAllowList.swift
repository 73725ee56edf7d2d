/// Which classes become live values; objects of all others stay opaque graphs.
///
/// Nothing of a class is ever run, so that the list is not what keeps hostile objects out; it says what a program is
/// prepared to see.
package struct JavaAllowList: Sendable, Equatable {
    private let classNames: Set<String>

    package init(_ classNames: Set<String>) { self.classNames = classNames }

    /// Every class that has a live form.
    package static let standard = JavaAllowList(Set(LiveClasses.table.keys))
    /// Text, boxes, arrays of primitives and constants only.
    package static let none = JavaAllowList([])

    package func contains(_ className: String) -> Bool { self.classNames.contains(className) }
}
